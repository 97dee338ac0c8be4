package io.headwater.stream;

/**
 * Judges one subscriber's lag: how far behind it may be, and for how long it may go on losing frames.
 *
 * <p>Time is counted by when frames arrived: a feed that catches up after an outage, or a new epoch after a pause, is
 * not the subscriber's delay. A subscriber that starts at a keyframe is behind from the first moment; that much is allowed on top until it has
 * caught up once.
 */
final class SlowReader {
    private static final long CLEAN_AT_LEAST_MS = 1_000;

    /** What a subscriber ran into. */
    enum Limit {
        NONE,
        TIME,
        BYTES,
        /** It fell out of the ring. */
        RING
    }

    private final long maxLagMs;
    private final long maxLagBytes;
    private final long slowForMs;
    private long allowedMs;
    private long allowedBytes;
    private long slowSince;
    private long lastLoss;
    private boolean lostBefore;

    SlowReader(AppSettings app) {
        this.maxLagMs = app.maxLag().toMillis();
        this.maxLagBytes = app.maxLagBytes();
        this.slowForMs = app.slowFor().toMillis();
    }

    /** It starts at {@code at} while {@code newest} is the newest. */
    void starts(Slot at, Slot newest) {
        allowedMs = Math.max(0, newest.arrivedMs - at.arrivedMs);
        allowedBytes = newest.bytesAfter() - at.bytesBefore;
    }

    /** It has seen everything. */
    void caughtUp() {
        allowedMs = 0;
        allowedBytes = 0;
    }

    Limit judge(Slot at, Slot newest) {
        if (newest.arrivedMs - at.arrivedMs > maxLagMs + allowedMs) {
            return Limit.TIME;
        }
        return newest.bytesAfter() - at.bytesBefore > maxLagBytes + allowedBytes ? Limit.BYTES : Limit.NONE;
    }

    /** It lost frames, or is over its limit; true if that has been going on for too long. */
    boolean loses(long nowMs) {
        long clean = Math.max(CLEAN_AT_LEAST_MS, slowForMs / 2);
        if (!lostBefore || nowMs - lastLoss > clean) {
            slowSince = nowMs;
        }
        lostBefore = true;
        lastLoss = nowMs;
        return nowMs - slowSince >= slowForMs;
    }
}
