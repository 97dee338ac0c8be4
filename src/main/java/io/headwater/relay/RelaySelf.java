package io.headwater.relay;

import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.util.function.Supplier;

/**
 * How this node introduces itself on its links.
 *
 * @param group asked at the beginning of each link, since a node can change its group while it runs
 */
public record RelaySelf(NodeId node, Supplier<NodeGroup> group) {}
