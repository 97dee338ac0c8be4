package io.headwater.multijvm.chaos;

import io.headwater.bench.Loop;
import java.util.concurrent.TimeUnit;

/**
 * How late the thread was that all players share: a picture that it read late looks like a gap of the server's. It is to do
 * something every {@value #STEP_MS} ms. Any thread.
 */
final class Lateness {
    private static final long STEP_MS = 5;

    private final Loop loop;
    private long longestNanos;

    private Lateness(Loop loop) {
        this.loop = loop;
    }

    static Lateness of(Loop loop) {
        Lateness lateness = new Lateness(loop);
        lateness.next(System.nanoTime());
        return lateness;
    }

    private void next(long afterNanos) {
        long dueNanos = afterNanos + TimeUnit.MILLISECONDS.toNanos(STEP_MS);
        loop.at(dueNanos, () -> {
            long now = System.nanoTime();
            late(now - dueNanos);
            next(now);
        });
    }

    private synchronized void late(long nanos) {
        longestNanos = Math.max(longestNanos, nanos);
    }

    /** From here on the longest counts anew. */
    synchronized void mark() {
        longestNanos = 0;
    }

    /** The longest since the mark. */
    synchronized double longestMs() {
        return longestNanos / 1e6;
    }
}
