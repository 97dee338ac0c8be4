package io.headwater.codec.fmp4;

import java.util.List;

/**
 * Frames of one track that follow each other.
 *
 * @param trackId {@link InitSegment#trackId}
 * @param baseTime decoding time of the first, in units of the track's timescale
 */
public record Run(int trackId, long baseTime, List<Sample> samples) {
    public Run {
        samples = List.copyOf(samples);
        if (samples.isEmpty() || baseTime < 0) {
            throw new IllegalArgumentException(
                    "run of " + samples.size() + " samples at " + baseTime + ", expected some, at 0 or later");
        }
    }
}
