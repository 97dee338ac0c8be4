package io.headwater.stream;

/**
 * What the cluster decided of a stream's life. Told on the node where it was decided, and perhaps on a second one that
 * decided the same because it could not know; both say the same then.
 *
 * @param from the node it went away from, empty if none
 * @param to the node it went to, empty if none
 * @param group the node group it happened in
 * @param epoch the publishing session it belongs to
 */
public record StreamDecision(Kind kind, String from, String to, String group, long epoch) {
    /** What was decided; in the order in which these come within a session. */
    public enum Kind {
        /** Somebody publishes a stream that was not there. */
        STARTED(0),
        /** A stream that is there has another main origin, or its publisher came back. */
        ORIGIN_MOVED(1),
        /** A node feeds its group from outside. */
        SECONDARY_ELECTED(2),
        /** Nobody publishes it any more, and nobody is waited for. */
        ENDED(3);

        private final int rank;

        Kind(int rank) {
            this.rank = rank;
        }

        /** Those of one session come in this order. */
        public int rank() {
            return rank;
        }
    }
}
