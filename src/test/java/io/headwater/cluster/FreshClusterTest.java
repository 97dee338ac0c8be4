package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.StreamKey;
import io.headwater.net.Metric;
import io.headwater.stream.Directory;
import io.headwater.topology.Feed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A cluster that has just come up answers its first calls as it answers later ones. */
class FreshClusterTest {
    private final List<TestNode> nodes = new ArrayList<>();

    @AfterEach
    void stopAll() throws Exception {
        List<CompletionStage<Void>> stops =
                nodes.stream().map(node -> node.control.stop()).toList();
        for (CompletionStage<Void> stop : stops) {
            TestNode.await(stop);
        }
    }

    private TestNode start(String id, String group, int... seeds) throws Exception {
        TestNode node = new TestNode(id, group, TestNode.settings(seeds)).start();
        nodes.add(node);
        return node;
    }

    @Test
    void noNodeThatHasJoinedFindsAnEntitySilent() throws Exception {
        TestNode first = start("a", "region1").joined();
        start("b", "region1", first.port()).joined();
        start("c", "region2", first.port()).joined();
        for (TestNode node : nodes) {
            StreamKey key = new StreamKey("live", "of-" + node.id);
            assertInstanceOf(Directory.Grant.Granted.class, node.publish(key));
            for (TestNode player : nodes) {
                assertFalse(player.play(key, 5_000) instanceof Feed.Nothing, player.id + " plays " + key);
            }
        }
        for (TestNode node : nodes) {
            assertEquals(0, node.counters.get(Metric.CLUSTER_ENTITY_SILENT), "calls of " + node.id);
        }
    }

    @Test
    void theEntityThatIsReachedForOnJoiningKnowsNothingAndEndsWhenTold() {
        BehaviorTestKit<StreamEntity.Command> entity = BehaviorTestKit.create(StreamEntity.ofNoStream());
        TestInbox<StreamEntity.Inspected> asker = TestInbox.create();
        entity.run(new StreamEntity.Wake());
        entity.run(new StreamEntity.Inspect(asker.getRef()));
        assertEquals(new StreamEntity.Inspected(Optional.empty()), asker.receiveMessage());
        assertTrue(entity.isAlive());
        entity.run(new StreamEntity.End());
        assertFalse(entity.isAlive());
    }
}
