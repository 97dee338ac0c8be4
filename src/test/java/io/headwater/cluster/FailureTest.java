package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.StreamKey;
import io.headwater.net.Metric;
import io.headwater.net.TestCertificates;
import io.headwater.net.TlsFiles;
import io.headwater.stream.Directory;
import io.headwater.topology.Feed;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Control planes with real remoting in one JVM that are killed, downed, moved and cut apart. */
class FailureTest {
    private static final Logger LOG = LoggerFactory.getLogger(FailureTest.class);

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
    void aPublisherThatComesBackAfterItsNodeWasKilledIsSoonWhereEverybodyPlays() throws Exception {
        List<TestNode> all = cluster("region1", "region1", "region1", "region2", "region2");
        TestNode killed = all.get(1);
        List<StreamKey> keys = playedEverywhere(killed, all, "back");
        TestNode.await(killed.control.kill());
        TestNode back = all.get(3);
        long fromNs = System.nanoTime();
        Map<StreamKey, CompletionStage<Directory.Grant>> grants = new HashMap<>();
        for (StreamKey key : keys) {
            grants.put(key, back.publishing(key, back.control.publish(key, Directory.OnConflict.TAKEOVER, 15_000)));
        }
        goesOn(
                grants,
                all.stream().filter(node -> node != killed && node != back).toList(),
                fromNs);
    }

    @Test
    void aStandbyIsPromotedAndFoundAlthoughTheNodeWithTheEntityDiedWithThePublisher() throws Exception {
        List<TestNode> all = cluster("region1", "region1", "region1", "region2", "region2");
        TestNode killed = all.get(1);
        List<StreamKey> keys = playedEverywhere(killed, all, "standby");
        Map<StreamKey, Long> epochs = new HashMap<>();
        keys.forEach(key -> epochs.put(key, Standing.epochOf(Objects.requireNonNull(killed.feeds.get(key)))));
        TestNode.await(killed.control.kill());
        all.forEach(node -> node.silentMs = 400);
        TestNode standby = all.get(2);
        long fromNs = System.nanoTime();
        Map<StreamKey, CompletionStage<Directory.Grant>> grants = new HashMap<>();
        for (StreamKey key : keys) {
            grants.put(key, standby.publishing(key, standby.control.promote(key, epochs.get(key), 15_000)));
        }
        goesOn(
                grants,
                all.stream().filter(node -> node != killed && node != standby).toList(),
                fromNs);
    }

    @Test
    void aStandbyIsNotPromotedWhileThePublisherAnswers() throws Exception {
        List<TestNode> all = cluster("region1", "region1", "region2");
        List<StreamKey> keys = playedEverywhere(all.get(0), all, "alive");
        all.forEach(node -> node.silentMs = 400);
        for (StreamKey key : keys) {
            long epoch =
                    Standing.epochOf(Objects.requireNonNull(all.get(0).feeds.get(key)));
            for (TestNode standby : all.subList(1, 3)) {
                assertEquals(
                        new Directory.Grant.Taken(all.get(0).id),
                        TestNode.await(standby.control.promote(key, epoch, 15_000)));
            }
        }
    }

    /** Streams enough that some have their entity on any node. */
    private static List<StreamKey> playedEverywhere(TestNode publisher, List<TestNode> all, String name)
            throws Exception {
        List<StreamKey> keys = IntStream.range(0, 12)
                .mapToObj(i -> new StreamKey("live", name + i))
                .toList();
        for (StreamKey key : keys) {
            assertInstanceOf(Directory.Grant.Granted.class, publisher.publish(key));
            for (TestNode player : all) {
                if (player != publisher) {
                    assertInstanceOf(Feed.Peers.class, player.play(key, 10_000));
                }
            }
        }
        return keys;
    }

    /** Every player is told of the granted session; how long that took is written down. */
    private static void goesOn(
            Map<StreamKey, CompletionStage<Directory.Grant>> grants, List<TestNode> players, long fromNs)
            throws Exception {
        long grantedMs = 0;
        for (var grant : grants.entrySet()) {
            assertInstanceOf(Directory.Grant.Granted.class, TestNode.await(grant.getValue()), "" + grant.getKey());
            grantedMs = (System.nanoTime() - fromNs) / 1_000_000;
        }
        for (var grant : grants.entrySet()) {
            long epoch = ((Directory.Grant.Granted) TestNode.await(grant.getValue())).epoch();
            for (TestNode player : players) {
                TestNode.eventually(
                        grant.getKey() + " at " + player.id,
                        () -> Standing.epochOf(Objects.requireNonNull(player.feeds.get(grant.getKey()))) >= epoch);
            }
        }
        long toldMs = (System.nanoTime() - fromNs) / 1_000_000;
        LOG.warn("all sessions granted after {} ms, known to all players after {} ms", grantedMs, toldMs);
        assertTrue(toldMs < 6_000, "granted after " + grantedMs + " ms, known to all after " + toldMs + " ms");
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

    /** A life that cannot start must not be the last one. */
    @Test
    void aNodeWhoseCertificateCannotBeReadWhenItsControlPlaneStartsAgainTriesUntilItCan(@TempDir Path folder)
            throws Exception {
        TlsFiles own = TestCertificates.copy("first", folder, 1);
        TlsFiles files = new TlsFiles(own.certificate(), own.key(), Optional.of(TestCertificates.file("ca.pem")));
        TestNode node = new TestNode("a", "region1", TestNode.settings().secured(files));
        nodes.add(node);
        node.start().joined();
        Files.writeString(files.certificate(), "no certificate");
        var moved = node.control.changeGroup(new io.headwater.topology.NodeGroup("region2"));
        TestNode.eventually("a second try", () -> node.counters.get(Metric.CLUSTER_RESTARTS) >= 2);
        TestCertificates.copy("first", folder, 2);
        node.joined();
        TestNode.await(moved);
        assertEquals("region2", node.control.group().name());
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
                from.registry(),
                from.shards(),
                from.tls());
    }
}
