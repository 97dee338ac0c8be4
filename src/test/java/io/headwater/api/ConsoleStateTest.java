package io.headwater.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.headwater.media.StreamKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConsoleStateTest {
    private static final StreamKey KEY = new StreamKey("live", "stream1");

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(200).boxed();
    }

    /** A console that applies every message, and misses some samples, always shows the newest one it was told of. */
    @ParameterizedTest
    @MethodSource("seeds")
    void whoAppliesTheChangesShowsTheState(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Shown shown = new Shown();
        ConsoleState seen = ConsoleState.NOTHING;
        List<Map<String, Object>> events = new ArrayList<>();
        for (int number = 1; number < 40; number++) {
            ConsoleState next = random(number, random, events);
            if (random.nextInt(3) == 0) {
                continue;
            }
            next.since(seen, Optional.of(KEY)).forEach(shown::apply);
            assertEquals(next.nodes(), shown.nodes);
            assertEquals(next.streams(), shown.streams);
            assertEquals(next.totalStreams(), shown.total);
            if (next.details().containsKey(KEY)) {
                assertEquals(next.details().get(KEY).tree(), shown.tree);
                assertEquals(new LinkedHashSet<>(events), shown.events);
            }
            assertEquals(next.trouble(), shown.trouble);
            assertEquals(List.of(), next.since(next, Optional.of(KEY)), "what is shown is not told again");
            seen = next;
        }
    }

    private static ConsoleState random(int number, SplittableRandom random, List<Map<String, Object>> events) {
        if (random.nextInt(4) == 0) {
            events.add(Map.of("kind", "feedChanged", "time", number));
        }
        Optional<Map<String, Object>> tree =
                random.nextBoolean() ? Optional.empty() : Optional.of(Map.of("epoch", random.nextInt(3)));
        return new ConsoleState(
                number,
                random.nextInt(5) == 0 ? Optional.of("not a member") : Optional.empty(),
                things("id", random),
                things("key", random),
                random.nextInt(4),
                number % 7 == 0 ? Map.of() : Map.of(KEY, new ConsoleState.Detail(tree, List.copyOf(events))));
    }

    private static Map<String, Map<String, Object>> things(String name, SplittableRandom random) {
        Map<String, Map<String, Object>> things = new LinkedHashMap<>();
        for (int i = 0; i < 4; i++) {
            if (random.nextInt(3) > 0) {
                things.put("t" + i, Map.of(name, "t" + i, "viewers", random.nextInt(2)));
            }
        }
        return things;
    }

    /** What a console does with what it is told. */
    private static final class Shown {
        private final Map<String, Object> nodes = new HashMap<>();
        private final Map<String, Object> streams = new HashMap<>();
        private final Set<Object> events = new LinkedHashSet<>();
        private Object total = -1;
        private Object tree = "never told";
        private Object trouble = "never told";

        void apply(EventStream.Message message) {
            Map<?, ?> body = (Map<?, ?>) message.data();
            switch (message.event()) {
                case "status" -> trouble = body.get("trouble");
                case "nodes" -> change(nodes, "id", body);
                case "streams" -> {
                    change(streams, "key", body);
                    total = body.get("total");
                }
                case "tree" -> tree = body.get("tree");
                case "happened" -> events.addAll((Set<?>) body.get("add"));
                default -> throw new AssertionError(message.event());
            }
        }

        private static void change(Map<String, Object> shown, String name, Map<?, ?> body) {
            ((List<?>) body.get("gone")).forEach(shown::remove);
            for (Object one : (List<?>) body.get("set")) {
                shown.put((String) ((Map<?, ?>) one).get(name), one);
            }
        }
    }
}
