package io.headwater.codec.hls;

import io.headwater.codec.fmp4.Timescale;

/**
 * Puts audio frames end to end: publishers round their timestamps to milliseconds, which players would hear as tiny gaps
 * and overlaps. Follows the timestamps again where they are off by more than {@link #TOLERANCE_US}.
 */
final class AudioClock {
    /** Less than what is noticed between lips and sound. */
    static final long TOLERANCE_US = 50_000;

    private final int timescale;
    private long next;

    /** @param next where the first frame is expected, {@link Mark#NO_AUDIO_TIME} if that is open */
    AudioClock(int timescale, long next) {
        this.timescale = timescale;
        this.next = next;
    }

    /** Where a frame of {@code samples} goes, in units of the timescale. */
    long place(long dtsUs, int samples) {
        long actual = Math.max(0, Timescale.of(dtsUs, timescale));
        long tolerance = Timescale.of(TOLERANCE_US, timescale);
        long at = next == Mark.NO_AUDIO_TIME || Math.abs(actual - next) > tolerance ? actual : next;
        next = at + samples;
        return at;
    }

    long next() {
        return next;
    }
}
