package io.headwater.cluster;

import io.headwater.media.StreamKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * When what this node holds is told to the streams' entities: again and again until they answer with a feed, the node lets
 * go of the stream, or it has been told for long. Guarded by its {@link Desk}.
 */
final class Announcements {
    static final int MOST_AT_ONCE = 200;
    private static final long REPEAT_MS = 1_000;
    private static final long GIVE_UP_MS = 60_000;

    private final LinkedHashMap<StreamKey, Telling> tellings = new LinkedHashMap<>();

    /** @param dueMs when it is told next */
    private record Telling(long startedMs, long dueMs) {}

    /** It is told from then on, or goes on being told. */
    void begin(StreamKey key, long fromMs) {
        tellings.putIfAbsent(key, new Telling(fromMs, fromMs));
    }

    void end(StreamKey key) {
        tellings.remove(key);
    }

    void clear() {
        tellings.clear();
    }

    boolean isEmpty() {
        return tellings.isEmpty();
    }

    /** What is to be told now, of the streams that are {@code held}; the others are not announced any more. */
    List<StreamKey> due(long nowMs, Predicate<StreamKey> held) {
        List<StreamKey> due = tellings.entrySet().stream()
                .filter(telling -> nowMs >= telling.getValue().dueMs)
                .limit(MOST_AT_ONCE)
                .map(Map.Entry::getKey)
                .toList();
        List<StreamKey> told = new ArrayList<>();
        for (StreamKey key : due) {
            Telling telling = tellings.remove(key);
            if (telling != null && nowMs - telling.startedMs <= GIVE_UP_MS && held.test(key)) {
                told.add(key);
                tellings.put(key, new Telling(telling.startedMs, nowMs + REPEAT_MS));
            }
        }
        return told;
    }
}
