package io.headwater.cluster;

import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;

/**
 * One node as the cluster's membership shows it.
 *
 * @param peer who it is and where its media can be pulled
 * @param httpPort the port of its REST API, 0 if it has none
 * @param version the software it runs
 * @param sinceMs wall clock when its control plane started, for display only
 * @param clusterAddress {@code host:port} of its remoting
 */
public record ClusterNode(
        Peer peer, int httpPort, String version, long sinceMs, String clusterAddress, NodeStatus status) {

    public NodeId id() {
        return peer.node();
    }

    ClusterNode unreachable() {
        return new ClusterNode(peer, httpPort, version, sinceMs, clusterAddress, NodeStatus.UNREACHABLE);
    }
}
