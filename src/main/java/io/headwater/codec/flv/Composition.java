package io.headwater.codec.flv;

/**
 * Turns composition offsets into presentation times that are never before the decoding time.
 *
 * <p>Some publishers write offsets below zero (the MOV habit of "negative CTS" for B-frames). Clamping single frames
 * would make pictures stand still and jump, so all presentation times of the track move up by the largest negative
 * offset seen: steady from the first group of pictures on. Offsets below {@link #LARGEST_SHIFT_US} are not B-frames;
 * those are clamped.
 */
final class Composition {
    private static final long LARGEST_SHIFT_US = 5_000_000;

    private long shiftUs;

    long ptsUs(long dtsUs, long offsetUs) {
        shiftUs = Math.max(shiftUs, Math.min(-offsetUs, LARGEST_SHIFT_US));
        return Math.max(dtsUs, dtsUs + offsetUs + shiftUs);
    }
}
