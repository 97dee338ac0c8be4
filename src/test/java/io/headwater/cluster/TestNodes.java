package io.headwater.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** Control planes with real remoting in one JVM, stopped after each test. */
abstract class TestNodes {
    final List<TestNode> nodes = new ArrayList<>();

    TestNode node(String id, String group, int... seeds) {
        TestNode node = new TestNode(id, group, TestNode.settings(seeds));
        nodes.add(node);
        return node;
    }

    /** Nodes {@code a}, {@code b}, ... of the given groups, all up and seen by all. */
    List<TestNode> cluster(String... groups) throws Exception {
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

    static void seesUp(TestNode node, int count) throws Exception {
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

    static ClusterSettings impatient(ClusterSettings from, int port) {
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
                from.trust());
    }
}
