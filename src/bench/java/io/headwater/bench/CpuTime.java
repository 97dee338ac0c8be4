package io.headwater.bench;

/** CPU spent between two moments, by a server and by this tool. */
record CpuTime(double serverMsPerSecond, double toolMsPerSecond) {

    /** Measures while {@code forSeconds} of a stage pass. */
    static CpuTime during(Stage stage, int seconds) {
        long server = stage.server.cpuMs();
        long tool = Proc.ownCpuMs();
        long begin = System.nanoTime();
        stage.forSeconds(seconds);
        double elapsed = (System.nanoTime() - begin) / 1e9;
        return new CpuTime((stage.server.cpuMs() - server) / elapsed, (Proc.ownCpuMs() - tool) / elapsed);
    }

    /** The tool's, in percent of one core. */
    double toolPercent() {
        return toolMsPerSecond / 10;
    }
}
