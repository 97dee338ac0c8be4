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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Streams go on when the nodes of their entities and publishers are killed, moved and started again. */
class FailureTest extends TestNodes {
    private static final Logger LOG = LoggerFactory.getLogger(FailureTest.class);

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
        TestNode node = new TestNode("a", "region1", TestNode.settings().trusting(new Trust.Certificates(files)));
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
}
