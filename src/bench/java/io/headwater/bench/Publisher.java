package io.headwater.bench;

import io.headwater.codec.MalformedException;
import io.headwater.codec.flv.FlvTag;
import io.headwater.codec.rtmp.RtmpClientSession;
import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.media.Bytes;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Sends stamped frames in real time: by RTMP, or as a plain FLV file over TCP (which is what the floor takes). */
final class Publisher implements Loop.Peer {
    private static final long AUDIO_NANOS = 1024L * 1_000_000_000L / 44100;

    private final Loop loop;
    private final StampedFrames frames;
    private final int bitsPerSecond;
    private final @Nullable RtmpClientSession session;
    final CompletableFuture<Void> started = new CompletableFuture<>();
    private Loop.@Nullable Connection connection;
    private long begin;
    private long video;
    private long audio;
    String closed = "";

    private Publisher(Loop loop, StampedFrames frames, int bitsPerSecond, @Nullable RtmpClientSession session) {
        this.loop = loop;
        this.frames = frames;
        this.bitsPerSecond = bitsPerSecond;
        this.session = session;
    }

    static Publisher rtmp(Loop loop, StampedFrames frames, int bitsPerSecond, RtmpUrl url) {
        return new Publisher(
                loop, frames, bitsPerSecond, RtmpClientSession.publisher(url, RandomGenerator.getDefault()));
    }

    static Publisher flv(Loop loop, StampedFrames frames, int bitsPerSecond) {
        return new Publisher(loop, frames, bitsPerSecond, null);
    }

    long framesSent() {
        return video;
    }

    /** Closes the connection without a word. */
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
        } else {
            connection.send(ByteBuffer.wrap(new byte[] {'F', 'L', 'V', 1, 5, 0, 0, 0, 9, 0, 0, 0, 0}));
            begin();
        }
    }

    @Override
    public void onBytes(Loop.Connection connection, ByteBuffer in, long nowNanos) {
        if (session == null) {
            return;
        }
        try {
            session.receive(in, new RtmpClientSession.Output() {
                @Override
                public void send(Bytes bytes) {
                    connection.send(bytes.buffer());
                }

                @Override
                public void event(RtmpClientSession.Event event) {
                    if (event instanceof RtmpClientSession.Started) {
                        begin();
                    } else {
                        connection.close(event.toString());
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
        started.completeExceptionally(new IllegalStateException("publisher: " + why));
    }

    private void begin() {
        begin = System.nanoTime();
        tag(FlvTag.VIDEO, 0, StampedFrames.avcConfigBody());
        tag(FlvTag.AUDIO, 0, StampedFrames.aacConfigBody());
        started.complete(null);
        nextVideo();
        nextAudio();
    }

    private void nextVideo() {
        long due = begin + video * 1_000_000_000L / frames.fps();
        byte[] body = frames.videoBody(video);
        loop.at(due, () -> {
            if (connection != null && connection.isOpen()) {
                StampedFrames.stamp(body, video, System.nanoTime());
                tag(FlvTag.VIDEO, video * 1000 / frames.fps(), body);
                video++;
                nextVideo();
            }
        });
    }

    private void nextAudio() {
        loop.at(begin + audio * AUDIO_NANOS, () -> {
            if (connection != null && connection.isOpen()) {
                tag(FlvTag.AUDIO, audio * AUDIO_NANOS / 1_000_000, frames.audioBody(bitsPerSecond));
                audio++;
                nextAudio();
            }
        });
    }

    private void tag(int type, long timestampMs, byte[] body) {
        if (connection == null) {
            return;
        }
        if (session != null) {
            connection.send(session.media(type, timestampMs, Bytes.of(body)).buffer());
            return;
        }
        ByteBuffer tag = ByteBuffer.allocate(11 + body.length + 4);
        tag.putInt((type << 24) | body.length)
                .put((byte) (timestampMs >> 16))
                .putShort((short) timestampMs)
                .put((byte) (timestampMs >> 24))
                .put(new byte[3])
                .put(body)
                .putInt(11 + body.length);
        connection.send(tag.flip());
    }
}
