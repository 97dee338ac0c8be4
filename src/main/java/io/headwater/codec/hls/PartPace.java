package io.headwater.codec.hls;

/**
 * When a part is long enough: never longer than the target, and at least 85 % of it (RFC 8216bis, 4.4.3.7), which has to
 * be known before the frame that would make it too long has come. So the target follows the frame rate where frames are
 * so far apart that a whole number of them fits badly.
 */
final class PartPace {
    private static final double LEAST = 0.85;
    /** Where in the allowed range parts are aimed at when the target is chosen: room to both sides. */
    private static final double AIM = 0.925;

    private static final double FITS = 0.86;
    private static final int ENOUGH = 3;
    /** How much wider than any before the next step may be. */
    private static final long JITTER_US = 5_000;

    private final long wantedUs;
    private long targetUs;
    private boolean started;
    private boolean jumps;
    private boolean jumpedBefore;
    private long lastUs;
    private int spacings;
    private long spacingUs;
    private long widestUs;

    PartPace(long wantedUs) {
        this.wantedUs = wantedUs;
        this.targetUs = wantedUs;
    }

    /** A frame of the track whose frames start parts. */
    void frame(long dtsUs) {
        if (started && dtsUs > lastUs) {
            boolean once = jumps && !jumpedBefore;
            if (!once) {
                step(dtsUs - lastUs);
            }
            jumpedBefore = jumps;
            jumps = false;
        }
        started = true;
        lastUs = dtsUs;
    }

    private void step(long us) {
        spacings++;
        boolean all = spacings == 1 || jumps;
        spacingUs = all ? us : Math.max(1, spacingUs + (us - spacingUs) / Math.min(spacings, 16));
        widestUs = Math.max(us, widestUs - widestUs / 64);
    }

    /** The timestamps jump before the next frame. One jump after the other is how far frames are apart. */
    void jumps() {
        jumps = true;
    }

    /** The usual time between two frames, 0 before it is known. */
    long spacingUs() {
        return spacingUs;
    }

    int targetMs() {
        return (int) Math.min(65_535, (targetUs + 999) / 1000);
    }

    /** Whether a part that lasts {@code elapsedUs} up to this frame shall end before it. */
    boolean due(long elapsedUs) {
        adapt();
        if (elapsedUs + spacingUs > targetUs) {
            return true;
        }
        return elapsedUs >= LEAST * targetUs && elapsedUs + widestUs + JITTER_US > targetUs;
    }

    private void adapt() {
        if (spacings < ENOUGH) {
            return;
        }
        long fitting = Math.max(1, targetUs / spacingUs) * spacingUs;
        if (fitting <= targetUs && fitting >= FITS * targetUs) {
            return;
        }
        long frames = Math.max(1, wantedUs / spacingUs);
        targetUs = 1000 * (long) Math.ceil(frames * spacingUs / (1000 * AIM));
    }
}
