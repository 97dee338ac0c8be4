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

/**
 * One viewer. Every viewer counts its bytes and looks for its first keyframe; a checked one looks at every frame to its
 * end, the others stop parsing once they have seen a picture, so that the tool costs little.
 */
final class Viewer implements Loop.Peer {
    /** Delays count from this long after the first keyframe: what was in the server's memory is old by nature. */
    private static final long SETTLED_NANOS = 3_000_000_000L;

    private final String target;
    private final boolean rtmp;
    private final boolean checked;
    private final FlvScan scan;
    final FrameClock clock;
    final long askedNanos = System.nanoTime();
    private RtmpClientSession session =
            RtmpClientSession.player(new RtmpUrl("127.0.0.1", 1, "live", "none"), RandomGenerator.getDefault());
    long bytes;
    long lastBytesNanos;
    long longestSilenceNanos;
    String closed = "";
    private Loop.@org.jspecify.annotations.Nullable Connection connection;

    private Viewer(String target, boolean rtmp, boolean checked, Histogram delayUs) {
        this.target = target;
        this.rtmp = rtmp;
        this.checked = checked;
        this.clock = new FrameClock(delayUs);
        this.scan = new FlvScan(clock);
    }

    /** Watches {@code path}, such as {@code /live/stream1.flv}. */
    static Viewer httpFlv(String path, boolean checked, Histogram delayUs) {
        return new Viewer(path, false, checked, delayUs);
    }

    static Viewer rtmp(RtmpUrl url, boolean checked, Histogram delayUs) {
        Viewer viewer = new Viewer(url.toString(), true, checked, delayUs);
        viewer.session = RtmpClientSession.player(url, RandomGenerator.getDefault());
        return viewer;
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
        connection.send(rtmp ? session.start().buffer() : request());
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
            if (!rtmp) {
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
