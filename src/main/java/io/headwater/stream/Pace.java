package io.headwater.stream;

import java.util.concurrent.TimeUnit;

/**
 * How long a group rests after a pass over many members: five times as long as the pass took, so that what comes close
 * together is written together instead of keeping the loop busy with one frame for everybody after the other. A pass over
 * few members is over at once, and is followed by no rest.
 *
 * <p>Passes are told by one thread; any thread asks.
 */
final class Pace {
    private static final int TIMES = 5;
    /** A shorter rest is not worth an alarm. */
    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private volatile long restsUntil;

    Pace(long nowNanos) {
        restsUntil = nowNanos;
    }

    void passed(long beganNanos, long endedNanos) {
        long rest = Math.min(MOST_NANOS, TIMES * (endedNanos - beganNanos));
        restsUntil = rest < LEAST_NANOS ? endedNanos : endedNanos + rest;
    }

    /** What is left of the rest; 0 if there is none. */
    long leftNanos(long nowNanos) {
        return Math.max(0, restsUntil - nowNanos);
    }
}
