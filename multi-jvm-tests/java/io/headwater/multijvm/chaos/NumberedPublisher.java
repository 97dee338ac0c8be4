package io.headwater.multijvm.chaos;

import io.headwater.bench.Loop;
import io.headwater.bench.StampedFrames;
import io.headwater.codec.MalformedException;
import io.headwater.codec.flv.FlvTag;
import io.headwater.codec.rtmp.RtmpClientSession;
import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.media.Bytes;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;

/**
 * One publishing session over RTMP, in real time, whose frames carry their number, the number of the session and the time
 * they were sent. 25 pictures a second, a keyframe every second, sound.
 */
final class NumberedPublisher implements Loop.Peer, AutoCloseable {
    static final int FPS = 25;
    static final int GOP = 25;
    private static final int BITS_PER_SECOND = 200_000;
    private static final long AUDIO_NANOS = 1024L * 1_000_000_000L / 44100;

    private final Loop loop;
    private final RtmpUrl url;
    private final RtmpClientSession session;
    private final StampedFrames frames;
    private final long number;
    private volatile Loop.Connection connection;
    private volatile String ended = "";
    private volatile long sent;
    private volatile long begin;
    private volatile long lastNanos;
    private volatile Optional<NumberedPublisher> successor = Optional.empty();
    private Optional<IntSupplier> numbers = Optional.empty();
    private int video;
    private int audio;

    private NumberedPublisher(Loop loop, RtmpUrl url, int number) {
        this.loop = loop;
        this.url = url;
        this.number = number;
        this.session = RtmpClientSession.publisher(url, RandomGenerator.getDefault());
        this.frames = new StampedFrames(BITS_PER_SECOND, FPS, GOP, number);
    }

    /** Connects and publishes; {@code number} tells this session from all others of the stream. */
    static NumberedPublisher start(Loop loop, RtmpUrl url, int number) {
        NumberedPublisher publisher = new NumberedPublisher(loop, url, number);
        loop.connect(new InetSocketAddress(url.host(), url.port()), publisher);
        return publisher;
    }

    /**
     * One that obeys when it is asked to reconnect: breaks off, and goes on as another session at the place named.
     *
     * @param numbers the numbers of its sessions
     */
    static NumberedPublisher obeying(Loop loop, RtmpUrl url, IntSupplier numbers) {
        NumberedPublisher publisher = new NumberedPublisher(loop, url, numbers.getAsInt());
        publisher.session.reconnecting();
        publisher.numbers = Optional.of(numbers);
        loop.connect(new InetSocketAddress(url.host(), url.port()), publisher);
        return publisher;
    }

    /** The session it went on as when it was asked to reconnect. */
    Optional<NumberedPublisher> successor() {
        return successor;
    }

    private void reconnect(Loop.Connection from, Optional<String> tcUrl) {
        from.close("asked to reconnect to " + tcUrl.orElse("the same place"));
        RtmpUrl next =
                tcUrl.flatMap(place -> RtmpUrl.parse(place + "/" + url.name())).orElse(url);
        successor = numbers.map(more -> obeying(loop, next, more));
    }

    /** How long nobody published between {@code earlier} and this session. */
    double absenceMs(NumberedPublisher earlier) {
        return (begin - earlier.lastNanos) / 1e6;
    }

    int number() {
        return (int) number;
    }

    /** Pictures sent. */
    long sent() {
        return sent;
    }

    /** How long it is until the next keyframe is sent. */
    long untilKeyframeNanos() {
        long gop = 1_000_000_000L * GOP / FPS;
        return gop - (System.nanoTime() - begin) % gop;
    }

    /** Why the session is over, empty while it is not. */
    String ended() {
        return ended;
    }

    @Override
    public void onConnected(Loop.Connection made) {
        connection = made;
        made.send(session.start().buffer());
    }

    @Override
    public void onBytes(Loop.Connection from, ByteBuffer in, long nowNanos) {
        try {
            session.receive(in, new RtmpClientSession.Output() {
                @Override
                public void send(Bytes bytes) {
                    from.send(bytes.buffer());
                }

                @Override
                public void event(RtmpClientSession.Event event) {
                    if (event instanceof RtmpClientSession.Started) {
                        begin(nowNanos);
                    } else {
                        from.close(event.toString());
                    }
                }

                @Override
                public void reconnect(Optional<String> tcUrl) {
                    NumberedPublisher.this.reconnect(from, tcUrl);
                }
            });
        } catch (MalformedException e) {
            from.close(e.toString());
        }
    }

    @Override
    public void onClosed(String why) {
        ended = why;
    }

    private void begin(long nowNanos) {
        begin = nowNanos;
        tag(FlvTag.VIDEO, 0, StampedFrames.avcConfigBody());
        tag(FlvTag.AUDIO, 0, StampedFrames.aacConfigBody());
        nextPicture();
        nextSound();
    }

    private void nextPicture() {
        byte[] body = frames.videoBody(video);
        loop.at(begin + video * 1_000_000_000L / FPS, () -> {
            if (isOpen()) {
                StampedFrames.stamp(body, number << 32 | video, System.nanoTime());
                tag(FlvTag.VIDEO, video * 1000L / FPS, body);
                video++;
                sent = video;
                lastNanos = System.nanoTime();
                nextPicture();
            }
        });
    }

    private void nextSound() {
        loop.at(begin + audio * AUDIO_NANOS, () -> {
            if (isOpen()) {
                byte[] body = frames.audioBody(BITS_PER_SECOND);
                ByteBuffer.wrap(body, FrameCheck.AUDIO_STAMP_AT, 24)
                        .putLong(StampedFrames.MAGIC)
                        .putLong(number << 32 | audio)
                        .putLong(System.nanoTime());
                tag(FlvTag.AUDIO, audio * AUDIO_NANOS / 1_000_000, body);
                audio++;
                nextSound();
            }
        });
    }

    private boolean isOpen() {
        return ended.isEmpty() && connection != null && connection.isOpen();
    }

    private void tag(int type, long timestampMs, byte[] body) {
        connection.send(session.media(type, timestampMs, Bytes.of(body)).buffer());
    }

    /** Breaks off without a word, as an encoder whose machine died. */
    void abort() {
        Loop.Connection open = connection;
        if (open != null) {
            loop.run(() -> open.close("broken off"));
        }
    }

    /** Says goodbye and closes the connection. */
    @Override
    public void close() {
        Loop.Connection open = connection;
        if (open != null) {
            loop.run(() -> {
                if (open.isOpen()) {
                    open.send(session.finish().buffer());
                    open.close("closed");
                }
            });
        }
    }
}
