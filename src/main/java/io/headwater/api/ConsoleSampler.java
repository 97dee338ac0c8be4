package io.headwater.api;

import io.headwater.media.StreamKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the cluster once in a while for all consoles of this node together, and only while there is one. Samples that
 * take long are taken less often, so that watching a large cluster never becomes its main work.
 */
final class ConsoleSampler {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
    /** At most one part in so many of the time is spent sampling. */
    private static final int SHARE = 8;

    /** Takes one sample, with the details of these streams. */
    interface Eye extends BiFunction<Long, Set<StreamKey>, CompletionStage<ConsoleState>> {}

    /** Runs something after a while. */
    interface Timer {
        void after(Duration pause, Runnable what);
    }

    private final Eye eye;
    private final Timer timer;
    private final Map<StreamKey, Integer> chosen = new HashMap<>();
    private List<CompletableFuture<ConsoleState>> waiting = new ArrayList<>();
    private ConsoleState newest = ConsoleState.NOTHING;
    private int watchers;
    private boolean sampling;
    private boolean again;
    /** Timers of an older round do nothing. */
    private long round;

    ConsoleSampler(Eye eye, Timer timer) {
        this.eye = eye;
        this.timer = timer;
    }

    synchronized int watchers() {
        return watchers;
    }

    /** Somebody looks, at that stream too. Each call is followed by one of {@link #leave}. */
    void enter(@Nullable StreamKey stream) {
        synchronized (this) {
            watchers++;
            if (stream != null) {
                chosen.merge(stream, 1, Integer::sum);
            }
        }
        sample();
    }

    synchronized void leave(@Nullable StreamKey stream) {
        watchers--;
        if (stream != null) {
            chosen.computeIfPresent(stream, (key, count) -> count == 1 ? null : count - 1);
        }
        if (watchers == 0) {
            round++;
            newest = ConsoleState.NOTHING;
            waiting.clear();
        }
    }

    /** The newest state if it is newer than that one, else the next. */
    synchronized CompletionStage<ConsoleState> after(long number) {
        if (newest.number() > number) {
            return CompletableFuture.completedFuture(newest);
        }
        CompletableFuture<ConsoleState> next = new CompletableFuture<>();
        waiting.add(next);
        return next;
    }

    private void sample() {
        long number;
        Set<StreamKey> streams;
        synchronized (this) {
            if (sampling) {
                again = true;
                return;
            }
            sampling = true;
            again = false;
            round++;
            number = newest.number() + 1;
            streams = Set.copyOf(chosen.keySet());
        }
        long began = System.nanoTime();
        look(number, streams).whenComplete((state, failed) -> {
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            sampled(failed == null ? state : troubled(number, failed), took);
        });
    }

    /** A bug of the eye is a sample that failed, and not the last one. */
    private CompletionStage<ConsoleState> look(long number, Set<StreamKey> streams) {
        try {
            return eye.apply(number, streams);
        } catch (RuntimeException thrown) {
            return CompletableFuture.failedFuture(thrown);
        }
    }

    private synchronized ConsoleState troubled(long number, Throwable failed) {
        return newest.troubled(number, "the cluster could not be asked: " + failed.getMessage());
    }

    private void sampled(ConsoleState state, Duration took) {
        List<CompletableFuture<ConsoleState>> told;
        boolean now;
        synchronized (this) {
            sampling = false;
            now = again;
            if (watchers == 0) {
                return;
            }
            newest = state;
            told = waiting;
            waiting = new ArrayList<>();
            long due = round;
            if (!now) {
                timer.after(pause(took), () -> sampleIfDue(due));
            }
        }
        told.forEach(one -> one.complete(state));
        if (now) {
            sample();
        }
    }

    private void sampleIfDue(long due) {
        synchronized (this) {
            if (round != due || watchers == 0) {
                return;
            }
        }
        sample();
    }

    private static Duration pause(Duration took) {
        Duration wanted = took.multipliedBy(SHARE);
        return wanted.compareTo(PAUSE) < 0 ? PAUSE : wanted.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wanted;
    }
}
