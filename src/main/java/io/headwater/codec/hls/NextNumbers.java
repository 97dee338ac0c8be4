package io.headwater.codec.hls;

/**
 * What a node knows of a stream's numbering: the numbers of the segment that would come after the newest it has seen. A
 * later epoch begins there, so that the numbers never fall.
 *
 * @param epoch the epoch the newest segment belongs to, 0 for {@link #NONE}
 * @param mediaSequence the next segment's number
 * @param discontinuity the next discontinuity's number
 */
public record NextNumbers(long epoch, long mediaSequence, long discontinuity) {
    public static final NextNumbers NONE = new NextNumbers(0, 0, 0);

    /** Players count in JavaScript's numbers; far below their end there is room for every stream. */
    private static final long MOST = 1L << 52;

    /** Whether these can be the numbers of a stream; what a peer says may be anything. */
    public boolean plausible() {
        return epoch > 0 && mediaSequence >= 0 && mediaSequence < MOST && discontinuity >= 0 && discontinuity < MOST;
    }

    /** The highest of both, each number by itself. */
    public NextNumbers max(NextNumbers other) {
        return new NextNumbers(
                Math.max(epoch, other.epoch),
                Math.max(mediaSequence, other.mediaSequence),
                Math.max(discontinuity, other.discontinuity));
    }

    public boolean isNone() {
        return epoch == 0;
    }
}
