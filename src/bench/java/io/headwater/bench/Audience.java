package io.headwater.bench;

import io.headwater.codec.rtmp.RtmpUrl;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;

/** Many viewers of one stream on one loop of the tool. */
final class Audience implements AutoCloseable {
    private final Loop loop;
    private final Histogram delayUs = new Histogram(60_000_000L, 3);
    private final List<Viewer> viewers = new ArrayList<>();

    Audience() throws IOException {
        loop = new Loop("bench-viewers");
    }

    /**
     * Lets {@code count} more viewers ask for the stream, spread evenly over {@code overMs}.
     *
     * @param checkedEvery one in that many looks at every frame to its end
     */
    void join(Servers.Running server, String protocol, String stream, int count, int overMs, int checkedEvery) {
        boolean rtmp = protocol.equals("rtmp");
        int port = rtmp ? server.rtmpPort() : server.livePort();
        InetSocketAddress address = new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), port);
        loop.run(() -> {
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                boolean checked = i % checkedEvery == 0;
                loop.at(start + i * (overMs * 1_000_000L / Math.max(1, count)), () -> {
                    Viewer viewer = rtmp
                            ? Viewer.rtmp(new RtmpUrl("127.0.0.1", port, "live", stream), checked, delayUs)
                            : Viewer.httpFlv("/live/" + stream + ".flv", checked, delayUs);
                    viewers.add(viewer);
                    loop.connect(address, viewer);
                });
            }
        });
    }

    /** The last {@code count} viewers stop reading. */
    void stall(int count) {
        loop.run(() -> viewers.subList(viewers.size() - count, viewers.size()).forEach(Viewer::stall));
    }

    /** Forgets what was measured so far, so that what follows is of the steady state. */
    void reset() {
        loop.run(() -> {
            delayUs.reset();
            for (Viewer viewer : viewers) {
                viewer.bytes = 0;
                viewer.longestSilenceNanos = 0;
            }
        });
    }

    int withPicture() {
        return ask(() -> (int)
                viewers.stream().filter(v -> v.clock.firstKeyframeNanos != 0).count());
    }

    /**
     * What the viewers saw.
     *
     * @param leastBytes and {@code mostBytes}: of a viewer that was not told to stall, since the last reset
     */
    record Seen(
            int viewers,
            int closed,
            long bytes,
            long leastBytes,
            long mostBytes,
            long checkedFrames,
            long missing,
            long disordered,
            int notAtKeyframe,
            double delayP50Ms,
            double delayP99Ms,
            double delayMaxMs,
            double firstP50Ms,
            double firstP99Ms,
            double longestSilenceMs) {}

    /** What all saw but the last {@code stalled}. */
    Seen seen(int stalled) {
        return ask(() -> {
            List<Viewer> active = viewers.subList(0, viewers.size() - stalled);
            Histogram first = new Histogram(60_000_000L, 3);
            for (Viewer viewer : active) {
                if (viewer.clock.firstKeyframeNanos != 0) {
                    first.recordValue((viewer.clock.firstKeyframeNanos - viewer.askedNanos) / 1000);
                }
            }
            return new Seen(
                    active.size(),
                    (int) active.stream().filter(v -> !v.closed.isEmpty()).count(),
                    active.stream().mapToLong(v -> v.bytes).sum(),
                    active.stream().mapToLong(v -> v.bytes).min().orElse(0),
                    active.stream().mapToLong(v -> v.bytes).max().orElse(0),
                    active.stream().mapToLong(v -> v.clock.frames).sum(),
                    active.stream().mapToLong(v -> v.clock.missing).sum(),
                    active.stream().mapToLong(v -> v.clock.disordered).sum(),
                    (int) active.stream()
                            .filter(v -> v.clock.frames > 0 && !v.clock.startedWithKeyframe)
                            .count(),
                    delayUs.getValueAtPercentile(50) / 1000.0,
                    delayUs.getValueAtPercentile(99) / 1000.0,
                    delayUs.getMaxValue() / 1000.0,
                    first.getValueAtPercentile(50) / 1000.0,
                    first.getValueAtPercentile(99) / 1000.0,
                    active.stream().mapToLong(v -> v.longestSilenceNanos).max().orElse(0) / 1e6);
        });
    }

    private <T> T ask(java.util.function.Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.run(() -> answer.complete(question.get()));
        return answer.join();
    }

    @Override
    public void close() {
        loop.close();
    }
}
