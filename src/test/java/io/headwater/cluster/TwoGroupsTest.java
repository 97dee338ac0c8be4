package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.StreamKey;
import io.headwater.stream.Directory;
import io.headwater.topology.Feed;
import io.headwater.topology.Role;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Four control planes with real remoting in one JVM, two node groups: who feeds whom. */
class TwoGroupsTest {
    private static final AtomicInteger STREAMS = new AtomicInteger();
    private static TestNode origin1;
    private static TestNode edge11;
    private static TestNode edge21;
    private static TestNode edge22;

    private final StreamKey key = new StreamKey("live", "stream" + STREAMS.incrementAndGet());

    @BeforeAll
    static void start() throws Exception {
        origin1 = new TestNode("origin1", "region1", TestNode.settings()).start();
        edge11 = new TestNode("edge11", "region1", TestNode.settings(origin1.port())).start();
        edge21 = new TestNode("edge21", "region2", TestNode.settings(origin1.port())).start();
        edge22 = new TestNode("edge22", "region2", TestNode.settings(origin1.port())).start();
        for (TestNode node : all()) {
            node.joined();
            TestNode.eventually(
                    "four nodes at " + node.id,
                    () -> node.control.nodes().stream()
                                    .filter(one -> one.status() == NodeStatus.UP)
                                    .count()
                            == 4);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        for (TestNode node : all()) {
            TestNode.await(node.control.stop());
        }
    }

    private static List<TestNode> all() {
        return List.of(origin1, edge11, edge21, edge22);
    }

    @Test
    void playsResolveAsTheScenarioSays() throws Exception {
        assertInstanceOf(Directory.Grant.Granted.class, origin1.publish(key));
        assertFedBy(edge11.play(key, 5_000), origin1, Role.EDGE);
        assertFedBy(edge21.play(key, 5_000), origin1, Role.SECONDARY_ORIGIN);
        assertFedBy(edge22.play(key, 5_000), edge21, Role.EDGE);
        for (TestNode node : all()) {
            StreamTopology topology = TestNode.await(node.control.topology(key)).orElseThrow();
            assertTrue(topology.view().complete());
            assertEquals("region1", topology.view().homeGroup().name());
            assertEquals(2, topology.view().groups().size(), topology.view().toString());
            assertEquals(4, topology.nodes().size());
            assertEquals(4, TestNode.await(node.control.nodeStates()).size());
        }
    }

    @Test
    void aPlayBeforeThePublisherIsParkedAndThenServed() throws Exception {
        CompletionStage<Feed> early = edge22.control.play(key, 20_000);
        TestNode.eventually("the play is parked", () -> edge22.control.parkedPlays() > 0);
        origin1.publish(key);
        assertFedBy(TestNode.await(early), origin1, Role.SECONDARY_ORIGIN);
    }

    @Test
    void aPlayThatNobodyAnswersIsNotFound() throws Exception {
        assertEquals(new Feed.Nothing(Feed.Reason.NOT_PUBLISHED), edge21.play(key, 300));
    }

    @Test
    void ofManyPlaysAtOnceExactlyOneEntersTheRegion() throws Exception {
        List<StreamKey> keys = IntStream.range(0, 25)
                .mapToObj(i -> new StreamKey("many", "s" + i))
                .toList();
        for (StreamKey each : keys) {
            origin1.publish(each);
        }
        List<CompletionStage<Feed>> plays = keys.stream()
                .flatMap(each -> Stream.of(edge21.control.play(each, 5_000), edge22.control.play(each, 5_000)))
                .toList();
        int secondaries = 0;
        for (CompletionStage<Feed> play : plays) {
            Feed.Peers feed = assertInstanceOf(Feed.Peers.class, TestNode.await(play));
            secondaries += feed.role() == Role.SECONDARY_ORIGIN ? 1 : 0;
        }
        assertEquals(keys.size(), secondaries);
    }

    @Test
    void theNewestPublisherWinsAndTheOldOneIsTold() throws Exception {
        origin1.publish(key);
        assertFedBy(edge21.play(key, 5_000), origin1, Role.SECONDARY_ORIGIN);
        edge11.publish(key);
        TestNode.eventually("origin1 stops", () -> origin1.superseded.containsKey(key));
        TestNode.eventually(
                "edge21 is fed by edge11",
                () -> edge21.feeds.get(key) instanceof Feed.Peers peers
                        && peers.candidates().get(0).node().equals(edge11.id));
    }

    private static void assertFedBy(Feed feed, TestNode by, Role role) {
        Feed.Peers peers = assertInstanceOf(Feed.Peers.class, feed);
        assertEquals(by.id, peers.candidates().get(0).node(), feed.toString());
        assertEquals(role, peers.role());
    }
}
