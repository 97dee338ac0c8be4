package io.headwater.stream;

/**
 * How long a feed may be silent before it is doubted: the configured time, and more on a link that is seen to jitter.
 *
 * <p>Grows with the longest gaps that were seen, and doubles with every suspicion that proved wrong; both wear off.
 */
final class Silence {
    private static final int MOST = 8;
    private static final long WEARS_OFF_MS = 30_000;

    private final long baseMs;
    private long peakMs;
    private int penalty = 1;
    private long penaltyAt;

    Silence(long baseMs) {
        this.baseMs = baseMs;
    }

    /** Something arrived {@code gapMs} after the last. */
    void heard(long gapMs, long nowMs) {
        long gap = Math.min(gapMs, 2 * baseMs);
        peakMs = gap > peakMs ? gap : peakMs - (peakMs - gap + 63) / 64;
        if (penalty > 1 && nowMs - penaltyAt > WEARS_OFF_MS) {
            penalty /= 2;
            penaltyAt = nowMs;
        }
    }

    /** The feed was doubted, and went on before anything else did. */
    void wasWrong(long nowMs) {
        penalty = Math.min(MOST, penalty * 2);
        penaltyAt = nowMs;
    }

    /** Another link: what was seen of the old one says nothing about it. */
    void reset() {
        peakMs = 0;
        penalty = 1;
    }

    long limitMs() {
        return Math.min(MOST * baseMs, Math.max(penalty * baseMs, 2 * peakMs));
    }
}
