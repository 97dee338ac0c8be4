package io.headwater.cluster.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BucketTest {
    private static final long DAY = 86_400_000L;

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(300).boxed();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void copiesBecomeTheSameInWhateverOrderTheyMeet(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Bucket a = random(random);
        Bucket b = random(random);
        Bucket c = random(random);
        assertEquals(a.merge(b), b.merge(a));
        assertEquals(a.merge(b).merge(c), a.merge(b.merge(c)));
        assertEquals(a, a.merge(a));
        assertEquals(a.merge(b), a.merge(b).merge(b));
        Bucket all = a.merge(b).merge(c);
        List<String> keys = all.entries().stream().map(Bucket.Entry::key).toList();
        assertEquals(keys.stream().sorted().distinct().toList(), keys);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nodesThatMeetNowAndThenEndUpWithWhatWasWrittenLastByWhoeverSawAllBefore(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Bucket> nodes = new ArrayList<>(List.of(Bucket.EMPTY, Bucket.EMPTY, Bucket.EMPTY));
        // clocks differ by up to an hour
        long[] skew = {0, random.nextLong(3_600_000), -random.nextLong(3_600_000)};
        long now = 100 * DAY;
        TreeMap<String, Optional<String>> expected = new TreeMap<>();
        for (int step = 0; step < 60; step++) {
            now += random.nextLong(60_000);
            int node = random.nextInt(3);
            // everybody hears everything before it writes, in some order, perhaps twice
            for (int from = 0; from < 3; from++) {
                nodes.set(node, nodes.get(node).merge(nodes.get(random.nextInt(3))));
                nodes.set(node, nodes.get(node).merge(nodes.get(from)));
            }
            String key = "live/" + random.nextInt(5);
            Optional<String> value = random.nextInt(3) == 0 ? Optional.empty() : Optional.of("v" + step);
            nodes.set(node, nodes.get(node).with(key, value, "n" + node, now + skew[node]));
            expected.put(key, value);
        }
        Bucket all = nodes.get(0).merge(nodes.get(1)).merge(nodes.get(2));
        expected.forEach((key, value) -> assertEquals(value, all.value(key), key));
    }

    private static Bucket random(SplittableRandom random) {
        TreeMap<String, Bucket.Entry> entries = new TreeMap<>();
        long horizon = random.nextInt(3) == 0 ? 0 : random.nextInt(6);
        for (int i = random.nextInt(5); i > 0; i--) {
            String key = "k" + random.nextInt(4);
            long version = 1L + random.nextInt(8);
            boolean deleted = random.nextInt(3) == 0 && version >= horizon;
            entries.put(
                    key,
                    new Bucket.Entry(
                            key,
                            version,
                            "n" + random.nextInt(2),
                            deleted ? Optional.empty() : Optional.of("v" + random.nextInt(2))));
        }
        return new Bucket(horizon, List.copyOf(entries.values()));
    }

    @Test
    void aDeletedEntryDoesNotComeBackFromANodeThatWasAway() {
        Bucket before = Bucket.EMPTY.with("live/a", Optional.of("1"), "n1", 1_000);
        Bucket deleted = before.with("live/a", Optional.empty(), "n2", 2_000);
        assertEquals(Optional.empty(), deleted.merge(before).value("live/a"));
        assertEquals(0, deleted.merge(before).live());
    }

    @Test
    void notEvenWhenTheDeletionItselfIsForgotten() {
        Bucket before = Bucket.EMPTY
                .with("live/a", Optional.of("1"), "n1", 1_000)
                .with("live/b", Optional.of("1"), "n1", 1_000);
        Bucket deleted = before.with("live/a", Optional.empty(), "n2", 2_000);
        Bucket forgotten = deleted.forget(40 * DAY, 1 << 20, 70 * DAY);
        assertEquals(1, forgotten.entries().size());
        assertEquals(Optional.of("1"), forgotten.value("live/b"));
        assertEquals(forgotten, forgotten.merge(before));
        assertEquals(forgotten, before.merge(forgotten));
        // and a new one of that name is one
        Bucket again = forgotten.with("live/a", Optional.of("2"), "n1", 5);
        assertEquals(Optional.of("2"), again.merge(before).merge(deleted).value("live/a"));
    }

    @Test
    void aNodeWhoseClockIsBehindStillWinsWhenItSawWhatItChanged() {
        Bucket ahead = Bucket.EMPTY.with("live/a", Optional.of("1"), "n1", 1_000_000);
        Bucket behind = ahead.with("live/a", Optional.of("2"), "n2", 5);
        assertEquals(Optional.of("2"), ahead.merge(behind).value("live/a"));
    }

    @Test
    void deletionsMakeRoomButYoungOnesDoNot() {
        Bucket full = Bucket.EMPTY;
        for (int i = 0; i < 100; i++) {
            full = full.with("live/" + i, Optional.empty(), "n1", DAY + i);
        }
        assertEquals(full, full.forget(0, 10, DAY + 1_000));
        Bucket smaller = full.forget(0, full.bytes() / 2, DAY + 3_600_000);
        assertTrue(smaller.bytes() <= full.bytes() / 2, () -> "no room was made");
        assertEquals(
                DAY + 99,
                smaller.entries().stream()
                        .max(Comparator.comparingLong(Bucket.Entry::version))
                        .orElseThrow()
                        .version());
    }
}
