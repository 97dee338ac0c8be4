package io.headwater.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a relayed stream costs, out of one node and into another. Viewers at the first node, then the same viewers at the
 * second: what the first saves and the second spends beyond them is the relay's.
 */
final class RelayCost {
    private static final int CHECKED = 20;

    private final Servers servers;

    RelayCost(Servers servers) {
        this.servers = servers;
    }

    /** CPU in milliseconds per second of the publishing node and of the pulling one. */
    private record Spent(double origin, double edge) {}

    private record Cell(double out, double in, Spent all, Seen seen, double toolPercent) {}

    void run(Options options) throws Exception {
        int bitrate = options.number("bitrate", 300_000);
        System.out.println("streams kbit/s batch ms  cpu ms/stream-s out       in"
                + "  delay ms p50/p99/max through both nodes  faults lost  cpu of origin, edge, tool");
        for (int count : options.numbers("count", "1,100,400")) {
            for (int batch : options.numbers("batch", "0,5,20")) {
                List<Cell> cells = new ArrayList<>();
                for (int round = 0; round < options.number("rounds", 3); round++) {
                    cells.add(measure(count, bitrate, batch, options.number("seconds", 10)));
                }
                Cell cell = Medians.middle(cells, c -> c.out + c.in);
                System.out.println(String.format(
                        Locale.ROOT,
                        "%7d %6d %8d  %19.3f %8.3f  %12.1f %7.1f %7.1f         %12d %4d  %11.0f%% %5.0f%% %4.0f%%",
                        count,
                        bitrate / 1000,
                        batch,
                        cell.out,
                        cell.in,
                        cell.seen.delayMs(50),
                        cell.seen.delayMs(99),
                        cell.seen.delayMs(100),
                        cell.seen.faults(),
                        cell.seen.lost(),
                        cell.all.origin / 10,
                        cell.all.edge / 10,
                        cell.toolPercent));
            }
        }
    }

    private Cell measure(int count, int bitrate, int batchMs, int seconds) throws Exception {
        int cluster = Servers.freePort();
        Map<String, String> batch = Map.of("headwater.relay.batch-time", batchMs + "ms");
        try (Stage origin = new Stage(servers.headwater(both(
                        batch,
                        Map.of("headwater.node-id", "origin", "headwater.cluster.port", Integer.toString(cluster)))));
                Stage edge = new Stage(servers.headwater(both(
                        batch,
                        Map.of(
                                "headwater.node-id",
                                "edge",
                                "headwater.cluster.seed-nodes.0",
                                "127.0.0.1:" + cluster))))) {
            origin.publishMany(count, bitrate, Math.max(1, 2000 / count));
            origin.awaitStarted(Stage.GOP);
            origin.warmUp();
            Spent idle = spent(origin, edge, seconds);
            watch(origin, count);
            Spent direct = spent(origin, edge, seconds);
            origin.audience.leave();
            origin.forSeconds(2);
            watch(edge, count);
            edge.warmUp(origin);
            edge.audience.reset();
            long tool = Proc.ownCpuMs();
            Spent relayed = spent(origin, edge, seconds);
            double viewers = direct.origin - idle.origin;
            return new Cell(
                    (relayed.origin - idle.origin) / count,
                    (relayed.edge - idle.edge - viewers) / count,
                    relayed,
                    edge.audience.seen(0),
                    (Proc.ownCpuMs() - tool) / 10.0 / seconds);
        }
    }

    private static void watch(Stage stage, int count) {
        stage.audience.restMs(20);
        for (int i = 0; i < count; i++) {
            stage.audience.join(stage.place("http-flv", "s" + i), 1, i < CHECKED ? 1 : 0, 0);
            Waiting.restMs(2);
        }
        stage.awaitPictures(count);
    }

    private static Spent spent(Stage origin, Stage edge, int seconds) {
        long atEdge = edge.server.cpuMs();
        long begin = System.nanoTime();
        CpuTime atOrigin = CpuTime.during(origin, seconds);
        double elapsed = (System.nanoTime() - begin) / 1e9;
        return new Spent(atOrigin.serverMsPerSecond(), (edge.server.cpuMs() - atEdge) / elapsed);
    }

    private static Map<String, String> both(Map<String, String> one, Map<String, String> other) {
        Map<String, String> all = new java.util.TreeMap<>(one);
        all.putAll(other);
        return all;
    }
}
