package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.headwater.media.StreamKey;
import io.headwater.net.Metric;
import io.headwater.stream.Directory;
import io.headwater.topology.Feed;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Nodes that were killed, downed or apart find back into one cluster. */
class RejoinTest extends TestNodes {
    @Test
    void aNodeThatWasDownedJoinsAgainAndKeepsItsStreams() throws Exception {
        List<TestNode> all = cluster("region1", "region1", "region2");
        StreamKey key = new StreamKey("live", "s");
        TestNode downed = all.get(1);
        Directory.Grant grant = downed.publish(key);
        assertInstanceOf(Feed.Peers.class, all.get(2).play(key, 5_000));
        Objects.requireNonNull(all.get(0).control.life()).down("127.0.0.1:" + downed.port());
        TestNode.eventually("the next life", () -> downed.counters.get(Metric.CLUSTER_RESTARTS) == 1);
        downed.joined();
        seesUp(all.get(0), 3);
        TestNode.eventually(
                "it is the main origin again",
                () -> TestNode.await(all.get(2).control.topology(key))
                        .filter(topology -> topology.view().mainOrigin().equals(Optional.of(downed.id))
                                && new Directory.Grant.Granted(topology.view().epoch()).equals(grant))
                        .isPresent());
        assertEquals(0, downed.superseded.size());
        TestNode.eventually("the far node is told of it", () -> all.get(2).feeds.get(key) instanceof Feed.Peers);
    }

    @Test
    void theFirstSeedNodeThatWasDownedGoesBackToTheOthersInsteadOfFormingACluster() throws Exception {
        List<TestNode> all = cluster("region1", "region1");
        TestNode first = all.get(0);
        Objects.requireNonNull(all.get(1).control.life()).down("127.0.0.1:" + first.port());
        TestNode.eventually("the next life", () -> first.counters.get(Metric.CLUSTER_RESTARTS) == 1);
        first.joined();
        seesUp(first, 2);
        seesUp(all.get(1), 2);
        assertEquals(1, first.counters.get(Metric.CLUSTER_RESTARTS));
        assertEquals(0, all.get(1).counters.get(Metric.CLUSTER_RESTARTS));
    }

    @Test
    void theOnlyNodeOfARegionComesBackAfterItWasKilled() throws Exception {
        List<TestNode> all = cluster("region1", "region2");
        StreamKey key = new StreamKey("live", "s");
        all.get(0).publish(key);
        TestNode killed = all.get(1);
        TestNode.await(killed.control.kill());
        ClusterSettings again = impatient(TestNode.settings(all.get(0).port()), killed.port());
        TestNode back = new TestNode("b", "region2", again);
        nodes.add(back);
        back.start().joined();
        seesUp(back, 2);
        seesUp(all.get(0), 2);
        assertInstanceOf(Feed.Peers.class, back.play(key, 10_000));
    }

    /** Which it takes for a full member still. */
    @Test
    void aNodeChangesItsGroupAlthoughTheOnlyNodeOfTheOtherOneDiedAMomentAgo() throws Exception {
        List<TestNode> all = cluster("region1", "region1", "region2");
        TestNode.await(all.get(2).control.kill());
        all.get(1).changeGroup("region2");
        seesUp(all.get(0), 2);
        seesUp(all.get(1), 2);
        assertEquals(1, all.get(1).counters.get(Metric.CLUSTER_RESTARTS));
    }

    /** Of two that lose each other the split-brain resolver keeps the one with the lowest address, were it the dead one. */
    @Test
    void theOtherNodeOfAGroupOfTwoIsAFullMemberAgainAlthoughTheOneWithTheLowestAddressStaysDead() throws Exception {
        List<TestNode> all = cluster("region1", "region2", "region2");
        boolean first = all.get(1).port() < all.get(2).port();
        TestNode killed = all.get(first ? 1 : 2);
        TestNode survivor = all.get(first ? 2 : 1);
        StreamKey key = new StreamKey("live", "s");
        assertInstanceOf(Directory.Grant.Granted.class, all.get(0).publish(key));
        assertInstanceOf(Feed.Peers.class, survivor.play(key, 5_000));
        TestNode.await(killed.control.kill());
        TestNode.eventually("the survivor's next life", () -> survivor.counters.get(Metric.CLUSTER_RESTARTS) == 1);
        survivor.joined();
        seesUp(survivor, 2);
        seesUp(all.get(0), 2);
        TestNode.eventually(
                "nobody knows the dead one", () -> all.get(0).control.nodes().size() == 2);
        assertEquals(1, survivor.counters.get(Metric.CLUSTER_RESTARTS));
        assertInstanceOf(Feed.Peers.class, survivor.play(new StreamKey("live", "s"), 10_000));
    }

    /** The second death while the survivor of the first one is no full member again yet. */
    @Test
    void theSurvivorsOfTwoGroupsOfTwoFindEachOther() throws Exception {
        List<TestNode> all = cluster("region1", "region2", "region1", "region2");
        boolean first = all.get(1).port() < all.get(3).port();
        TestNode killed = all.get(first ? 1 : 3);
        TestNode survivor = all.get(first ? 3 : 1);
        TestNode.await(killed.control.kill());
        TestNode.eventually("the survivor's next life", () -> survivor.counters.get(Metric.CLUSTER_RESTARTS) == 1);
        boolean lower = all.get(0).port() < all.get(2).port();
        TestNode.await(all.get(lower ? 0 : 2).control.kill());
        TestNode other = all.get(lower ? 2 : 0);
        TestNode.eventually("the other survivor's next life", () -> other.counters.get(Metric.CLUSTER_RESTARTS) > 0);
        for (TestNode node : List.of(survivor, other)) {
            TestNode.eventually(
                    "two nodes, both up, at " + node.id,
                    Duration.ofSeconds(90),
                    () -> node.control.nodes().size() == 2
                            && node.control.nodes().stream().allMatch(one -> one.status() == NodeStatus.UP));
        }
        StreamKey key = new StreamKey("live", "s");
        assertInstanceOf(Directory.Grant.Granted.class, survivor.publish(key));
        assertInstanceOf(Feed.Peers.class, other.play(key, 10_000));
    }

    /** As a pod does that gets another address with every start. */
    @Test
    void theOnlyNodeOfARegionComesBackAtAnotherAddressAfterItWasKilled() throws Exception {
        List<TestNode> all = cluster("region1", "region2", "region1");
        TestNode killed = all.get(1);
        TestNode.await(killed.control.kill());
        ClusterSettings again = impatient(TestNode.settings(all.get(0).port()), 0);
        TestNode back = new TestNode(killed.id.name(), "region2", again);
        nodes.add(back);
        back.start().joined();
        TestNode.eventually(
                "the killed one is no member any more",
                () -> all.get(0).control.nodes().stream()
                        .noneMatch(node -> node.clusterAddress().endsWith(":" + killed.port())));
        seesUp(back, 3);
    }

    @Test
    void twoClustersThatFormedApartBecomeOne() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        ClusterSettings patient = TestNode.settings(port);
        TestNode early = new TestNode("early", "region1", impatient(patient, 0));
        nodes.add(early);
        early.start().joined();
        StreamKey key = new StreamKey("live", "s");
        early.publish(key);
        TestNode late = new TestNode("late", "region1", impatient(TestNode.settings(), port));
        nodes.add(late);
        late.start().joined();
        seesUp(early, 2);
        seesUp(late, 2);
        assertInstanceOf(Feed.Peers.class, late.play(key, 10_000));
        assertEquals(0, early.superseded.size());
    }
}
