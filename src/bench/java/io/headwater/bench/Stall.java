package io.headwater.bench;

import java.util.Locale;

/** A share of the viewers stops reading with open connections; the others must not feel it, and memory must stop growing. */
final class Stall {
    private static final int CHECKED = 20;

    private final Servers servers;

    Stall(Servers servers) {
        this.servers = servers;
    }

    void run(Options options) throws Exception {
        int viewers = options.number("viewers", 1000);
        int stalled = viewers * options.number("share", 10) / 100;
        int seconds = options.number("seconds", 10);
        int merge = options.number("merge", 40);
        String protocol = options.words("protocol", "http-flv").get(0);
        System.out.println(
                "phase                    delay ms p50/p99/max of the others  cpu ms/s  rss MB  faults lost");
        try (Stage stage = Stage.oneStream(Stage.start(servers, "headwater", merge))) {
            stage.audience.restMs(20);
            stage.join(protocol, Stage.STREAM, viewers, CHECKED, viewers, viewers);
            stage.warmUp();
            for (int phase = 0; phase < options.number("phases", 6); phase++) {
                if (phase == 1) {
                    stage.audience.stall(stalled);
                }
                stage.audience.reset();
                CpuTime cpu = CpuTime.during(stage, seconds);
                Seen seen = stage.audience.seen(phase == 0 ? 0 : stalled);
                System.out.println(String.format(
                        Locale.ROOT,
                        "%-24s %8.1f %8.1f %8.1f           %8.0f  %6d  %6d %4d",
                        phase == 0 ? "nobody stalled" : stalled + " stalled, " + phase * seconds + " s",
                        seen.delayMs(50),
                        seen.delayMs(99),
                        seen.delayMs(100),
                        cpu.serverMsPerSecond(),
                        stage.server.rssKib() / 1024,
                        seen.faults(),
                        seen.lost()));
            }
        }
    }
}
