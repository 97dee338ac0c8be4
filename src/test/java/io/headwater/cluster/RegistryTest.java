package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.cluster.registry.Registry;
import io.headwater.cluster.registry.RegistrySettings;
import io.headwater.media.StreamKey;
import io.headwater.net.Metric;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry on real control planes in this process. */
class RegistryTest {
    private static final StreamKey A = new StreamKey("live", "a");
    private static final StreamKey B = new StreamKey("live", "b");
    private static final StreamKey C = new StreamKey("other", "c");

    @TempDir
    Path folder;

    @Test
    void whatIsWrittenOnOneNodeIsReadOnAnotherOfAnotherGroupAndSurvivesBoth() throws Exception {
        TestNode one = node("n1", "region1");
        TestNode two = node("n2", "region2", one.port());
        TestNode.eventually("both are up", () -> one.control.nodes().size() == 2);
        AtomicInteger told = new AtomicInteger();
        two.control.registry().watch(told::incrementAndGet);
        put(one, A, "1");
        TestNode.eventually(
                "the other node has it",
                () -> TestNode.await(two.control.registry().find(A)).equals(Optional.of("1")));
        put(two, A, "2");
        put(two, B, "b");
        put(one, C, "c");
        assertEquals(
                Map.of(A, "2", B, "b", C, "c"),
                TestNode.await(one.control.registry().all()));
        assertTrue(told.get() > 0);

        // one is away while b is deleted and a is changed
        TestNode.await(one.control.stop());
        assertEquals(Optional.of("2"), one.control.registry().last(A));
        assertEquals(Registry.Refusal.Kind.UNAVAILABLE, refusal(one, A, "3").kind());
        put(two, A, "3");
        change(two, B, Optional.empty());
        TestNode again = node("n1", "region1", two.port());
        TestNode.eventually(
                "the one that was away has learnt",
                () -> Map.of(A, "3", C, "c").equals(again.control.registry().last()));

        // both are away
        TestNode.await(again.control.stop());
        TestNode.await(two.control.stop());
        TestNode third = node("n2", "region2");
        assertEquals(
                Map.of(A, "3", C, "c"), TestNode.await(third.control.registry().all()));
        TestNode.await(third.control.stop());
    }

    /** What takes as long as is waited for has not been waited for to any end. */
    @Test
    void aChangeIsAnsweredAsSoonAsAllNodesHaveStoredIt() throws Exception {
        TestNode one = node("n1", "region1");
        TestNode two = node("n2", "region2", one.port());
        TestNode.eventually("both are up", () -> one.control.nodes().size() == 2);
        long later = System.currentTimeMillis() + 600_000;
        long change = Long.MAX_VALUE;
        long note = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long from = System.nanoTime();
            put(one, A, "value " + i);
            change = Math.min(change, System.nanoTime() - from);
            from = System.nanoTime();
            TestNode.await(one.control.lastingNotes().put("note", "text " + i, later));
            note = Math.min(note, System.nanoTime() - from);
        }
        long slower = Math.max(change, note) / 1_000_000;
        assertTrue(slower < 300, () -> "the faster ones of five took " + slower + " ms");
        TestNode.await(two.control.stop());
        TestNode.await(one.control.stop());
    }

    @Test
    void oneMoreThanThereMayBeIsRefusedAndSoIsOneTooLong() throws Exception {
        TestNode one = node("n1", "region1");
        put(one, A, "1");
        put(one, B, "1");
        put(one, C, "1");
        Registry.Refusal refused = refusal(one, new StreamKey("live", "d"), "1");
        assertEquals(Registry.Refusal.Kind.FULL, refused.kind());
        assertTrue(refused.getMessage().contains("max-broadcasts"), refused::getMessage);
        put(one, C, "2");
        assertEquals(
                Registry.Refusal.Kind.FULL,
                refusal(one, C, "x".repeat(Registry.LONGEST_TEXT + 1)).kind());
        assertEquals(2, one.counters.get(Metric.BROADCASTS_REFUSED));
        change(one, A, Optional.empty());
        put(one, new StreamKey("live", "d"), "1");
        TestNode.await(one.control.stop());
    }

    @Test
    void aDiskThatTakesNothingRefusesChangesAndWhatIsThereCanBeRead() throws Exception {
        // a file is where the folder should be
        Files.writeString(folder.resolve("n1"), "in the way");
        TestNode one = node("n1", "region1");
        assertEquals(Registry.Refusal.Kind.UNAVAILABLE, refusal(one, A, "1").kind());
        assertEquals(0, one.control.parkedPlays());
        TestNode.await(one.control.stop());
    }

    private TestNode node(String id, String group, int... seeds) throws Exception {
        ClusterSettings settings = TestNode.settings(seeds)
                .keeping(new RegistrySettings(Optional.of(folder.resolve(id)), 3, Duration.ofDays(30)));
        return new TestNode(id, group, settings).start().joined();
    }

    private static void put(TestNode node, StreamKey key, String value) throws Exception {
        change(node, key, Optional.of(value));
    }

    private static void change(TestNode node, StreamKey key, Optional<String> value) throws Exception {
        Registry.Change change = TestNode.await(node.control.registry().change(key, before -> value));
        assertEquals(value, change.after());
    }

    private static Registry.Refusal refusal(TestNode node, StreamKey key, String value) {
        ExecutionException failed = assertThrows(
                ExecutionException.class,
                () -> TestNode.await(node.control.registry().change(key, before -> Optional.of(value))));
        return (Registry.Refusal) failed.getCause();
    }
}
