package io.headwater.bench;

import io.headwater.codec.rtmp.RtmpUrl;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Measures what delivery costs. {@code Bench MODE [--option value ...]}, with the modes of {@link #main}; run it by
 * {@code scripts/bench}. Servers and tool share the machine, so figures are ratios within one run.
 */
public final class Bench {
    private static final String STREAM = "bench";
    private static final int FPS = 25;
    private static final int GOP = 50;

    private final Servers servers;

    private Bench(Servers servers) {
        this.servers = servers;
    }

    public static void main(String[] args) throws Exception {
        Path project = Path.of(System.getProperty("headwater.project", ".")).toAbsolutePath();
        Path work = Files.createDirectories(project.resolve("target/bench"));
        Bench bench = new Bench(new Servers(project, work));
        String mode = args.length == 0 ? "" : args[0];
        switch (mode) {
            case "fanout" ->
                bench.fanout(new Options(
                        args, 1, Set.of("servers", "protocol", "viewers", "merge", "seconds", "rounds", "bitrate")));
            case "publishers" ->
                bench.publishers(
                        new Options(args, 1, Set.of("servers", "count", "bitrate", "seconds", "rounds", "viewers")));
            case "burst" -> bench.burst(new Options(args, 1, Set.of("servers", "protocol", "viewers", "rounds")));
            case "stall" -> bench.stall(new Options(args, 1, Set.of("viewers", "share", "seconds", "merge")));
            default -> {
                System.err.println("usage: bench fanout|publishers|burst|stall [--option value ...]");
                System.exit(2);
            }
        }
        System.exit(0);
    }

    /** One measured cell of a table. */
    private record Cell(double cpuMs, long rssKib, Audience.Seen seen, double toolCpuMs) {}

    private Servers.Running start(String name, int mergeMs) {
        return switch (name) {
            case "headwater" -> servers.headwater(mergeMs, Map.of());
            case "floor" -> servers.floor(mergeMs);
            case "nginx-rtmp" -> servers.nginx();
            default ->
                throw new IllegalArgumentException("server " + name + ", expected headwater, floor or nginx-rtmp");
        };
    }

    private Publisher publish(Servers.Running server, Loop loop, String stream, int bitrate, long seed) {
        StampedFrames frames = new StampedFrames(bitrate, FPS, GOP, seed);
        boolean flv = server.publishFlvPort() != 0;
        Publisher publisher = flv
                ? Publisher.flv(loop, frames, bitrate)
                : Publisher.rtmp(loop, frames, bitrate, new RtmpUrl("127.0.0.1", server.rtmpPort(), "live", stream));
        int port = flv ? server.publishFlvPort() : server.rtmpPort();
        loop.connect(new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), port), publisher);
        return publisher;
    }

    private void fanout(Options options) throws Exception {
        List<String> names = options.words("servers", "headwater,floor,nginx-rtmp");
        int rounds = options.number("rounds", 3);
        int seconds = options.number("seconds", 15);
        int bitrate = options.number("bitrate", 2_500_000);
        System.out.println("server       protocol  merge viewers   cpu ms/viewer-s  x floor x nginx  rss MB"
                + "  delay p50/p99/max ms      first p50/p99 ms   least/most  lost  silence ms  tool cpu");
        for (String protocol : options.words("protocol", "http-flv,rtmp")) {
            for (int merge : options.numbers("merge", "0,40,350")) {
                for (int viewers : options.numbers("viewers", "1,50,200,500,1000,2000")) {
                    Map<String, List<Cell>> cells = new TreeMap<>();
                    for (int round = 0; round < rounds; round++) {
                        for (String name : names) {
                            String spoken =
                                    name.equals("floor") ? "http-flv" : name.equals("nginx-rtmp") ? "rtmp" : protocol;
                            cells.computeIfAbsent(name, n -> new ArrayList<>())
                                    .add(cell(name, spoken, merge, viewers, seconds, bitrate));
                        }
                    }
                    double floor = median(cells.getOrDefault("floor", List.of()));
                    double nginx = median(cells.getOrDefault("nginx-rtmp", List.of()));
                    for (String name : names) {
                        print(name, protocol, merge, viewers, cells.get(name), floor, nginx);
                    }
                }
            }
        }
    }

    private Cell cell(String name, String protocol, int merge, int viewers, int seconds, int bitrate) throws Exception {
        try (Servers.Running server = start(name, merge);
                Loop publishing = new Loop("bench-publisher");
                Audience audience = new Audience()) {
            Publisher publisher = publish(server, publishing, STREAM, bitrate, 1);
            publisher.started.get(20, TimeUnit.SECONDS);
            Waiting.until(20, "two groups of pictures", () -> publisher.framesSent() > 2L * GOP);
            audience.join(server, protocol, STREAM, viewers, Math.max(1000, viewers * 2), Math.max(1, viewers / 20));
            Waiting.until(60, viewers + " viewers with a picture", () -> audience.withPicture() >= viewers);
            long settled = publisher.framesSent() + 4L * FPS;
            Waiting.until(20, "settling", () -> publisher.framesSent() >= settled);
            audience.reset();
            long cpu = server.cpuMs();
            long tool = Proc.cpuMs(ProcessHandle.current());
            long begin = System.nanoTime();
            long end = publisher.framesSent() + (long) seconds * FPS;
            Waiting.until(seconds + 30, "measuring", () -> publisher.framesSent() >= end);
            double elapsed = (System.nanoTime() - begin) / 1e9;
            double spent = (server.cpuMs() - cpu) / elapsed / viewers;
            // the tool is a descendant of nobody measured, but the server is one of the tool's
            double toolSpent = (Proc.cpuMs(ProcessHandle.current()) - tool - (server.cpuMs() - cpu)) / elapsed / 10;
            return new Cell(spent, server.rssKib(), audience.seen(0), toolSpent);
        }
    }

    private static void print(
            String name, String protocol, int merge, int viewers, List<Cell> cells, double floor, double nginx) {
        double cpu = median(cells);
        Cell middle = cells.stream()
                .min((a, b) -> Double.compare(Math.abs(a.cpuMs - cpu), Math.abs(b.cpuMs - cpu)))
                .orElseThrow();
        Audience.Seen seen = middle.seen;
        System.out.println(String.format(
                Locale.ROOT,
                "%-12s %-9s %4d %7d   %8.3f         %6s  %6s  %6d  %7.1f %7.1f %7.1f   %8.1f %8.1f   %9.3f  %4d  %9.0f  %5.0f%%",
                name,
                protocol,
                merge,
                viewers,
                cpu,
                ratio(cpu, floor),
                ratio(cpu, nginx),
                middle.rssKib / 1024,
                seen.delayP50Ms(),
                seen.delayP99Ms(),
                seen.delayMaxMs(),
                seen.firstP50Ms(),
                seen.firstP99Ms(),
                seen.mostBytes() == 0 ? 0 : (double) seen.leastBytes() / seen.mostBytes(),
                seen.missing() + seen.disordered() + seen.closed() + seen.notAtKeyframe(),
                seen.longestSilenceMs(),
                middle.toolCpuMs));
    }

    private void publishers(Options options) throws Exception {
        int bitrate = options.number("bitrate", 500_000);
        int seconds = options.number("seconds", 15);
        int viewersEach = options.number("viewers", 0);
        System.out.println("server       publishers   cpu ms/publisher-s   rss MB");
        for (int count : options.numbers("count", "200")) {
            for (String name : options.words("servers", "headwater,nginx-rtmp")) {
                List<Double> spent = new ArrayList<>();
                long rss = 0;
                for (int round = 0; round < options.number("rounds", 3); round++) {
                    try (Servers.Running server = start(name, 0);
                            Loop loop = new Loop("bench-publishers");
                            Audience audience = new Audience()) {
                        List<Publisher> all = new ArrayList<>();
                        for (int i = 0; i < count; i++) {
                            all.add(publish(server, loop, "s" + i, bitrate, i));
                        }
                        for (Publisher publisher : all) {
                            publisher.started.get(60, TimeUnit.SECONDS);
                        }
                        if (viewersEach > 0) {
                            for (int i = 0; i < count; i++) {
                                audience.join(server, "rtmp", "s" + i, viewersEach, 0, 1);
                            }
                            Waiting.until(60, "pictures", () -> audience.withPicture() >= count * viewersEach);
                        }
                        Publisher first = all.get(0);
                        long settled = first.framesSent() + 4L * FPS;
                        Waiting.until(30, "settling", () -> first.framesSent() >= settled);
                        long cpu = server.cpuMs();
                        long begin = System.nanoTime();
                        long end = first.framesSent() + (long) seconds * FPS;
                        Waiting.until(seconds + 30, "measuring", () -> first.framesSent() >= end);
                        spent.add((server.cpuMs() - cpu) / ((System.nanoTime() - begin) / 1e9) / count);
                        rss = Math.max(rss, server.rssKib());
                        long closed =
                                all.stream().filter(p -> !p.closed.isEmpty()).count();
                        Audience.Seen seen = audience.seen(0);
                        if (closed + seen.missing() + seen.disordered() > 0) {
                            System.out.println("  " + name + ": " + closed + " publishers lost, " + seen.missing()
                                    + " frames missing, " + seen.disordered() + " out of order");
                        }
                    }
                }
                System.out.println(String.format(
                        Locale.ROOT, "%-12s %10d   %18.3f   %6d", name, count, middle(spent), rss / 1024));
            }
        }
    }

    private void burst(Options options) throws Exception {
        System.out.println(
                "server       protocol  viewers  first keyframe p50/p99 ms   publisher's delay p99 of one present viewer ms");
        for (String protocol : options.words("protocol", "http-flv,rtmp")) {
            for (String name : options.words("servers", "headwater")) {
                for (int viewers : options.numbers("viewers", "500")) {
                    try (Servers.Running server = start(name, 0);
                            Loop publishing = new Loop("bench-publisher");
                            Audience present = new Audience();
                            Audience burst = new Audience()) {
                        Publisher publisher = publish(server, publishing, STREAM, 2_500_000, 1);
                        publisher.started.get(20, TimeUnit.SECONDS);
                        Waiting.until(20, "two groups of pictures", () -> publisher.framesSent() > 2L * GOP);
                        present.join(server, protocol, STREAM, 20, 0, 1);
                        Waiting.until(20, "pictures", () -> present.withPicture() >= 20);
                        long settled = publisher.framesSent() + 4L * FPS;
                        Waiting.until(20, "settling", () -> publisher.framesSent() >= settled);
                        present.reset();
                        burst.join(server, protocol, STREAM, viewers, 1000, Integer.MAX_VALUE);
                        Waiting.until(60, "pictures for all", () -> burst.withPicture() >= viewers);
                        Audience.Seen seen = burst.seen(0);
                        System.out.println(String.format(
                                Locale.ROOT,
                                "%-12s %-9s %7d  %8.1f %8.1f            %8.1f",
                                name,
                                protocol,
                                viewers,
                                seen.firstP50Ms(),
                                seen.firstP99Ms(),
                                present.seen(0).delayP99Ms()));
                    }
                }
            }
        }
    }

    private void stall(Options options) throws Exception {
        int viewers = options.number("viewers", 1000);
        int share = options.number("share", 10);
        int seconds = options.number("seconds", 30);
        int stalled = viewers * share / 100;
        try (Servers.Running server = start("headwater", options.number("merge", 40));
                Loop publishing = new Loop("bench-publisher");
                Audience audience = new Audience()) {
            Publisher publisher = publish(server, publishing, STREAM, 2_500_000, 1);
            publisher.started.get(20, TimeUnit.SECONDS);
            Waiting.until(20, "two groups of pictures", () -> publisher.framesSent() > 2L * GOP);
            audience.join(server, "http-flv", STREAM, viewers, viewers * 2, 20);
            Waiting.until(60, "pictures", () -> audience.withPicture() >= viewers);
            for (String phase : List.of("none stalled", stalled + " stalled", stalled + " stalled, later")) {
                if (phase.endsWith("stalled") && !phase.startsWith("none")) {
                    audience.stall(stalled);
                }
                long settled = publisher.framesSent() + 4L * FPS;
                Waiting.until(20, "settling", () -> publisher.framesSent() >= settled);
                audience.reset();
                long end = publisher.framesSent() + (long) seconds * FPS;
                Waiting.until(seconds + 30, "measuring", () -> publisher.framesSent() >= end);
                Audience.Seen seen = audience.seen(stalled);
                System.out.println(String.format(
                        Locale.ROOT,
                        "%-24s delay p50 %.1f p99 %.1f max %.1f ms, rss %d MB, lost %d",
                        phase,
                        seen.delayP50Ms(),
                        seen.delayP99Ms(),
                        seen.delayMaxMs(),
                        server.rssKib() / 1024,
                        seen.missing() + seen.closed()));
            }
        }
    }

    private static String ratio(double value, double to) {
        return to == 0 ? "-" : String.format(Locale.ROOT, "%.2f", value / to);
    }

    private static double median(List<Cell> cells) {
        return middle(cells.stream().map(Cell::cpuMs).toList());
    }

    private static double middle(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }
}
