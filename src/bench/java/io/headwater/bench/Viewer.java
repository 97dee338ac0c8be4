package io.headwater.bench;

import io.headwater.codec.MalformedException;
import io.headwater.codec.rtmp.RtmpClientSession;
import io.headwater.codec.rtmp.RtmpMessage;
import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.media.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One viewer. Every viewer counts its bytes and looks for its first keyframe; a checked one looks at every frame to its
 * end, the others stop parsing once they have seen a picture, so that the tool costs little.
 */
final class Viewer implements Loop.Peer {
    /** Delays count from this long after the first keyframe: what was in the server's memory is old by nature. */
    private static final long SETTLED_NANOS = 3_000_000_000L;

    private final String target;
    private final boolean checked;
    private final FlvScan scan;
    final FrameClock clock;
    final long askedNanos = System.nanoTime();
    private final @Nullable RtmpClientSession session;
    long bytes;
    long lastBytesNanos;
    private long longestSilenceNanos;
    String closed = "";
    private Loop.@Nullable Connection connection;

    private Viewer(String target, @Nullable RtmpClientSession session, boolean checked, Histogram delayUs) {
        this.target = target;
        this.session = session;
        this.checked = checked;
        this.clock = new FrameClock(delayUs);
        this.scan = target.isEmpty() ? FlvScan.bare(clock) : new FlvScan(clock);
    }

    /** Watches {@code path}, such as {@code /live/stream1.flv}. */
    static Viewer httpFlv(String path, boolean checked, Histogram delayUs) {
        return new Viewer(path, null, checked, delayUs);
    }

    static Viewer rtmp(RtmpUrl url, boolean checked, Histogram delayUs) {
        RtmpClientSession session = RtmpClientSession.player(url, RandomGenerator.getDefault());
        return new Viewer(url.toString(), session, checked, delayUs);
    }

    /** The reader at the other end of a publisher's own connection: what no server can be faster than. */
    static Viewer reference(Histogram delayUs) {
        return new Viewer("", null, true, delayUs);
    }

    /** Forgets what it measured, but not what it is in the middle of. */
    void reset() {
        bytes = 0;
        longestSilenceNanos = 0;
        lastBytesNanos = System.nanoTime();
        clock.reset();
    }

    /** The longest time without a byte since the reset, until now. */
    long longestSilenceNanos() {
        return lastBytesNanos == 0 ? 0 : Math.max(longestSilenceNanos, System.nanoTime() - lastBytesNanos);
    }

    /** Stops reading with the connection open: a player whose network died. Only on the loop's thread. */
    void stall() {
        if (connection != null) {
            connection.stopReading();
        }
    }

    /** Closes the connection. */
    void leave() {
        if (connection != null) {
            connection.close("left");
        }
    }

    @Override
    public void onConnected(Loop.Connection connection) {
        this.connection = connection;
        if (session != null) {
            connection.send(session.start().buffer());
        } else if (!target.isEmpty()) {
            connection.send(request());
        }
    }

    private ByteBuffer request() {
        String text = "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: headwater-bench\r\n\r\n";
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void onBytes(Loop.Connection connection, ByteBuffer in, long nowNanos) {
        bytes += in.remaining();
        if (lastBytesNanos != 0 && clock.firstKeyframeNanos != 0) {
            longestSilenceNanos = Math.max(longestSilenceNanos, nowNanos - lastBytesNanos);
        }
        lastBytesNanos = nowNanos;
        if (!checked && clock.firstKeyframeNanos != 0) {
            return;
        }
        boolean measured = clock.firstKeyframeNanos != 0 && nowNanos - clock.firstKeyframeNanos > SETTLED_NANOS;
        try {
            if (session == null) {
                if (!scan.take(in, nowNanos, measured)) {
                    connection.close("refused");
                }
                return;
            }
            session.receive(in, new RtmpClientSession.Output() {
                @Override
                public void send(Bytes out) {
                    connection.send(out.buffer());
                }

                @Override
                public void event(RtmpClientSession.Event event) {
                    if (!(event instanceof RtmpClientSession.Started)) {
                        connection.close(event.toString());
                    }
                }

                @Override
                public void media(RtmpMessage message) {
                    if (message.type() == 9) {
                        clock.video(message.body().buffer(), nowNanos, measured);
                    }
                }
            });
        } catch (MalformedException e) {
            connection.close(e.getMessage());
        }
    }

    @Override
    public void onClosed(String why) {
        closed = why;
    }
}
