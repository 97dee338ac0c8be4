package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Control planes with real remoting in one JVM: joining, leaving, changing groups. */
class MembershipTest {
    private final List<TestNode> nodes = new ArrayList<>();

    private TestNode node(String id, String group, ClusterSettings settings) {
        TestNode node = new TestNode(id, group, settings);
        nodes.add(node);
        return node;
    }

    @AfterEach
    void stopAll() throws Exception {
        for (TestNode node : nodes) {
            TestNode.await(node.control.stop());
        }
    }

    @Test
    void aNodeWithoutSeedsIsAClusterOfItsOwnAtOnce() throws Exception {
        TestNode lone = node("lone", "default", TestNode.settings()).start().joined();
        assertTrue(lone.control.isUp());
        assertEquals(1, lone.control.nodes().size());
    }

    @Test
    void nodesOfTwoGroupsSeeEachOtherWithTheirAddressesAndOneChangesItsGroup() throws Exception {
        TestNode first = node("origin1", "region1", TestNode.settings()).start().joined();
        TestNode second =
                node("edge11", "region1", TestNode.settings(first.port())).start();
        TestNode third =
                node("edge21", "region2", TestNode.settings(first.port())).start();
        second.joined();
        third.joined();
        for (TestNode node : nodes) {
            TestNode.eventually(
                    "three nodes up at " + node.id,
                    () -> node.control.nodes().stream()
                                    .filter(other -> other.status() == NodeStatus.UP)
                                    .count()
                            == 3);
        }
        assertEquals(5000, first.control.nodes().get(0).peer().relayPort());
        assertEquals(2, first.control.others().size());
        third.control.drain();
        for (TestNode node : nodes) {
            TestNode.eventually(
                    "edge21 drains, as " + node.id + " sees it",
                    () -> node.control.nodes().stream()
                            .anyMatch(one -> one.id().equals(third.id) && one.status() == NodeStatus.DRAINING));
        }
        assertTrue(third.control.isUp());
        assertEquals(1, first.control.others().size());
        Duration limit = Duration.ofSeconds(40);
        second.orders = false;
        assertEquals(
                Optional.of(GroupOrder.refused("it is not ready")),
                TestNode.await(first.control.changeGroup(second.id, new NodeGroup("region2"))));
        second.orders = true;
        assertEquals(
                Optional.empty(),
                TestNode.await(first.control.changeGroup(new NodeId("nobody"), new NodeGroup("region2"))));
        assertFalse(TestNode.await(first.control.arrives(second.id, new NodeGroup("region2"), Duration.ZERO)));
        // answered although the node leaves the cluster for it
        assertEquals(
                Optional.of(GroupOrder.taken("as told")),
                TestNode.await(first.control.changeGroup(second.id, new NodeGroup("region2"))));
        assertTrue(TestNode.await(first.control.arrives(second.id, new NodeGroup("region2"), limit)));
        TestNode.eventually(
                "edge11 in region2",
                () -> first.control.nodes().stream()
                        .anyMatch(one -> one.id().equals(second.id)
                                && one.peer().group().name().equals("region2")
                                && one.status() == NodeStatus.UP));
        assertTrue(second.control.nodes().get(0).clusterAddress().endsWith(":" + second.port()));
    }
}
