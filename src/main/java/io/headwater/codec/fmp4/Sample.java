package io.headwater.codec.fmp4;

import io.headwater.media.Bytes;

/**
 * One frame in a {@link Fragment}, in units of its track's timescale.
 *
 * @param duration 0 or more
 * @param offset presentation time less decoding time
 * @param sync whether a decoder can start here
 */
public record Sample(Bytes payload, long duration, long offset, boolean sync) {}
