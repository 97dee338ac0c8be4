package io.headwater.bench;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Viewers of low-latency HLS beside as many of HTTP-FLV, one after the other on the same node with the same stream. */
final class HlsLoad {
    private static final int CHECKED = 20;
    private static final int JOIN_SECONDS = 2;
    private static final String LINE =
            "%-8s %7d  %16.3f %6s  %9.0f  %7.1f %7.1f %7.1f  %7.1f %7.1f %7.1f  %6d %6d  %7.0f%%%n";

    private final Servers servers;

    HlsLoad(Servers servers) {
        this.servers = servers;
    }

    void run(Options options) throws Exception {
        int seconds = options.number("seconds", 20);
        System.out.println("protocol viewers  cpu ms/viewer-s  x flv  request/s  hold ms p50/p99/max      "
                + "delay ms p50/p99/max     faults errors  tool cpu");
        for (int viewers : options.numbers("viewers", "500")) {
            for (int round = 0; round < options.number("rounds", 1); round++) {
                measure(viewers, seconds, options.number("rest", 5));
            }
        }
    }

    private void measure(int viewers, int seconds, int restMs) throws Exception {
        int port = Servers.freePort();
        try (Stage stage = Stage.oneStream(servers.headwater(
                Map.of("headwater.http.port", Integer.toString(port), "headwater.apps.live.write-merge", "40ms")))) {
            double flv = flv(stage, viewers, seconds);
            hls(stage, port, viewers, seconds, restMs, flv);
        }
    }

    private static double flv(Stage stage, int viewers, int seconds) {
        stage.audience.restMs(20);
        stage.join("http-flv", Stage.STREAM, viewers, CHECKED, viewers, viewers);
        stage.warmUp();
        stage.audience.reset();
        CpuTime cpu = CpuTime.during(stage, seconds);
        Seen seen = stage.audience.seen(0);
        double each = cpu.serverMsPerSecond() / viewers;
        System.out.printf(
                Locale.ROOT,
                LINE,
                "http-flv",
                viewers,
                each,
                "1.00",
                0.0,
                0.0,
                0.0,
                0.0,
                seen.delayMs(50),
                seen.delayMs(99),
                seen.delayMs(100),
                seen.faults(),
                seen.lost(),
                cpu.toolPercent());
        stage.audience.leave();
        return each;
    }

    private static void hls(Stage stage, int port, int viewers, int seconds, int restMs, double flv) throws Exception {
        HlsViewer.Figures closely = new HlsViewer.Figures();
        HlsViewer.Figures others = new HlsViewer.Figures();
        List<HlsViewer> all = new ArrayList<>();
        try (Loop few = new Loop("bench-hls-checked");
                Loop many = new Loop("bench-hls")) {
            many.restMs(restMs);
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            for (int i = 0; i < viewers; i++) {
                boolean checked = i < CHECKED;
                Loop loop = checked ? few : many;
                HlsViewer viewer = new HlsViewer(
                        loop,
                        address,
                        "/" + Stage.APP + "/streams/" + Stage.STREAM,
                        checked,
                        checked ? closely : others);
                all.add(viewer);
                long at = System.nanoTime() + i * (JOIN_SECONDS * 1_000_000_000L) / viewers;
                loop.run(() -> loop.at(at, viewer::start));
            }
            Waiting.until(90, viewers + " viewers that play", () -> playing(few, many, all) == viewers);
            stage.warmUp();
            ask(few, () -> reset(closely));
            ask(many, () -> reset(others));
            CpuTime cpu = CpuTime.during(stage, seconds);
            HlsViewer.Figures checked = ask(few, () -> closely);
            HlsViewer.Figures rest = ask(many, () -> others);
            double each = cpu.serverMsPerSecond() / viewers;
            long requests = checked.playlists + checked.parts + rest.playlists + rest.parts;
            System.out.printf(
                    Locale.ROOT,
                    LINE,
                    "ll-hls",
                    viewers,
                    each,
                    Medians.ratio(each, flv),
                    requests / (double) seconds,
                    ms(rest, 50),
                    ms(rest, 99),
                    ms(rest, 100),
                    delayMs(checked, 50),
                    delayMs(checked, 99),
                    delayMs(checked, 100),
                    checked.faults,
                    checked.errors + rest.errors,
                    cpu.toolPercent());
            String error = checked.lastError + rest.lastError;
            if (!error.isEmpty()) {
                System.out.println("# last error: " + error);
            }
            if (checked.checkedFrames < (long) seconds * Stage.FPS * Math.min(CHECKED, viewers) * 9 / 10) {
                System.out.println("# only " + checked.checkedFrames + " frames were seen by those looked at closely");
            }
            ask(few, () -> leave(all.subList(0, Math.min(CHECKED, viewers))));
            ask(many, () -> leave(all.subList(Math.min(CHECKED, viewers), viewers)));
        }
    }

    private static int playing(Loop few, Loop many, List<HlsViewer> all) {
        int checked = Math.min(CHECKED, all.size());
        return ask(few, () -> count(all.subList(0, checked)))
                + ask(many, () -> count(all.subList(checked, all.size())));
    }

    private static int count(List<HlsViewer> viewers) {
        return (int) viewers.stream().filter(HlsViewer::plays).count();
    }

    private static boolean reset(HlsViewer.Figures figures) {
        figures.reset();
        return true;
    }

    private static boolean leave(List<HlsViewer> viewers) {
        viewers.forEach(HlsViewer::leave);
        return true;
    }

    private static double ms(HlsViewer.Figures figures, double percentile) {
        return figures.holdUs.getValueAtPercentile(percentile) / 1000.0;
    }

    private static double delayMs(HlsViewer.Figures figures, double percentile) {
        return figures.delayUs.getValueAtPercentile(percentile) / 1000.0;
    }

    private static <T> T ask(Loop loop, Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.run(() -> answer.complete(question.get()));
        return answer.join();
    }
}
