package io.headwater.topology;

import java.util.Map;
import java.util.Set;

/**
 * The cluster as one group's entities see it; one object is shared by all of them.
 *
 * @param self the entities' own group
 * @param nodes the members of the own group, with a number that differs whenever a member joined anew
 * @param unreachable those of {@code nodes} that are doubted now
 * @param groups every other group that has a member
 * @param unreachableGroups those of {@code groups} that have no reachable member now
 * @param draining nodes of any group that are being taken out of service: they go on with what they have, and are given
 *     no role
 */
public record ClusterView(
        NodeGroup self,
        Map<NodeId, Long> nodes,
        Set<NodeId> unreachable,
        Set<NodeGroup> groups,
        Set<NodeGroup> unreachableGroups,
        Set<NodeId> draining) {

    public ClusterView {
        nodes = Map.copyOf(nodes);
        unreachable = Set.copyOf(unreachable);
        groups = Set.copyOf(groups);
        unreachableGroups = Set.copyOf(unreachableGroups);
        draining = Set.copyOf(draining);
    }

    /** A view in which no node drains. */
    public ClusterView(
            NodeGroup self,
            Map<NodeId, Long> nodes,
            Set<NodeId> unreachable,
            Set<NodeGroup> groups,
            Set<NodeGroup> unreachableGroups) {
        this(self, nodes, unreachable, groups, unreachableGroups, Set.of());
    }

    /** Whether the node is being taken out of service. */
    boolean drains(NodeId node) {
        return draining.contains(node);
    }

    /** Whether the node is a member of the own group that nobody doubts. */
    public boolean reaches(NodeId node) {
        return nodes.containsKey(node) && !unreachable.contains(node);
    }

    /** Whether the other group has a member that can be reached. */
    public boolean reaches(NodeGroup group) {
        return groups.contains(group) && !unreachableGroups.contains(group);
    }
}
