package io.headwater.cluster;

import java.util.Comparator;

/**
 * What one node says of the cluster it is in, so that a node outside can choose, and two clusters can settle which one
 * goes into the other.
 *
 * @param place {@code host:port} of the node's remoting
 * @param uid the unique number of its control plane
 * @param member whether it is in a cluster at all; the rest means nothing if not
 * @param size nodes in its cluster
 * @param formedAtMs wall clock of the first of them; only decides between clusters of one size
 * @param lowest the lowest place of them; decides when all else is equal
 * @param knowsAsker whether the node that asked is in that cluster
 */
record ClusterFacts(
        String place, long uid, boolean member, int size, long formedAtMs, String lowest, boolean knowsAsker)
        implements ClusterMessage {

    /** The larger cluster first, then the older one, then by place: the same order on every node. */
    static final Comparator<ClusterFacts> BEST_FIRST = Comparator.comparingInt((ClusterFacts facts) -> -facts.size)
            .thenComparingLong(ClusterFacts::formedAtMs)
            .thenComparing(ClusterFacts::lowest);

    static ClusterFacts of(String place, long uid, Members members, long askerUid) {
        return new ClusterFacts(
                place,
                uid,
                members.selfIsUp(),
                members.nodes().size(),
                members.nodes().stream().mapToLong(ClusterNode::sinceMs).min().orElse(0),
                members.nodes().stream()
                        .map(ClusterNode::clusterAddress)
                        .min(Comparator.naturalOrder())
                        .orElse(place),
                members.uids().containsValue(askerUid));
    }

    /** Whether {@code this}, a member of one cluster, has to leave it for the other one. */
    boolean yieldsTo(ClusterFacts other) {
        return member && other.member && BEST_FIRST.compare(other, this) < 0;
    }
}
