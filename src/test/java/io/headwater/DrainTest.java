package io.headwater;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

/** Where a node that is taken out of service sends its publishers. */
class DrainTest {
    private static NodeState node(String id, String group, NodeStatus status, int viewers) {
        Peer peer = new Peer(new NodeId(id), new NodeGroup(group), "host-" + id, 5000);
        return new NodeState(
                new ClusterNode(peer, 5080, 1935, "1", 0, "host-" + id + ":17355", status),
                Optional.of(new NodeReport(0, 0, 0, 0, viewers, 0)));
    }

    private static List<String> placesOfA(NodeState... states) {
        return Drain.places(new NodeId("a"), new NodeGroup("g"), List.of(states));
    }

    @Test
    void theOwnGroupsLeastBusyIsTheFirst() {
        assertEquals(
                List.of("host-c:1935", "host-b:1935"),
                placesOfA(
                        node("b", "g", NodeStatus.UP, 9),
                        node("c", "g", NodeStatus.UP, 2),
                        node("d", "g", NodeStatus.DRAINING, 0),
                        node("e", "h", NodeStatus.UP, 0)));
    }

    /** That it drains is known to itself a moment later. */
    @Test
    void theNodeItselfIsNoPlaceToGoTo() {
        assertEquals(
                List.of("host-b:1935"), placesOfA(node("a", "g", NodeStatus.UP, 0), node("b", "g", NodeStatus.UP, 9)));
        assertEquals(
                List.of("host-e:1935"), placesOfA(node("a", "g", NodeStatus.UP, 0), node("e", "h", NodeStatus.UP, 9)));
    }
}
