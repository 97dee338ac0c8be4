package io.headwater.codec.flv;

import io.headwater.media.MediaTime;

/**
 * Makes one rising 64-bit timeline of 32-bit millisecond timestamps: each is taken to be the one nearest to the one
 * before it, so it passes 2^32 in both directions. A jump of the publisher's clock stays a jump.
 */
final class Timeline {
    private boolean started;
    private long lastMs;

    /** The unwrapped time of an audio or video tag. */
    long mediaUs(long timestampMs32) {
        lastMs = unwrapped(timestampMs32);
        started = true;
        return MediaTime.usOfMs(lastMs);
    }

    /** The unwrapped time of a script tag; publishers stamp these as they like, so it moves nothing. */
    long scriptUs(long timestampMs32) {
        return MediaTime.usOfMs(unwrapped(timestampMs32));
    }

    private long unwrapped(long timestampMs32) {
        return started ? lastMs + (int) (timestampMs32 - lastMs) : timestampMs32 & 0xffff_ffffL;
    }
}
