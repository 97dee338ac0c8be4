package io.headwater.gateway.httpflv;

import io.headwater.media.Frame;
import io.headwater.media.StreamKey;
import io.headwater.media.Tracks;
import io.headwater.stream.Entry;
import io.headwater.stream.HubSnapshot;
import io.headwater.stream.Streams;
import io.headwater.stream.SubscribeRequest;
import io.headwater.stream.Subscriber;
import io.headwater.stream.Subscription;
import io.headwater.stream.WireFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One stream that every subscriber gets from its first frame on, and the ends it is told to have. */
final class FakeStreams implements Streams {
    /** Frames of the stream, polled in order; repeated for ever if {@link #endless}. */
    final List<Frame> frames = new CopyOnWriteArrayList<>();

    final List<Subscribed> subscribed = new CopyOnWriteArrayList<>();
    /** Everything encoded so far, to see that it was released. */
    final Queue<ByteBuf> encoded = new ConcurrentLinkedQueue<>();

    final AtomicLong polled = new AtomicLong();
    volatile Tracks tracks = Tracks.NONE;
    volatile boolean endless;
    /** Told right away to new subscribers, after the frames there are. */
    volatile Subscriber.@Nullable End end;

    @Override
    public Subscription subscribe(StreamKey key, SubscribeRequest request, Executor executor, Subscriber subscriber) {
        Subscribed made = new Subscribed(key, request, executor, subscriber);
        subscribed.add(made);
        made.wake();
        Subscriber.End now = end;
        if (now != null) {
            made.end(now);
        }
        return made;
    }

    long open() {
        return subscribed.stream().filter(s -> !s.closed).count();
    }

    boolean allReleased() {
        return encoded.stream().allMatch(buffer -> buffer.refCnt() == 0);
    }

    final class Subscribed implements Subscription {
        final StreamKey key;
        final SubscribeRequest request;
        private final Executor executor;
        private final Subscriber subscriber;
        volatile boolean closed;
        private int at;

        private Subscribed(StreamKey key, SubscribeRequest request, Executor executor, Subscriber subscriber) {
            this.key = key;
            this.request = request;
            this.executor = executor;
            this.subscriber = subscriber;
        }

        void wake() {
            executor.execute(() -> {
                if (!closed) {
                    subscriber.onReadable();
                }
            });
        }

        void end(Subscriber.End why) {
            executor.execute(() -> {
                if (!closed) {
                    subscriber.onEnd(why);
                }
            });
        }

        @Override
        public @Nullable Entry poll() {
            if (closed || frames.isEmpty() || (at >= frames.size() && !endless)) {
                return null;
            }
            polled.incrementAndGet();
            return new FakeEntry(frames.get(at++ % frames.size()));
        }

        @Override
        public boolean restarted() {
            return at == 1;
        }

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public void close() {
            closed = true;
        }
    }

    private final class FakeEntry implements Entry {
        private final Frame frame;

        FakeEntry(Frame frame) {
            this.frame = frame;
        }

        @Override
        public Frame frame() {
            return frame;
        }

        @Override
        public Tracks tracks() {
            return tracks;
        }

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
            ByteBuf buffer = format.frame(this, UnpooledByteBufAllocator.DEFAULT);
            if (buffer.isReadable()) {
                encoded.add(buffer);
            }
            return buffer;
        }
    }

    @Override
    public CompletionStage<PublishAnswer> publish(
            StreamKey key, PeerInfo publisher, PublisherRole role, PublisherControl control) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<HubSnapshot> snapshot(StreamKey key) {
        return Optional.empty();
    }

    @Override
    public List<HubSnapshot> snapshots(int limit) {
        return List.of();
    }
}
