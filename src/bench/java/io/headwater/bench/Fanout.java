package io.headwater.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One stream of 2.5 Mbit/s to N viewers: every server, protocol, merge window and N in every round, medians over the
 * rounds. A server keeps running while N grows, so that a JVM is measured as it runs for days, not as it starts.
 */
final class Fanout {
    private static final int CHECKED = 20;
    private static final int WARM_VIEWERS = 400;
    private static final int SETTLE_SECONDS = 3;

    private final Servers servers;
    private final Path tsv;

    Fanout(Servers servers, Path tsv) {
        this.servers = servers;
        this.tsv = tsv;
    }

    /** What was served to how many. */
    record Setup(String server, String protocol, int mergeMs, int viewers) {}

    /** One measurement of one setup. */
    record Cell(CpuTime cpu, double perViewer, long rssKib, Seen seen) {}

    private final Map<Setup, List<Cell>> cells = new LinkedHashMap<>();

    void run(Options options) throws Exception {
        List<Integer> counts = options.numbers("viewers", "1,50,200,500,1000,2000");
        int seconds = options.number("seconds", 10);
        System.out.println(HEAD);
        List<Integer> merges = options.numbers("merge", "0,40,350");
        List<String> protocols = options.words("protocol", "http-flv,rtmp");
        for (int round = 0; round < options.number("rounds", 3); round++) {
            for (String name : options.words("servers", "floor,nginx-rtmp,nginx-nodelay,headwater,headwater-nagle")) {
                if (name.startsWith(Servers.HEADWATER)) {
                    headwater(
                            name,
                            name.equals(Servers.HEADWATER_NAGLE) ? List.of(0) : merges,
                            protocols,
                            counts,
                            seconds,
                            options.number("rest", 20));
                    continue;
                }
                boolean floor = name.equals("floor");
                for (int merge : floor ? merges : List.of(0)) { // nginx does not merge
                    Setup base = new Setup(name, floor ? "http-flv" : "rtmp", merge, 0);
                    try (Stage stage = Stage.oneStream(Stage.start(servers, name, merge))) {
                        grow(stage, base, counts, seconds, options.number("rest", 20));
                    } catch (IllegalStateException overloaded) {
                        // a peer that cannot serve so many is a result too, and no reason to measure nobody else
                        System.out.println(name + ": " + overloaded.getMessage());
                    }
                }
            }
        }
        System.out.println();
        System.out.println("medians");
        System.out.println(HEAD);
        for (Setup setup : cells.keySet()) {
            Cell middle = Medians.middle(cells.get(setup), Cell::perViewer);
            double floor = median(new Setup("floor", "http-flv", setup.mergeMs, setup.viewers));
            // the one that merges as much: by Nagle's algorithm alone, or nothing
            String peer = setup.server.equals(Servers.HEADWATER_NAGLE) ? Servers.NGINX : Servers.NGINX_NODELAY;
            double nginx = median(new Setup(peer, "rtmp", setup.mergeMs, setup.viewers));
            System.out.println(line(setup, middle, floor, nginx));
        }
        write();
    }

    /** One node with an application for each merge window, warm from the first figure to the last. */
    private void headwater(
            String name, List<Integer> merges, List<String> protocols, List<Integer> counts, int seconds, int restMs)
            throws Exception {
        Map<String, String> settings = new TreeMap<>();
        merges.forEach(merge -> settings.put("headwater.apps." + app(merge) + ".write-merge", merge + "ms"));
        if (name.equals(Servers.HEADWATER_NAGLE)) {
            settings.put("headwater.apps.default.tcp-nodelay", "off");
        }
        try (Servers.Running node = servers.headwater(settings)) {
            for (int merge : merges) {
                for (String protocol : protocols) {
                    Stage stage = Stage.oneStream(node, app(merge));
                    warmUp(stage, protocol, restMs);
                    grow(stage, new Setup(name, protocol, merge, 0), counts, seconds, restMs);
                    stage.leave();
                }
            }
        }
    }

    private static String app(int merge) {
        return "merge" + merge;
    }

    /** Twice, since joining is code too. */
    private static void warmUp(Stage stage, String protocol, int restMs) {
        stage.audience.restMs(restMs);
        for (int i = 0; i < 2; i++) {
            stage.join(protocol, Stage.STREAM, WARM_VIEWERS, CHECKED, 500, WARM_VIEWERS);
            stage.warmUp();
            stage.audience.leave();
            stage.forSeconds(1);
        }
    }

    private void grow(Stage stage, Setup base, List<Integer> counts, int seconds, int restMs) {
        stage.audience.restMs(restMs);
        int have = 0;
        for (int viewers : counts) {
            stage.join(
                    base.protocol,
                    Stage.STREAM,
                    viewers - have,
                    Math.max(0, CHECKED - have),
                    Math.max(200, viewers - have),
                    viewers);
            have = viewers;
            stage.forSeconds(SETTLE_SECONDS);
            stage.audience.reset();
            CpuTime cpu = CpuTime.during(stage, seconds);
            Cell cell = new Cell(cpu, cpu.serverMsPerSecond() / viewers, stage.server.rssKib(), stage.audience.seen(0));
            Setup setup = new Setup(base.server, base.protocol, base.mergeMs, viewers);
            cells.computeIfAbsent(setup, s -> new ArrayList<>()).add(cell);
            System.out.println(line(setup, cell, 0, 0));
        }
    }

    private double median(Setup setup) {
        List<Cell> found = cells.get(setup);
        return found == null ? 0 : Medians.middle(found, Cell::perViewer).perViewer;
    }

    private static final String HEAD = "server          protocol merge viewers  cpu ms/viewer-s x floor x nginx  rss MB"
            + "   delay ms p50/p99/max     first ms p50/p99  least/most faults lost silence ms  tool cpu";

    private static String line(Setup setup, Cell cell, double floor, double nginx) {
        Seen seen = cell.seen;
        return String.format(
                Locale.ROOT,
                "%-15s %-8s %5d %7d  %15.3f %7s %7s  %6d  %7.1f %7.1f %7.1f  %7.1f %7.1f  %10.3f %6d %4d %10.0f  %7.0f%%",
                setup.server,
                setup.protocol,
                setup.mergeMs,
                setup.viewers,
                cell.perViewer,
                Medians.ratio(cell.perViewer, floor),
                Medians.ratio(cell.perViewer, nginx),
                cell.rssKib / 1024,
                seen.delayMs(50),
                seen.delayMs(99),
                seen.delayMs(100),
                seen.firstMs(50),
                seen.firstMs(99),
                seen.leastOfMost(),
                seen.faults(),
                seen.lost(),
                seen.silenceMs(),
                cell.cpu.toolPercent());
    }

    private void write() throws IOException {
        StringBuilder text = new StringBuilder("server\tprotocol\tmerge_ms\tviewers\tcpu_ms_per_viewer_s\n");
        cells.forEach((setup, measured) -> text.append(String.format(
                Locale.ROOT,
                "%s\t%s\t%d\t%d\t%.4f%n",
                setup.server,
                setup.protocol,
                setup.mergeMs,
                setup.viewers,
                Medians.middle(measured, Cell::perViewer).perViewer)));
        Files.writeString(tsv, text);
    }
}
