package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LostNodesTest {
    private final AtomicLong now = new AtomicLong(1_000);
    private final Counters counters = new Counters();
    private final ReplicatedNotes notes = new ReplicatedNotes("test", 1000, counters, now::get);
    private final LostNodes lost = new LostNodes(notes, counters, now::get, Members.nobody(peer("a")));

    private static Peer peer(String name) {
        return new Peer(new NodeId(name), new NodeGroup("region1"), "10.0.0.1", 5000);
    }

    private static Members.Seen node(String name, NodeStatus status, long uid) {
        return new Members.Seen(
                new ClusterNode(peer(name), 5080, 1935, "1.0 of today", 77, "10.0.0.1:17355", status), uid);
    }

    /** The membership as {@code a} sees it, itself up in it. */
    private static Members seen(Members.Seen... others) {
        return Members.of(
                peer("a"),
                Stream.concat(Stream.of(node("a", NodeStatus.UP, 1)), Arrays.stream(others))
                        .toList(),
                Set.of());
    }

    private List<String> down() {
        return lost.besides(seen().nodes()).stream()
                .map(one -> one.node().id().name())
                .toList();
    }

    @Test
    void aNodeThatWasTakenOutBecauseNobodyReachedItIsDownUntilItsTimeIsOver() {
        lost.look(seen(node("b", NodeStatus.UP, 2), node("c", NodeStatus.UP, 3)));
        lost.look(seen(node("b", NodeStatus.UNREACHABLE, 2), node("c", NodeStatus.LEAVING, 3)));
        assertEquals(List.of(), down());
        now.set(5_000);
        lost.look(seen());
        assertEquals(List.of("b"), down(), "c left by itself");
        LostNodes.Lost b = lost.besides(seen().nodes()).get(0);
        assertEquals(
                "region1 10.0.0.1 5080 1935 1.0 of today 77 10.0.0.1:17355 DOWN",
                String.join(
                        " ",
                        b.node().peer().group().name(),
                        b.node().peer().host(),
                        Integer.toString(b.node().httpPort()),
                        Integer.toString(b.node().rtmpPort()),
                        b.node().version(),
                        Long.toString(b.node().sinceMs()),
                        b.node().clusterAddress(),
                        b.node().status().toString()));
        assertEquals(5_000, b.atMs());
        assertEquals(1, counters.get(Metric.CLUSTER_NODES_LOST));
        assertEquals(
                List.of(), lost.besides(seen(node("b", NodeStatus.JOINING, 9)).nodes()), "it is back");
        now.addAndGet(LostNodes.REMEMBERED.toMillis());
        assertEquals(List.of(), down());
    }

    @Test
    void aNodeThatCameBackAndLeftByItselfIsNotDown() {
        lost.look(seen(node("b", NodeStatus.UNREACHABLE, 2)));
        lost.look(seen());
        assertEquals(List.of("b"), down());
        lost.look(seen(node("b", NodeStatus.UP, 9)));
        lost.look(seen(node("b", NodeStatus.LEAVING, 9)));
        lost.look(seen());
        assertEquals(List.of(), down());
    }

    @Test
    void anOperatorTakesANodeOutBeforeOrAfterItIsDown() {
        lost.look(seen(node("b", NodeStatus.UNREACHABLE, 2), node("c", NodeStatus.UNREACHABLE, 3)));
        lost.takenOut(new NodeId("b"), 2);
        lost.look(seen());
        assertEquals(List.of("c"), down());
        assertFalse(lost.forget(new NodeId("b")));
        assertTrue(lost.forget(new NodeId("c")));
        assertFalse(lost.forget(new NodeId("c")));
        assertEquals(List.of(), down());
        // in another life of its own it may be lost again
        lost.look(seen(node("b", NodeStatus.UNREACHABLE, 12)));
        lost.look(seen());
        assertEquals(List.of("b"), down());
    }

    @Test
    void aNodeThatIsOutItselfHasLostNobody() {
        lost.look(seen(node("b", NodeStatus.UNREACHABLE, 2)));
        lost.look(Members.nobody(peer("a")));
        lost.look(seen());
        assertEquals(List.of(), down());
    }

    @Test
    void soManyAreShownAndNoMore() {
        Members.Seen[] many = IntStream.range(0, LostNodes.MOST + 5)
                .mapToObj(i -> node("n" + i, NodeStatus.UNREACHABLE, 100 + i))
                .toArray(Members.Seen[]::new);
        lost.look(seen(many));
        lost.look(seen());
        assertEquals(LostNodes.MOST, down().size());
        assertEquals(5, counters.get(Metric.CLUSTER_NODES_LOST_FORGOTTEN));
        assertEquals(LostNodes.MOST + 5, counters.get(Metric.CLUSTER_NODES_LOST));
    }
}
