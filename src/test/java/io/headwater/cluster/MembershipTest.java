package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
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
        second.changeGroup("region2");
        TestNode.eventually(
                "edge11 in region2",
                () -> first.control.nodes().stream()
                        .anyMatch(one -> one.id().equals(second.id)
                                && one.peer().group().name().equals("region2")
                                && one.status() == NodeStatus.UP));
        assertTrue(second.control.nodes().get(0).clusterAddress().endsWith(":" + second.port()));
    }
}
