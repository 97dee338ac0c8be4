package io.headwater.stream;

import io.headwater.net.Metric;
import io.headwater.topology.NodeId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One subscriber's place in a hub's ring. Everything here belongs to the subscription's executor. */
final class Cursor implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Cursor.class);
    private static final long NOWHERE = -1;

    /** Where a subscription begins. */
    record Start(long position, long epoch, boolean resumed) {}

    final SubscribeRequest request;
    final long joinedAtMs;
    /** The earliest position it may start at; the ring it counts in. */
    final long notBefore;

    final Ring ring;
    final Group group;
    /** How many viewers it stands for; belongs to the hub's lock. */
    int viewers;

    private final Hub hub;
    private final Subscriber subscriber;
    private final SlowReader slow;
    private long next = NOWHERE;
    private long lostFrom = NOWHERE;
    private long restartFrom;
    private volatile boolean started;
    private boolean restartDue = true;
    private boolean restarted;
    private boolean paused;
    private boolean ended;
    private boolean entered;
    private boolean expectant;

    /** Its place in the group. */
    int index;

    private List<NodeId> path = List.of();

    Cursor(
            Hub hub,
            Ring ring,
            Group group,
            SubscribeRequest request,
            Subscriber subscriber,
            long notBefore,
            long nowMs) {
        this.hub = hub;
        this.ring = ring;
        this.group = group;
        this.request = request;
        this.subscriber = subscriber;
        this.notBefore = notBefore;
        this.joinedAtMs = nowMs;
        this.viewers = request.relay().isPresent() || request.packager() ? 0 : 1;
        this.slow = new SlowReader(hub.app());
    }

    boolean isRelay() {
        return request.relay().isPresent();
    }

    /** See {@link AppSettings#noDelay}. */
    boolean noDelay() {
        return hub.app().noDelay();
    }

    /** Whether it has its place in the ring. From any thread. */
    boolean started() {
        return started;
    }

    /** The first thing that happens on the executor. */
    void enter() {
        if (!ended) {
            entered = true;
            expectant = true;
            group.enter(this);
            wake(false);
        }
    }

    /** There may be something new. */
    void wake(boolean judge) {
        if (ended || paused) {
            return;
        }
        try {
            if (!started && !start()) {
                return;
            }
            List<NodeId> now = hub.path();
            if (now != path && !now.isEmpty()) {
                path = now;
                subscriber.onPath(now);
            }
            if (judge) {
                judge();
            }
            if (!ended && (next == NOWHERE || next < ring.head())) {
                subscriber.onReadable();
            }
        } catch (RuntimeException bug) {
            LOG.error(
                    "{}: the {} subscriber {} failed",
                    hub.key(),
                    request.peer().protocol(),
                    request.peer().address(),
                    bug);
            hub.refuse(this, "internal error");
        }
    }

    private boolean start() {
        Start start = hub.startOf(this);
        if (start == null) {
            return false;
        }
        started = true;
        place(start.position());
        path = hub.path();
        if (!path.isEmpty()) {
            subscriber.onPath(path);
        }
        if (!ended) {
            subscriber.onStarted(start.epoch(), start.resumed());
        }
        return !ended;
    }

    private void place(long position) {
        next = position;
        Slot at = ring.get(position);
        Slot newest = ring.newest();
        if (at != null && newest != null) {
            slow.starts(at, newest);
        }
    }

    @Override
    public @Nullable Entry poll() {
        if (!started || paused) {
            return null;
        }
        while (true) {
            if (next == NOWHERE && !startAgain()) {
                return null;
            }
            if (next >= ring.head()) {
                slow.caughtUp();
                return null;
            }
            Slot slot = ring.get(next);
            SlowReader.Limit limit = limit(slot);
            if (slot != null && limit == SlowReader.Limit.NONE) {
                next++;
                restarted = restartDue || slot.restart;
                restartDue = false;
                expectsNothing();
                return slot;
            }
            skip(limit);
            if (ended) {
                return null;
            }
        }
    }

    /**
     * All frames of the group's pass at once, or null if {@link #poll} is to be asked. No frame of a run restarts, brings a
     * new track or is the subscriber's first.
     */
    @Nullable
    Run pollRun(WireFormat format) {
        if (!started || paused || restartDue || next == NOWHERE) {
            return null;
        }
        Run run = group.run(ring, next, format);
        if (run == null || limit(ring.get(next)) != SlowReader.Limit.NONE) {
            return null;
        }
        next = group.runTo();
        restarted = false;
        if (next >= ring.head()) {
            slow.caughtUp();
        }
        return run;
    }

    private SlowReader.Limit limit(@Nullable Slot at) {
        Slot newest = ring.newest();
        if (at == null || newest == null) {
            return SlowReader.Limit.RING;
        }
        return slow.judge(at, newest);
    }

    /** Leaves out everything up to the newest keyframe, or up to the next one if that is not ahead. */
    private void skip(SlowReader.Limit limit) {
        hub.count(
                switch (limit) {
                    case TIME, NONE -> Metric.SKIPPED_TIME;
                    case BYTES -> Metric.SKIPPED_BYTES;
                    case RING -> Metric.SKIPPED_RING;
                });
        lostFrom = next;
        restartFrom = next + 1;
        next = NOWHERE;
        loses();
    }

    private boolean startAgain() {
        long position = ring.start(restartFrom);
        if (position < 0) {
            return false;
        }
        if (lostFrom != NOWHERE) {
            hub.lostFrames(position - lostFrom);
            lostFrom = NOWHERE;
        }
        restartDue = true;
        place(position);
        return true;
    }

    /** A subscriber that does not poll is over its limit without noticing. */
    private void judge() {
        if (next != NOWHERE && next < ring.head() && limit(ring.get(next)) != SlowReader.Limit.NONE) {
            loses();
        }
    }

    private void loses() {
        if (slow.loses(hub.nowMs())) {
            hub.tooSlow(this);
        }
    }

    @Override
    public boolean restarted() {
        return restarted;
    }

    @Override
    public void viewers(int count) {
        if (request.packager() && !ended) {
            hub.viewers(this, count);
        }
    }

    @Override
    public void pause() {
        paused = true;
        expectsNothing();
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            if (started) {
                restartFrom = next == NOWHERE ? restartFrom : next;
                next = NOWHERE;
            }
        }
    }

    @Override
    public void close() {
        if (!ended) {
            leave();
            hub.left(this);
        }
    }

    /** The hub ends it; entries that were not polled yet can still be. */
    void end(Subscriber.End end) {
        if (!ended) {
            leave();
            subscriber.onEnd(end);
        }
    }

    private void expectsNothing() {
        if (expectant) {
            expectant = false;
            group.served(this);
        }
    }

    private void leave() {
        ended = true;
        expectsNothing();
        if (entered) {
            group.exit(this);
        }
    }
}
