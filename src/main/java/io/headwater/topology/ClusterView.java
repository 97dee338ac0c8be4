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
 */
public record ClusterView(
        NodeGroup self,
        Map<NodeId, Long> nodes,
        Set<NodeId> unreachable,
        Set<NodeGroup> groups,
        Set<NodeGroup> unreachableGroups) {

    public ClusterView {
        nodes = Map.copyOf(nodes);
        unreachable = Set.copyOf(unreachable);
        groups = Set.copyOf(groups);
        unreachableGroups = Set.copyOf(unreachableGroups);
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
