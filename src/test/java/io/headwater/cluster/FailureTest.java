package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.StreamKey;
import io.headwater.net.Metric;
import io.headwater.stream.Directory;
import io.headwater.topology.Feed;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Control planes with real remoting in one JVM that are killed, downed, moved and cut apart. */
class FailureTest {
    private final List<TestNode> nodes = new ArrayList<>();

    private TestNode node(String id, String group, int... seeds) {
        TestNode node = new TestNode(id, group, TestNode.settings(seeds));
        nodes.add(node);
        return node;
    }

    /** Nodes {@code a}, {@code b}, ... of the given groups, all up and seen by all. */
    private List<TestNode> cluster(String... groups) throws Exception {
        TestNode first = node("a", groups[0]).start().joined();
        for (int i = 1; i < groups.length; i++) {
            node(String.valueOf((char) ('a' + i)), groups[i], first.port()).start();
        }
        for (TestNode node : nodes) {
            node.joined();
            seesUp(node, groups.length);
        }
        return nodes;
    }

    private static void seesUp(TestNode node, int count) throws Exception {
        TestNode.eventually(
                count + " nodes up at " + node.id,
                () -> node.control.nodes().stream()
                                .filter(other -> other.status() == NodeStatus.UP)
                                .count()
                        == count);
    }

    @AfterEach
    void stopAll() throws Exception {
        for (TestNode node : nodes) {
            node.control.stop();
        }
        for (TestNode node : nodes) {
            node.control
                    .stop()
                    .toCompletableFuture()
                    .exceptionally(stopped -> null)
                    .get();
        }
    }

    @Test
    void playsAreServedAtOnceAlthoughTheNodeWithTheirEntitiesWasKilled() throws Exception {
        List<TestNode> all = cluster("region1", "region1", "region1");
        TestNode publisher = all.get(0);
        TestNode player = all.get(1);
        List<StreamKey> keys = IntStream.range(0, 16)
                .mapToObj(i -> new StreamKey("live", "s" + i))
                .toList();
        for (StreamKey key : keys) {
            assertInstanceOf(Directory.Grant.Granted.class, publisher.publish(key));
        }
        TestNode.await(all.get(2).control.kill());
        for (StreamKey key : keys) {
            Feed.Peers feed = assertInstanceOf(Feed.Peers.class, player.play(key, 10_000));
            assertEquals(publisher.id, feed.candidates().get(0).node());
        }
        assertTrue(player.counters.get(Metric.CLUSTER_ENTITY_SILENT) > 0);
        for (StreamKey key : keys) {
            TestNode.eventually(
                    "the entity of " + key + " knows both",
                    () -> TestNode.await(player.control.topology(key))
                            .filter(topology -> topology.view().mainOrigin().equals(Optional.of(publisher.id)))
                            .isPresent());
        }
        assertEquals(0, publisher.superseded.size());
    }

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

    @Test
    void aNodeThatGoesOverToAnotherGroupTakesItsStreamsAlong() throws Exception {
        List<TestNode> all = cluster("region1", "region1", "region2");
        StreamKey key = new StreamKey("live", "s");
        TestNode mover = all.get(1);
        Directory.Grant grant = mover.publish(key);
        assertInstanceOf(Feed.Peers.class, all.get(0).play(key, 5_000));
        assertInstanceOf(Feed.Peers.class, all.get(2).play(key, 5_000));
        int port = mover.port();
        mover.changeGroup("region2");
        assertTrue(mover.control.nodes().stream()
                .anyMatch(node -> node.clusterAddress().equals("127.0.0.1:" + port)
                        && node.peer().group().name().equals("region2")));
        TestNode.eventually(
                "the home moved, the session stayed",
                () -> TestNode.await(all.get(0).control.topology(key))
                        .filter(topology -> topology.view().homeGroup().name().equals("region2")
                                && new Directory.Grant.Granted(topology.view().epoch()).equals(grant)
                                && topology.view().groups().size() == 2)
                        .isPresent());
        assertEquals(0, mover.superseded.size());
    }

    @Test
    void callsMadeWhileTheControlPlaneStartsAgainAreAnswered() throws Exception {
        List<TestNode> all = cluster("region1", "region1");
        StreamKey key = new StreamKey("live", "s");
        all.get(0).publish(key);
        var moved = all.get(1).control.changeGroup(new io.headwater.topology.NodeGroup("region2"));
        Feed feed = all.get(1).play(key, 20_000);
        assertInstanceOf(Feed.Peers.class, feed);
        TestNode.await(moved);
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

    private static ClusterSettings impatient(ClusterSettings from, int port) {
        return new ClusterSettings(
                from.bindHost(),
                from.advertisedHost(),
                port,
                from.advertisedPort(),
                from.seedNodes(),
                from.downing(),
                from.heartbeatPause(),
                from.stableAfter(),
                Duration.ofMillis(500),
                Duration.ofSeconds(4),
                Duration.ofMillis(500),
                from.leaveWithin(),
                from.restartBackoffMax(),
                from.restartWait(),
                from.silence(),
                from.publishWait(),
                from.recoveryWait(),
                from.queryWait(),
                from.maxWaitingCalls(),
                from.shards());
    }
}
