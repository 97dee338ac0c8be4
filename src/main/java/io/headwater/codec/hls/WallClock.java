package io.headwater.codec.hls;

/** Wall clock time as it belongs to media time: as steady as the media, drawn to the real clock unnoticeably slowly. */
final class WallClock {
    /** At most this much per segment. */
    private static final long STEP_MS = 1;

    private long baseUs;
    private long baseMs;

    void set(long mediaUs, long nowMs) {
        baseUs = mediaUs;
        baseMs = nowMs;
    }

    /** A segment begins: takes one step towards the clock. */
    void drift(long mediaUs, long nowMs) {
        long offMs = nowMs - ms(mediaUs);
        baseMs += Math.max(-STEP_MS, Math.min(STEP_MS, offMs));
    }

    long ms(long mediaUs) {
        return Math.max(0, baseMs + Math.floorDiv(mediaUs - baseUs, 1000L));
    }
}
