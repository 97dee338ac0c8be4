package io.headwater.bench;

import io.headwater.codec.rtmp.RtmpUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * Many viewers. Those that are looked at closely have a loop of their own that reads at once; the others may be read in
 * rests ({@link #restMs}), which keeps the tool cheap.
 */
final class Audience implements AutoCloseable {
    /** Viewers on one loop, and what belongs to that loop's thread. */
    private static final class Part {
        final Loop loop;
        final Histogram delayUs = new Histogram(60_000_000L, 3);
        final List<Viewer> viewers = new ArrayList<>();

        Part(String name) throws IOException {
            loop = new Loop(name);
        }

        <T> T ask(Supplier<T> question) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            loop.run(() -> answer.complete(question.get()));
            return answer.join();
        }
    }

    private final Part close;
    private final Part many;

    Audience() throws IOException {
        close = new Part("bench-checked");
        many = new Part("bench-viewers");
    }

    /** One stream of one server, as viewers ask for it. */
    record Place(String protocol, int port, String app, String stream) {
        InetSocketAddress address() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        }

        Viewer viewer(boolean checked, Histogram delayUs) {
            return protocol.equals("rtmp")
                    ? Viewer.rtmp(new RtmpUrl("127.0.0.1", port, app, stream), checked, delayUs)
                    : Viewer.httpFlv("/" + app + "/" + stream + ".flv", checked, delayUs);
        }
    }

    /** Lets {@code count} more viewers ask for a stream, spread evenly over {@code overMs}; {@code checked} of them closely. */
    void join(Place place, int count, int checked, int overMs) {
        join(close, place, Math.min(count, checked), overMs, true);
        join(many, place, count - Math.min(count, checked), overMs, false);
    }

    private static void join(Part part, Place place, int count, int overMs, boolean checked) {
        LongUnaryOperator due = i -> i * overMs * 1_000_000L / Math.max(1, count);
        part.loop.run(() -> {
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                part.loop.at(start + due.applyAsLong(i), () -> {
                    Viewer viewer = place.viewer(checked, part.delayUs);
                    part.viewers.add(viewer);
                    part.loop.connect(place.address(), viewer);
                });
            }
        });
    }

    /** A connection whose other end is a publisher. */
    void reference(SocketChannel channel) {
        close.loop.run(() -> {
            Viewer viewer = Viewer.reference(close.delayUs);
            close.viewers.add(viewer);
            close.loop.adopt(channel, viewer);
        });
    }

    /** How long the viewers that are not looked at closely rest between their reads. */
    void restMs(int restMs) {
        many.loop.restMs(restMs);
    }

    /** The last {@code count} viewers of those not looked at closely stop reading. */
    void stall(int count) {
        many.loop.run(() -> {
            List<Viewer> all = many.viewers;
            all.subList(all.size() - count, all.size()).forEach(Viewer::stall);
        });
    }

    /** All go away, and are forgotten. */
    void leave() {
        for (Part part : List.of(close, many)) {
            part.ask(() -> {
                part.viewers.forEach(Viewer::leave);
                part.viewers.clear();
                return true;
            });
        }
    }

    /** Forgets what was measured so far, so that what follows is of the steady state. */
    void reset() {
        for (Part part : List.of(close, many)) {
            part.ask(() -> {
                part.delayUs.reset();
                part.viewers.forEach(Viewer::reset);
                return true;
            });
        }
    }

    int withPicture() {
        int sum = 0;
        for (Part part : List.of(close, many)) {
            sum += part.ask(() -> (int) part.viewers.stream()
                    .filter(v -> v.clock.firstKeyframeNanos != 0)
                    .count());
        }
        return sum;
    }

    /** What was seen since the last reset, by all but the last {@code stalled}. */
    Seen seen(int stalled) {
        Seen closely = close.ask(() -> Seen.of(close.viewers, close.delayUs));
        return closely.and(many.ask(
                () -> Seen.of(many.viewers.subList(0, many.viewers.size() - stalled), new Histogram(60_000_000L, 3))));
    }

    @Override
    public void close() {
        close.loop.close();
        many.loop.close();
    }
}
