package io.headwater;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.cluster.ClusterNode;
import io.headwater.cluster.NodeReport;
import io.headwater.cluster.NodeState;
import io.headwater.cluster.NodeStatus;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlayerPlacementTest {
    private static final NodeGroup OWN = new NodeGroup("region1");
    private static final NodeGroup FAR = new NodeGroup("region2");

    private static NodeState node(String name, NodeGroup group, NodeStatus status, boolean full) {
        Peer peer = new Peer(new NodeId(name), group, "10.0.0.1", 5000);
        return new NodeState(
                new ClusterNode(peer, 5080, 1935, "1", 0, "10.0.0.1:17355", status),
                Optional.of(new NodeReport(0, 0, 90, 0, 9, 0, 8080, full, 0, 0)));
    }

    /** Or a balancer that asks all of a group would have none left. */
    @Test
    void aNodeIsNotReadyOnlyIfAnotherOfItsGroupTakesPlayers() {
        NodeState full = node("n2", OWN, NodeStatus.UP, true);
        assertTrue(PlayerPlacement.takePlayers(OWN, List.of(full, node("n3", OWN, NodeStatus.UP, false))));
        assertFalse(PlayerPlacement.takePlayers(OWN, List.of(full)), "all have enough");
        assertFalse(PlayerPlacement.takePlayers(OWN, List.of()), "alone");
        assertFalse(PlayerPlacement.takePlayers(OWN, List.of(full, node("n3", OWN, NodeStatus.DRAINING, false))));
        assertFalse(PlayerPlacement.takePlayers(OWN, List.of(full, node("n3", OWN, NodeStatus.UNREACHABLE, false))));
        assertFalse(PlayerPlacement.takePlayers(OWN, List.of(full, node("f1", FAR, NodeStatus.UP, false))));
        NodeState silent = new NodeState(node("n3", OWN, NodeStatus.UP, false).node(), Optional.empty());
        assertFalse(PlayerPlacement.takePlayers(OWN, List.of(full, silent)), "it did not answer");
    }
}
