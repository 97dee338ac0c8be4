package io.headwater.topology;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Where a player is served better than at a node that has enough. */
public final class Placement {
    private Placement() {}

    /** What kind of node a player asks for. */
    public enum Target {
        ANY,
        /** Not the stream's main origin, if there is another one. */
        EDGE,
        /** The stream's main origin, if it can take the player. */
        ORIGIN
    }

    /**
     * Another node as it said of itself.
     *
     * @param able whether it takes players: a full member that neither drains nor has enough itself
     * @param players those it serves, and those sent there since it said so
     */
    public record Candidate(NodeId node, NodeGroup group, boolean able, int players) {}

    /**
     * The able node with the fewest players, of the own group if there is one; nothing if no other node is able.
     *
     * @param mainOrigin the stream's, if it is known
     */
    public static Optional<NodeId> choose(
            NodeGroup own, Optional<NodeId> mainOrigin, Target target, Collection<Candidate> others) {
        Comparator<Candidate> byTarget = Comparator.comparing(one -> {
            boolean origin = mainOrigin.filter(one.node()::equals).isPresent();
            return target != Target.ANY && origin != (target == Target.ORIGIN);
        });
        // an origin is wanted wherever it is; an edge near the player
        Comparator<Candidate> near = Comparator.comparing(one -> !one.group().equals(own));
        return others.stream()
                .filter(Candidate::able)
                .min((target == Target.ORIGIN ? byTarget.thenComparing(near) : near.thenComparing(byTarget))
                        .thenComparingInt(Candidate::players)
                        .thenComparing(Candidate::node))
                .map(Candidate::node);
    }
}
