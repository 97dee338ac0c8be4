package io.headwater.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Many viewers that join within a second, and what those who were there before feel of it. */
final class JoinBurst {
    private static final int PRESENT = 20;
    /** Of those who join: read at once, and every frame looked at from the first on. */
    private static final int CHECKED = 50;

    private final Servers servers;

    JoinBurst(Servers servers) {
        this.servers = servers;
    }

    private record Cell(Seen before, Seen during, Seen burst) {}

    void run(Options options) throws Exception {
        System.out.println("server     protocol merge joining  first keyframe ms p50/p99/max"
                + "   delay of those present ms p50/p99 before, during  faults lost");
        for (int merge : options.numbers("merge", "0,350")) {
            for (String name : options.words("servers", "headwater,floor")) {
                for (String protocol :
                        name.equals("floor") ? List.of("http-flv") : options.words("protocol", "http-flv,rtmp")) {
                    for (int viewers : options.numbers("viewers", "500")) {
                        List<Cell> cells = new ArrayList<>();
                        for (int round = 0; round < options.number("rounds", 3); round++) {
                            cells.add(measure(name, protocol, merge, viewers));
                        }
                        Cell cell = Medians.middle(cells, c -> c.burst.firstMs(99));
                        System.out.println(String.format(
                                Locale.ROOT,
                                "%-10s %-8s %5d %7d  %8.1f %8.1f %8.1f       %8.1f %8.1f, %8.1f %8.1f  %24d %4d",
                                name,
                                protocol,
                                merge,
                                viewers,
                                cell.burst.firstMs(50),
                                cell.burst.firstMs(99),
                                cell.burst.firstMs(100),
                                cell.before.delayMs(50),
                                cell.before.delayMs(99),
                                cell.during.delayMs(50),
                                cell.during.delayMs(99),
                                cell.during.faults() + cell.burst.faults(),
                                cell.during.lost() + cell.burst.lost()));
                    }
                }
            }
        }
    }

    private Cell measure(String name, String protocol, int merge, int viewers) throws Exception {
        try (Stage stage = Stage.oneStream(Stage.start(servers, name, merge));
                Audience burst = new Audience()) {
            burst.join(stage.place(protocol, Stage.STREAM), viewers, 0, 2000); // the code is warm after that
            Waiting.until(60, "pictures", () -> burst.withPicture() >= viewers);
            stage.warmUp();
            burst.leave();
            stage.join(protocol, Stage.STREAM, PRESENT, PRESENT, 0, PRESENT);
            stage.forSeconds(4);
            stage.audience.reset();
            stage.forSeconds(4);
            Seen before = stage.audience.seen(0);
            stage.audience.reset();
            burst.join(stage.place(protocol, Stage.STREAM), viewers, CHECKED, 1000);
            Waiting.until(60, "pictures for all", () -> burst.withPicture() >= viewers);
            return new Cell(before, stage.audience.seen(0), burst.seen(0));
        }
    }
}
