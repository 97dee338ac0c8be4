package io.headwater.stream;

/** Bytes, or things, per second over the last few seconds. Not for many threads. */
final class RateMeter {
    private static final int SECONDS = 4;

    private final long[] bytes = new long[SECONDS + 1];
    private long second = Long.MIN_VALUE;

    void add(long count, long nowMs) {
        advance(nowMs);
        bytes[slot(second)] += count;
    }

    /** Bits per second over the last whole seconds; the second that is running does not count yet. */
    long bitsPerSecond(long nowMs) {
        return lastSeconds(nowMs) * 8 / SECONDS;
    }

    /** What was added each second, over the same time. */
    double perSecond(long nowMs) {
        return (double) lastSeconds(nowMs) / SECONDS;
    }

    private long lastSeconds(long nowMs) {
        advance(nowMs);
        long sum = -bytes[slot(second)];
        for (long count : bytes) {
            sum += count;
        }
        return sum;
    }

    private void advance(long nowMs) {
        long now = Math.floorDiv(nowMs, 1000L);
        if (second == Long.MIN_VALUE || now - second > SECONDS) {
            java.util.Arrays.fill(bytes, 0);
            second = now;
        }
        while (second < now) {
            second++;
            bytes[slot(second)] = 0;
        }
    }

    private static int slot(long second) {
        return (int) Math.floorMod(second, (long) SECONDS + 1);
    }
}
