package io.headwater.cluster;

import io.headwater.media.StreamKey;
import io.headwater.topology.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * Where the deciding is done, for whoever looks for a cause.
 *
 * @param coordinator the node that hands out the entities of this node's group: its oldest member
 * @param here the streams whose entity is on this node
 */
public record EntityHosts(Optional<NodeId> coordinator, List<StreamKey> here) {
    static final EntityHosts NONE = new EntityHosts(Optional.empty(), List.of());

    public EntityHosts {
        here = List.copyOf(here);
    }
}
