package io.headwater.topology;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A node that others lost and that is asked about it.
 *
 * @param round that of the question
 * @param reporters nodes of the own group that lost it
 * @param groups other groups whose origin lost it
 */
record Suspect(long round, Set<NodeId> reporters, Set<NodeGroup> groups) {

    Suspect reportedBy(NodeId reporter) {
        Set<NodeId> more = new LinkedHashSet<>(reporters);
        more.add(reporter);
        return new Suspect(round, Set.copyOf(more), groups);
    }

    Suspect reportedBy(NodeGroup group) {
        Set<NodeGroup> more = new LinkedHashSet<>(groups);
        more.add(group);
        return new Suspect(round, reporters, Set.copyOf(more));
    }
}
