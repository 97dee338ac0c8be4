package io.headwater.gateway.rtmp;

import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Extension;
import io.headwater.media.Frame;
import io.headwater.media.StreamKey;
import io.headwater.media.Track;
import io.headwater.media.Tracks;
import io.headwater.stream.Entry;
import io.headwater.stream.HubSnapshot;
import io.headwater.stream.Ingest;
import io.headwater.stream.Streams;
import io.headwater.stream.SubscribeRequest;
import io.headwater.stream.Subscriber;
import io.headwater.stream.Subscription;
import io.headwater.stream.WireFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/** Takes what publishers send and plays back what the test puts in. */
final class FakeStreams implements Streams {
    final List<Publishing> publishings = new CopyOnWriteArrayList<>();
    final List<Playing> playings = new CopyOnWriteArrayList<>();
    final List<Frame> frames = new CopyOnWriteArrayList<>();
    volatile Tracks tracks = Tracks.NONE;
    /** Whether publishers are accepted at once; else the test completes {@link Publishing#answer}. */
    volatile boolean acceptsAtOnce = true;
    /** Told to a player that has seen all frames. */
    volatile Subscriber.End end;

    @Override
    public CompletionStage<PublishAnswer> publish(
            StreamKey key, PeerInfo publisher, PublisherRole role, PublisherControl control) {
        Publishing publishing = new Publishing(key, role, control);
        publishings.add(publishing);
        if (acceptsAtOnce) {
            publishing.accept();
        }
        return publishing.answer;
    }

    @Override
    public Subscription subscribe(StreamKey key, SubscribeRequest request, Executor executor, Subscriber subscriber) {
        Playing playing = new Playing(key, executor, subscriber);
        playings.add(playing);
        playing.wake();
        return playing;
    }

    @Override
    public Optional<HubSnapshot> snapshot(StreamKey key) {
        return Optional.empty();
    }

    @Override
    public List<HubSnapshot> snapshots(int limit) {
        return List.of();
    }

    /** One publisher as the hub would see it: what it sent, and how it ended. */
    static final class Publishing implements Ingest {
        final StreamKey key;
        final PublisherRole role;
        final PublisherControl control;
        final CompletableFuture<PublishAnswer> answer = new CompletableFuture<>();
        final List<String> frames = new CopyOnWriteArrayList<>();
        final List<String> ends = new CopyOnWriteArrayList<>();

        private Publishing(StreamKey key, PublisherRole role, PublisherControl control) {
            this.role = role;
            this.key = key;
            this.control = control;
        }

        void accept() {
            answer.complete(new PublishAnswer.Accepted(this));
        }

        @Override
        public void frame(
                Track track, long dtsUs, long ptsUs, boolean keyframe, Bytes payload, List<Extension> extensions) {
            if (track.codec() != Codec.METADATA) {
                frames.add(track.codec() + "@" + dtsUs / 1000 + " " + payload.length());
            }
        }

        @Override
        public void finished() {
            ends.add("finished");
        }

        @Override
        public void lost() {
            ends.add("lost");
        }
    }

    /** One player: gets all frames from the first on. */
    final class Playing implements Subscription {
        final StreamKey key;
        private final Executor executor;
        private final Subscriber subscriber;
        volatile boolean closed;
        volatile boolean paused;
        private int next;

        private Playing(StreamKey key, Executor executor, Subscriber subscriber) {
            this.key = key;
            this.executor = executor;
            this.subscriber = subscriber;
        }

        void wake() {
            executor.execute(() -> {
                if (!closed) {
                    subscriber.onReadable();
                    Subscriber.End now = end;
                    if (now != null) {
                        subscriber.onEnd(now);
                    }
                }
            });
        }

        @Override
        public Entry poll() {
            return closed || paused || next == frames.size() ? null : new FrameEntry(frames.get(next++), tracks);
        }

        @Override
        public boolean restarted() {
            return next == 1;
        }

        @Override
        public void pause() {
            paused = true;
        }

        @Override
        public void resume() {
            paused = false;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** A frame on its own timeline, encoded anew for everybody who asks. */
    record FrameEntry(Frame frame, Tracks tracks) implements Entry {
        @Override
        public boolean trackChanged() {
            return false;
        }

        @Override
        public long dtsUs() {
            return frame.dtsUs();
        }

        @Override
        public long ptsUs() {
            return frame.ptsUs();
        }

        @Override
        public ByteBuf encoded(WireFormat format) {
            return format.frame(this, UnpooledByteBufAllocator.DEFAULT);
        }
    }
}
