package io.headwater.stream;

import io.headwater.topology.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A subscriber that remembers everything; reads only while {@link #reading}. */
final class Watcher implements Subscriber {
    final List<Entry> seen = new ArrayList<>();
    final List<Boolean> restarts = new ArrayList<>();
    final List<List<NodeId>> paths = new ArrayList<>();
    final List<End> ends = new ArrayList<>();
    final List<String> started = new ArrayList<>();
    boolean reading = true;
    int most = Integer.MAX_VALUE;
    /** Before it reads. */
    Runnable work = () -> {};

    @Nullable
    Subscription subscription;

    Watcher on(Subscription made) {
        subscription = made;
        return this;
    }

    @Override
    public void onReadable() {
        work.run();
        read();
    }

    void read() {
        int left = most;
        while (reading && subscription != null && left-- > 0) {
            Entry entry = subscription.poll();
            if (entry == null) {
                return;
            }
            seen.add(entry);
            restarts.add(subscription.restarted());
        }
    }

    @Override
    public void onStarted(long epoch, boolean resumed) {
        started.add(epoch + (resumed ? " resumed" : " anew"));
    }

    @Override
    public void onEnd(End end) {
        ends.add(end);
    }

    @Override
    public void onPath(List<NodeId> path) {
        paths.add(path);
    }

    /** {@code epoch:sequence} of every entry seen; {@code |} before those that start anew. */
    String story() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < seen.size(); i++) {
            text.append(i == 0 ? "" : " ")
                    .append(restarts.get(i) ? "|" : "")
                    .append(seen.get(i).frame().epoch())
                    .append(':')
                    .append(seen.get(i).frame().sequence());
        }
        return text.toString();
    }
}
