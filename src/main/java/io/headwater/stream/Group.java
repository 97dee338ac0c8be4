package io.headwater.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers of one hub that share an executor. The writer wakes the group, not each of them: at most one pass over
 * all of them is scheduled at any time, with a merge window not more than one per window, and without one a pass that
 * took long is followed by a rest.
 *
 * <p>A flag is cleared before the pass looks at the ring, and set after the writer wrote to it: no frame is overlooked.
 */
final class Group {
    /** For fewer members than this, a run of frames is not worth its copy. */
    private static final int SHARED_BY_AT_LEAST = 4;

    /** Subscribers that read nothing are judged this often. */
    private static final long JUDGE_EVERY_MS = 500;

    final Executor executor;
    final boolean relay;
    private final Timers timers;
    private final long mergeMs;
    private final @Nullable ScheduledExecutorService alarm;
    private final Pace pace;
    private final AtomicBoolean soon = new AtomicBoolean();
    private final AtomicBoolean later = new AtomicBoolean();
    private final AtomicBoolean first = new AtomicBoolean();

    /** How many {@link #newcomers} there are, for the writer. */
    private volatile int expectant;

    /** Counted by the hub under its lock. */
    int size;

    // the rest belongs to the executor
    private final List<@Nullable Cursor> members = new ArrayList<>();
    /** Members whose first frame is still to come: they do not wait for the merge window, and the others do not go with them. */
    private final List<Cursor> newcomers = new ArrayList<>();

    private boolean passing;
    private boolean holes;
    private long judgedAt = Long.MIN_VALUE / 2;

    /** The frames of this pass: those of this ring since the last one. No run outside a pass. */
    private @Nullable Ring runRing;

    private long runFrom;
    private long runTo;
    private final List<Run> runs = new ArrayList<>(2);
    private boolean unshared = true;

    Group(Executor executor, boolean relay, long mergeMs, Timers timers) {
        this.executor = executor;
        this.relay = relay;
        this.timers = timers;
        this.alarm = !relay && executor instanceof ScheduledExecutorService scheduled ? scheduled : null;
        this.mergeMs = mergeMs;
        this.pace = new Pace(timers.nowNanos());
    }

    /** There is something new. Called by the writer, after it wrote. */
    void wake() {
        try {
            ScheduledExecutorService waits = alarm;
            long waitNanos = waits == null ? 0 : waitNanos();
            if (waits == null || waitNanos == 0) {
                if (!soon.get() && soon.compareAndSet(false, true)) {
                    executor.execute(this::passSoon);
                }
                return;
            }
            if (!later.get() && later.compareAndSet(false, true)) {
                waits.schedule(this::passLater, waitNanos, TimeUnit.NANOSECONDS);
            }
            if (expectant > 0 && !first.get() && first.compareAndSet(false, true)) {
                executor.execute(this::firstFrames);
            }
        } catch (RejectedExecutionException over) {
            // the executor is shut down and its channels are closed; there is nobody to wake
        }
    }

    private long waitNanos() {
        return mergeMs > 0 ? TimeUnit.MILLISECONDS.toNanos(mergeMs) : pace.leftNanos(timers.nowNanos());
    }

    /** Runs a task where the members live; false if that executor is shut down. */
    boolean execute(Runnable task) {
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException over) {
            return false;
        }
    }

    /** Those that have nothing yet look, alone; they leave the list as they find something. */
    private void firstFrames() {
        first.set(false);
        for (int i = newcomers.size() - 1; i >= 0; i--) {
            if (i < newcomers.size()) {
                newcomers.get(i).wake(false);
            }
        }
    }

    private void passSoon() {
        pass(soon);
    }

    private void passLater() {
        pass(later);
    }

    private void pass(AtomicBoolean flag) {
        flag.set(false);
        long began = timers.nowNanos();
        long now = TimeUnit.NANOSECONDS.toMillis(began);
        boolean judge = now - judgedAt >= JUDGE_EVERY_MS;
        if (judge) {
            judgedAt = now;
        }
        passing = true;
        beginRuns();
        try {
            for (int i = 0; i < members.size(); i++) {
                Cursor cursor = members.get(i);
                if (cursor != null) {
                    cursor.wake(judge);
                }
            }
        } finally {
            passing = false;
            endRuns();
            pace.passed(began, timers.nowNanos());
            if (holes) {
                holes = false;
                members.removeIf(java.util.Objects::isNull);
                for (int i = 0; i < members.size(); i++) {
                    java.util.Objects.requireNonNull(members.get(i)).index = i;
                }
            }
        }
    }

    private void beginRuns() {
        Cursor any = members.size() < SHARED_BY_AT_LEAST ? null : members.get(0);
        Ring ring = any == null ? null : any.ring;
        long head = ring == null ? 0 : ring.head();
        runFrom = ring == runRing ? runTo : head;
        runTo = head;
        runRing = ring;
        unshared = ring == null || runFrom == runTo;
    }

    private void endRuns() {
        runs.forEach(Run::release);
        runs.clear();
        unshared = true;
    }

    /**
     * The frames of this pass for a member that has seen everything before them, or null if there is no such pass or they
     * must be taken one by one. The member goes on at {@link #runTo}. On the executor.
     */
    @Nullable
    Run run(Ring ring, long next, WireFormat format) {
        if (unshared || next != runFrom || ring != runRing) {
            return null;
        }
        for (int i = 0; i < runs.size(); i++) {
            if (runs.get(i).format == format) {
                return runs.get(i);
            }
        }
        Run run = Run.of(ring, runFrom, runTo, format);
        if (run == null) {
            unshared = true;
        } else {
            runs.add(run);
        }
        return run;
    }

    long runTo() {
        return runTo;
    }

    /** On the executor. */
    void enter(Cursor cursor) {
        cursor.index = members.size();
        members.add(cursor);
        newcomers.add(cursor);
        expectant = newcomers.size();
    }

    /** A member has its first frame, does not want it now, or left without one. On the executor. */
    void served(Cursor cursor) {
        int at = newcomers.lastIndexOf(cursor);
        Cursor last = newcomers.remove(newcomers.size() - 1);
        if (last != cursor) {
            newcomers.set(at, last);
        }
        expectant = newcomers.size();
    }

    /** On the executor; members may leave in the middle of a pass. */
    void exit(Cursor cursor) {
        int at = cursor.index;
        if (passing) {
            members.set(at, null);
            holes = true;
            return;
        }
        Cursor last = members.remove(members.size() - 1);
        if (last != null && last != cursor) {
            members.set(at, last);
            last.index = at;
        }
    }
}
