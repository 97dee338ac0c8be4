package io.headwater.relay;

import io.headwater.media.Frame;
import io.headwater.media.Tracks;
import io.headwater.stream.Upstream;
import io.headwater.topology.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Remembers what a link told, and that it was told by one thread at a time. */
final class HeardSink implements Upstream.Sink {
    private final List<String> words = new ArrayList<>();
    private final List<Frame> frames = new ArrayList<>();
    private final List<Upstream.Closed> ends = new ArrayList<>();
    private final AtomicInteger inside = new AtomicInteger();
    private int alive;
    private int waiting;

    @Override
    public void onWelcome(long epoch, boolean resumed, List<NodeId> path) {
        hear(() -> words.add("welcome " + epoch + (resumed ? " resumed " : " ") + path));
    }

    @Override
    public void onTracks(Tracks tracks) {
        hear(() -> words.add("tracks " + tracks.all().size()));
    }

    @Override
    public void onFrame(Frame frame) {
        hear(() -> {
            frames.add(frame);
            words.add("frame " + frame.epoch() + "/" + frame.sequence());
        });
    }

    @Override
    public void onAlive() {
        hear(() -> alive++);
    }

    @Override
    public void onWaiting() {
        hear(() -> waiting++);
    }

    @Override
    public void onClosed(Upstream.Closed closed) {
        hear(() -> {
            ends.add(closed);
            words.add("closed " + closed.kind());
        });
    }

    synchronized List<String> words() {
        return List.copyOf(words);
    }

    synchronized List<Frame> frames() {
        return List.copyOf(frames);
    }

    synchronized List<Upstream.Closed> ends() {
        return List.copyOf(ends);
    }

    synchronized int alive() {
        return alive;
    }

    synchronized int waiting() {
        return waiting;
    }

    private void hear(Runnable what) {
        if (inside.getAndIncrement() != 0) {
            throw new AssertionError("two threads at once");
        }
        synchronized (this) {
            what.run();
        }
        inside.decrementAndGet();
    }
}
