package io.headwater.media;

/** Conversions between microseconds, the project's unit of media time, and what protocols count in. */
public final class MediaTime {
    private MediaTime() {}

    public static long usOfMs(long ms) {
        return ms * 1000;
    }

    /** Rounds towards negative infinity, so that equal steps stay equal across zero. */
    public static long msOfUs(long us) {
        return Math.floorDiv(us, 1000L);
    }
}
