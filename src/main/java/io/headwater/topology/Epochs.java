package io.headwater.topology;

/**
 * Numbers publishing sessions.
 *
 * <p>An epoch rises above every epoch that is known, and above the coarse time, so that it rises even when nobody is left
 * who remembers. Its lowest twelve bits come from the publisher's node: two sides of a cut cluster that grant at the same
 * second still give different numbers.
 */
public final class Epochs {
    private static final int TIME_SHIFT = 20;
    private static final long NODE_MASK = 0xFFF;

    private Epochs() {}

    /** The number of the next session of a stream, above {@code highestKnown} and above the coarse time. */
    public static long next(long highestKnown, long coarseTimeS, NodeId publisher) {
        long least = Math.max(highestKnown + 1, coarseTimeS << TIME_SHIFT);
        long epoch = (least & ~NODE_MASK) | mark(publisher);
        return epoch < least ? epoch + NODE_MASK + 1 : epoch;
    }

    /** When the session began, by the clock of its publisher's node; later than that if a session before it was ahead. */
    public static long beganS(long epoch) {
        return epoch >>> TIME_SHIFT;
    }

    /** What the epochs of a node's publishers end in. */
    static long mark(NodeId publisher) {
        int hash = publisher.name().hashCode();
        return (hash ^ (hash >>> 12) ^ (hash >>> 24)) & NODE_MASK;
    }
}
