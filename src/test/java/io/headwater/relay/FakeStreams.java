package io.headwater.relay;

import io.headwater.media.Frame;
import io.headwater.media.StreamKey;
import io.headwater.media.Tracks;
import io.headwater.stream.Entry;
import io.headwater.stream.HubSnapshot;
import io.headwater.stream.Streams;
import io.headwater.stream.SubscribeRequest;
import io.headwater.stream.Subscriber;
import io.headwater.stream.Subscription;
import io.headwater.topology.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One stream, whatever its key, that keeps every frame. */
final class FakeStreams implements Streams {
    final AtomicInteger polled = new AtomicInteger();
    private final List<Entry> entries = new ArrayList<>();
    private final List<Cursor> cursors = new ArrayList<>();
    private final List<SubscribeRequest> requests = new ArrayList<>();
    private List<NodeId> path = List.of();
    private Subscriber.@Nullable End end;

    synchronized void path(List<NodeId> newPath) {
        path = newPath;
        cursors.forEach(cursor -> cursor.executor.execute(() -> cursor.subscriber.onPath(newPath)));
    }

    void add(Frame frame) {
        add(frame, Media.TRACKS);
    }

    synchronized void add(Frame frame, Tracks tracks) {
        entries.add(Media.entry(frame, tracks));
        cursors.forEach(Cursor::wake);
    }

    synchronized void end(Subscriber.End with) {
        end = with;
        cursors.forEach(cursor -> cursor.executor.execute(() -> cursor.subscriber.onEnd(with)));
    }

    synchronized List<SubscribeRequest> requests() {
        return List.copyOf(requests);
    }

    /** Subscriptions that are open. */
    synchronized int open() {
        return cursors.size();
    }

    @Override
    public synchronized Subscription subscribe(
            StreamKey key, SubscribeRequest request, Executor executor, Subscriber subscriber) {
        Cursor cursor = new Cursor(request.relay().orElseThrow(), executor, subscriber);
        requests.add(request);
        cursors.add(cursor);
        cursor.wake();
        Subscriber.End already = end;
        if (already != null) {
            executor.execute(() -> subscriber.onEnd(already));
        }
        return cursor;
    }

    @Override
    public CompletionStage<PublishAnswer> publish(
            StreamKey key, PeerInfo publisher, PublisherRole role, PublisherControl control) {
        return CompletableFuture.completedFuture(new PublishAnswer.Refused("a fake"));
    }

    @Override
    public Optional<HubSnapshot> snapshot(StreamKey key) {
        return Optional.empty();
    }

    @Override
    public List<HubSnapshot> snapshots(int limit) {
        return List.of();
    }

    private final class Cursor implements Subscription {
        private final SubscribeRequest.Relay request;
        private final Executor executor;
        private final Subscriber subscriber;
        private int next = -1;
        private boolean restarted;
        private boolean closed;

        Cursor(SubscribeRequest.Relay request, Executor executor, Subscriber subscriber) {
            this.request = request;
            this.executor = executor;
            this.subscriber = subscriber;
        }

        void wake() {
            if (next < 0 && !entries.isEmpty()) {
                start();
            }
            executor.execute(subscriber::onReadable);
        }

        private void start() {
            long epoch = entries.get(entries.size() - 1).frame().epoch();
            boolean resumed = false;
            for (int i = 0; i < entries.size(); i++) {
                Frame frame = entries.get(i).frame();
                if (frame.epoch() == epoch && frame.startsPicture() && !resumed) {
                    next = i;
                }
                if (frame.epoch() == request.epoch() && frame.sequence() == request.afterSequence()) {
                    next = i + 1;
                    resumed = true;
                }
            }
            boolean told = resumed;
            List<NodeId> way = path;
            executor.execute(() -> {
                subscriber.onPath(way);
                subscriber.onStarted(epoch, told);
            });
            restarted = true;
        }

        @Override
        public @Nullable Entry poll() {
            synchronized (FakeStreams.this) {
                if (closed || next < 0 || next >= entries.size()) {
                    return null;
                }
                polled.incrementAndGet();
                Entry entry = entries.get(next++);
                first = restarted || entry.frame().sequence() == 0;
                restarted = false;
                return entry;
            }
        }

        private boolean first;

        @Override
        public boolean restarted() {
            return first;
        }

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public void close() {
            synchronized (FakeStreams.this) {
                closed = true;
                cursors.remove(this);
            }
        }
    }
}
