package io.headwater.codec.fmp4;

/** Conversions of microseconds that are right to the nearest unit and do not overflow within 2^62 units. */
public final class Timescale {
    /** What video is counted in: exact for milliseconds and for all usual frame rates. */
    public static final int VIDEO = 90_000;

    private static final long SECOND_US = 1_000_000;

    private Timescale() {}

    /** Microseconds in units of {@code timescale}. */
    public static long of(long us, int timescale) {
        long seconds = Math.floorDiv(us, SECOND_US);
        long rest = Math.floorMod(us, SECOND_US);
        return seconds * timescale + (rest * timescale + SECOND_US / 2) / SECOND_US;
    }

    /** Units of {@code timescale} in microseconds. */
    public static long us(long units, int timescale) {
        long seconds = Math.floorDiv(units, timescale);
        long rest = Math.floorMod(units, (long) timescale);
        return seconds * SECOND_US + (rest * SECOND_US + timescale / 2) / timescale;
    }
}
