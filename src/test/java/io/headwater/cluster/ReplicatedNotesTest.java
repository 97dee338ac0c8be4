package io.headwater.cluster;

import static io.headwater.cluster.TestNode.await;
import static io.headwater.cluster.TestNode.eventually;
import static io.headwater.cluster.TestNode.settings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.net.Counters;
import io.headwater.net.Metric;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReplicatedNotesTest {
    /** Far less than a node that does not answer is waited for, which is 400 ms. */
    private static final long WAITED_FOR_MS = 100;

    @Test
    void aNoteIsOnAllNodesAndOutlivesAControlPlane() throws Exception {
        TestNode first = new TestNode("n1", "region1", settings()).start().joined();
        TestNode second =
                new TestNode("n2", "region2", settings(first.port())).start().joined();
        try {
            List<String> heard = new CopyOnWriteArrayList<>();
            second.control.notes().watch(heard::add);
            long later = System.currentTimeMillis() + 600_000;
            assertTrue(await(first.control.notes().put("a", "one", later)));
            eventually("the other node has it", () -> heard.contains("a"));
            assertEquals(Optional.of("one"), second.control.notes().get("a"));
            await(second.control.notes().put("a", "two", later));
            eventually(
                    "the newer one is here",
                    () -> first.control.notes().get("a").equals(Optional.of("two")));
            await(first.control.notes().put("gone", "soon", System.currentTimeMillis() - 1));
            assertEquals(Optional.empty(), first.control.notes().get("gone"));

            second.changeGroup("region1");
            second.joined();
            assertEquals(Optional.of("two"), second.control.notes().get("a"));
            await(second.control.notes().put("b", "three", later));
            eventually(
                    "what is written in the next life arrives",
                    () -> first.control.notes().get("b").equals(Optional.of("three")));
            assertEquals(2, first.control.notes().startingWith("").size());
        } finally {
            await(second.control.stop());
            await(first.control.stop());
        }
    }

    @Test
    void aWriterIsAnsweredAtOnceAndThenTheOtherNodesHaveIt() throws Exception {
        TestNode first = new TestNode("n1", "region1", settings()).start().joined();
        TestNode second =
                new TestNode("n2", "region2", settings(first.port())).start().joined();
        TestNode late = null;
        try {
            long later = System.currentTimeMillis() + 600_000;
            // it is one of the cluster in its own eyes before it is in those of the first
            eventually("the other one is seen", () -> isUp(first, second));
            long fastest = fastestOf(20, i -> {
                await(first.control.notes().put("n" + i, "text", later));
                boolean there = second.control.notes().get("n" + i).isPresent();
                assertTrue(there || first.counters.get(Metric.CLUSTER_NOTES_UNANSWERED) > 0, "note " + i);
            });
            assertTrue(fastest < WAITED_FOR_MS, () -> "the fastest answer took " + fastest + " ms");

            await(second.control.kill());
            eventually("the other one is missed", () -> !isUp(first, second));
            long alone = fastestOf(5, i -> await(first.control.notes().put("m" + i, "text", later)));
            assertTrue(alone < WAITED_FOR_MS, () -> "a node that is gone was waited for, " + alone + " ms");

            TestNode third = new TestNode("n3", "region1", settings(first.port()))
                    .start()
                    .joined();
            late = third;
            eventually(
                    "one that comes later learns it",
                    () -> third.control.notes().startingWith("").size() == 25);
        } finally {
            if (late != null) {
                await(late.control.stop());
            }
            await(first.control.stop());
        }
    }

    private static boolean isUp(TestNode by, TestNode node) {
        return by.control.nodes().stream()
                .anyMatch(seen -> seen.id().equals(node.id) && seen.status() == NodeStatus.UP);
    }

    private interface Round {
        void run(int number) throws Exception;
    }

    /** In milliseconds. */
    private static long fastestOf(int rounds, Round round) throws Exception {
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < rounds; i++) {
            long from = System.nanoTime();
            round.run(i);
            fastest = Math.min(fastest, (System.nanoTime() - from) / 1_000_000);
        }
        return fastest;
    }

    @Test
    void soManyNotesAreKeptAndThoseWhoseTimeIsOverMakeRoom() throws Exception {
        AtomicLong now = new AtomicLong(1000);
        Counters counters = new Counters();
        ReplicatedNotes notes = new ReplicatedNotes("test", 2, counters, now::get);
        assertTrue(await(notes.put("a", "1", 2000)));
        assertTrue(await(notes.put("b", "2", 9000)));
        assertFalse(await(notes.put("c", "3", 9000)));
        assertTrue(await(notes.put("b", "4", 9000)), "one that is there may change");
        assertFalse(await(notes.put("b", "x".repeat(1000), 9000)), "too long");
        assertEquals(2, counters.get(Metric.CLUSTER_NOTES_REFUSED));
        now.set(2000);
        assertTrue(await(notes.put("c", "3", 9000)));
        assertEquals(Optional.empty(), notes.get("a"));
    }
}
