package io.headwater.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Many publishers, each with a few viewers of its own or none: what a publisher costs, what an idle stream costs. */
final class ManyStreams {
    private static final int CHECKED = 20;

    private final Servers servers;

    ManyStreams(Servers servers) {
        this.servers = servers;
    }

    private record Cell(
            CpuTime cpu,
            long rssKib,
            Optional<NodeMemory> memory,
            double kibPerStream,
            Seen seen,
            int publishersLost) {}

    void run(Options options, int streams, int bitrate, int viewersEach) throws Exception {
        int bits = options.number("bitrate", bitrate);
        int each = options.number("viewers", viewersEach);
        System.out.println("server     streams kbit/s viewers each  cpu ms/stream-s x nginx  rss MB"
                + "  delay ms p50/p99/max  faults lost  tool cpu  live heap + direct MB, KB for each stream");
        for (int count : options.numbers("count", Integer.toString(streams))) {
            double nginx = 0;
            for (String name : options.words("servers", "nginx-rtmp,headwater")) {
                List<Cell> cells = new ArrayList<>();
                for (int round = 0; round < options.number("rounds", 3); round++) {
                    cells.add(measure(name, count, bits, each, options.number("seconds", 10)));
                }
                Cell cell = Medians.middle(cells, c -> c.cpu.serverMsPerSecond());
                double cpu = cell.cpu.serverMsPerSecond() / count;
                nginx = name.equals("nginx-rtmp") ? cpu : nginx;
                System.out.println(String.format(
                        Locale.ROOT,
                        "%-10s %7d %6d %12d  %15.3f %7s  %6d  %6.1f %6.1f %6.1f  %6d %4d  %7.0f%%  %s",
                        name,
                        count,
                        bits / 1000,
                        each,
                        cpu,
                        Medians.ratio(cpu, nginx),
                        cell.rssKib / 1024,
                        cell.seen.delayMs(50),
                        cell.seen.delayMs(99),
                        cell.seen.delayMs(100),
                        cell.seen.faults(),
                        cell.seen.lost() + cell.publishersLost,
                        cell.cpu.toolPercent(),
                        cell.memory
                                .map(memory -> String.format(
                                        Locale.ROOT,
                                        "%.0f + %.0f, %.0f",
                                        memory.heapMib(),
                                        memory.directMib(),
                                        cell.kibPerStream))
                                .orElse("-")));
            }
        }
    }

    private Cell measure(String name, int count, int bitrate, int each, int seconds) throws Exception {
        int http = name.equals("headwater") ? Servers.freePort() : 0;
        try (Stage stage = new Stage(http > 0 ? node(http) : Stage.start(servers, name, 0))) {
            Optional<NodeMemory> before = memory(stage, http);
            stage.publishMany(count, bitrate, Math.max(1, 2000 / count));
            stage.awaitStarted(Stage.GOP);
            stage.audience.restMs(20);
            for (int i = 0; i < count && each > 0; i++) {
                stage.audience.join(stage.place("rtmp", "s" + i), each, i < CHECKED ? 1 : 0, 0);
                Waiting.restMs(1);
            }
            stage.awaitPictures(count * each);
            stage.warmUp();
            stage.audience.reset();
            CpuTime cpu = CpuTime.during(stage, seconds);
            long rss = stage.server.rssKib();
            Optional<NodeMemory> memory = memory(stage, http);
            return new Cell(
                    cpu,
                    rss,
                    memory,
                    before.isPresent() ? memory.orElseThrow().perFurtherKib(before.get(), count) : 0,
                    stage.audience.seen(0),
                    stage.publishersLost());
        }
    }

    private Servers.Running node(int httpPort) {
        return servers.headwater(Map.of("headwater.http.port", Integer.toString(httpPort)));
    }

    private static Optional<NodeMemory> memory(Stage stage, int httpPort) throws Exception {
        return httpPort > 0 ? Optional.of(NodeMemory.of(stage.server, httpPort)) : Optional.empty();
    }
}
