package io.headwater.topology;

import java.util.List;
import java.util.Optional;

/** Where one node gets one stream from, as the stream's entity decided it. */
public sealed interface Feed {

    /** From the publisher that is connected to the asking node itself. */
    record Publisher(long epoch) implements Feed {}

    /**
     * From another node.
     *
     * @param epoch the publishing session
     * @param role what this makes the asking node: a secondary origin or an edge
     * @param candidates never empty: first the node to pull from, then the nodes to fall back on, in that order,
     *     without asking anybody (the group's successor, the main origin). A secondary origin's last candidate, where it
     *     has two, is its own successor, which is fed by it
     */
    record Peers(long epoch, Role role, List<Peer> candidates) implements Feed {
        public Peers {
            if (candidates.isEmpty()) {
                throw new IllegalArgumentException("a feed of peers needs at least one candidate");
            }
            candidates = List.copyOf(candidates);
        }

        /** The successor of a secondary origin: that it cannot help says nothing against it. */
        public Optional<Peer> lastResort() {
            boolean has = role == Role.SECONDARY_ORIGIN && candidates.size() > 1;
            return has ? Optional.of(candidates.get(candidates.size() - 1)) : Optional.empty();
        }
    }

    /**
     * The publisher is gone but may come back: keep the players, a new feed or {@link Nothing} follows.
     *
     * @param epoch the publishing session that broke off
     * @param graceMs how long the entity waits for it, from when this was sent
     */
    record Held(long epoch, long graceMs) implements Feed {}

    /** Nobody publishes the stream (any more). */
    record Nothing(Reason reason) implements Feed {}

    /** Why there is no feed. */
    enum Reason {
        /** Nobody published it while the play could wait. */
        NOT_PUBLISHED,
        /** Its publisher ended it, or did not come back in time. */
        ENDED,
        /** The cluster could not be asked, or too many plays wait already. */
        UNAVAILABLE
    }
}
