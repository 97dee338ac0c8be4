package io.headwater.cluster;

import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;

/**
 * One node as the cluster's membership shows it.
 *
 * @param peer who it is and where its media can be pulled
 * @param httpPort the port of its REST API, 0 if it has none
 * @param rtmpPort the port it takes publishers at, 0 if unknown
 * @param version the software it runs
 * @param sinceMs wall clock when its control plane started, for display only
 * @param clusterAddress {@code host:port} of its remoting
 */
public record ClusterNode(
        Peer peer, int httpPort, int rtmpPort, String version, long sinceMs, String clusterAddress, NodeStatus status) {

    public NodeId id() {
        return peer.node();
    }

    ClusterNode unreachable() {
        return with(NodeStatus.UNREACHABLE);
    }

    ClusterNode draining() {
        return status == NodeStatus.UP ? with(NodeStatus.DRAINING) : this;
    }

    private ClusterNode with(NodeStatus other) {
        return new ClusterNode(peer, httpPort, rtmpPort, version, sinceMs, clusterAddress, other);
    }
}
