package io.headwater.codec.hls;

/**
 * How a stream is cut.
 *
 * @param targetUs a segment ends at the first keyframe from here on, at least {@link #SHORTEST_US}
 * @param partUs what parts are made as long as, as the frame rate allows
 * @param longestUs a segment ends here even without a keyframe
 */
public record SegmenterSettings(long targetUs, long partUs, long longestUs) {
    /** No segment is shorter, save where the tracks change or the timestamps jump, and the last of an epoch. */
    public static final long SHORTEST_US = 1_000_000;

    public static final SegmenterSettings DEFAULT = new SegmenterSettings(2_000_000, 333_000, 10_000_000);

    public SegmenterSettings {
        require(targetUs >= SHORTEST_US, "target", targetUs, "at least 1000000 us");
        require(partUs >= 50_000 && partUs <= targetUs, "part target", partUs, "50000 us up to the segment's target");
        require(longestUs >= targetUs && longestUs <= 60_000_000, "longest", longestUs, "the target up to 60000000 us");
    }

    private static void require(boolean holds, String name, long value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is " + value + ", expected " + expected);
        }
    }
}
