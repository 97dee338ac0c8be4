package io.headwater.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a server adds to the delay of frames, against a reader at the other end of a publisher's own connection. */
final class Delay {
    private static final int CHECKED = 50;

    private final Servers servers;

    Delay(Servers servers) {
        this.servers = servers;
    }

    private record Cell(Seen served, Seen reference) {
        double added(double percentile) {
            return served.delayMs(percentile) - reference.delayMs(percentile);
        }
    }

    void run(Options options) throws Exception {
        int viewers = options.number("viewers", 200);
        System.out.println("server     protocol viewers  delay ms p50/p99/max     reference ms p50/p99/max"
                + "    added ms p50/p99  faults lost");
        for (String name : options.words("servers", "headwater,floor,nginx-rtmp")) {
            List<String> protocols = switch (name) {
                case "floor" -> List.of("http-flv");
                case "nginx-rtmp" -> List.of("rtmp");
                default -> options.words("protocol", "http-flv,rtmp");
            };
            for (String protocol : protocols) {
                List<Cell> cells = new ArrayList<>();
                for (int round = 0; round < options.number("rounds", 3); round++) {
                    cells.add(measure(name, protocol, viewers, options.number("seconds", 15)));
                }
                Cell cell = Medians.middle(cells, c -> c.added(99));
                System.out.println(String.format(
                        Locale.ROOT,
                        "%-10s %-8s %7d  %7.2f %7.2f %7.2f  %7.2f %7.2f %7.2f   %8.2f %8.2f  %6d %4d",
                        name,
                        protocol,
                        viewers,
                        cell.served.delayMs(50),
                        cell.served.delayMs(99),
                        cell.served.delayMs(100),
                        cell.reference.delayMs(50),
                        cell.reference.delayMs(99),
                        cell.reference.delayMs(100),
                        cell.added(50),
                        cell.added(99),
                        cell.served.faults(),
                        cell.served.lost()));
            }
        }
    }

    private Cell measure(String name, String protocol, int viewers, int seconds) throws Exception {
        try (Stage stage = Stage.oneStream(Stage.start(servers, name, 0));
                Audience reference = new Audience()) {
            stage.audience.restMs(20);
            stage.reference(reference);
            stage.join(protocol, Stage.STREAM, viewers, CHECKED, viewers, viewers);
            stage.warmUp();
            stage.audience.reset();
            reference.reset();
            stage.forSeconds(seconds);
            return new Cell(stage.audience.seen(0), reference.seen(0));
        }
    }
}
