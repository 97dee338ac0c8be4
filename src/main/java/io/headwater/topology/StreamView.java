package io.headwater.topology;

import java.util.List;
import java.util.Optional;

/**
 * One stream as its entity knows it. Complete at the stream's home; an entity elsewhere knows its own group and the home.
 *
 * @param complete whether the entity is the home and so knows all groups
 * @param groups by name
 */
public record StreamView(
        boolean complete, long epoch, NodeGroup homeGroup, Optional<NodeId> mainOrigin, List<Group> groups) {
    public StreamView {
        groups = List.copyOf(groups);
    }

    /** Who carries the stream in one group. */
    public record Group(NodeGroup group, Optional<NodeId> origin, Optional<NodeId> successor) {}
}
