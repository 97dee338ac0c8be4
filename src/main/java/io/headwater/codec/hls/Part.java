package io.headwater.codec.hls;

import io.headwater.media.Bytes;

/**
 * A part that is complete: bytes that never change.
 *
 * @param independent whether it contains a frame that a decoder can start at (RFC 8216bis, 4.4.4.9)
 */
public record Part(long epoch, long segment, int part, Bytes bytes, long durationUs, boolean independent) {}
