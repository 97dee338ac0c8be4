package io.headwater.cluster;

import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;

/**
 * One player of a stream.
 *
 * @param id what it is ended by
 * @param node which serves it
 * @param address {@code host:port}
 * @param sinceMs wall clock of that node
 */
public record ViewerReport(String id, NodeId node, NodeGroup group, String protocol, String address, long sinceMs)
        implements ClusterMessage {}
