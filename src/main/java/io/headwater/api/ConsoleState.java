package io.headwater.api;

import io.headwater.media.StreamKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What consoles show of the cluster at one moment.
 *
 * @param number rises with each sample
 * @param trouble why the sample is not what the cluster would say, nothing if it is
 * @param nodes what is shown of each node, by its id
 * @param streams what is shown of each stream, by {@code app/streamId}; not more than {@link #MOST_STREAMS}
 * @param totalStreams how many there are
 * @param details of the streams that somebody looks at
 */
record ConsoleState(
        long number,
        Optional<String> trouble,
        Map<String, Map<String, Object>> nodes,
        Map<String, Map<String, Object>> streams,
        int totalStreams,
        Map<StreamKey, Detail> details) {

    /** A page with more of them is of no use to a person; those with the most viewers are taken. */
    static final int MOST_STREAMS = 500;

    static final ConsoleState NOTHING = new ConsoleState(0, Optional.empty(), Map.of(), Map.of(), 0, Map.of());

    /**
     * One stream more closely.
     *
     * @param tree who feeds whom; nothing if nobody knows the stream
     * @param events the newest, oldest first
     */
    record Detail(Optional<Map<String, Object>> tree, List<Map<String, Object>> events) {
        static final Detail NOTHING = new Detail(Optional.empty(), List.of());
    }

    /** The same, when the cluster could not be asked again. */
    ConsoleState troubled(long newNumber, String why) {
        return new ConsoleState(newNumber, Optional.of(why), nodes, streams, totalStreams, details);
    }

    /** What a console that shows {@code before} has to be told to show this; nothing if it shows this already. */
    List<EventStream.Message> since(ConsoleState before, Optional<StreamKey> chosen) {
        List<EventStream.Message> messages = new ArrayList<>();
        boolean first = before.number == 0;
        if (first || !trouble.equals(before.trouble)) {
            messages.add(new EventStream.Message("status", Map.of("trouble", trouble)));
        }
        change(before.nodes, nodes).ifPresent(body -> messages.add(new EventStream.Message("nodes", body)));
        Optional<Map<String, Object>> changed = change(before.streams, streams);
        if (first || changed.isPresent() || totalStreams != before.totalStreams) {
            Map<String, Object> body = new LinkedHashMap<>(changed.orElse(Map.of("set", List.of(), "gone", List.of())));
            body.put("total", totalStreams);
            messages.add(new EventStream.Message("streams", body));
        }
        chosen.ifPresent(key -> tell(key, before, messages));
        return messages;
    }

    private void tell(StreamKey key, ConsoleState before, List<EventStream.Message> messages) {
        Detail is = details.get(key);
        if (is == null) {
            // chosen after this sample began
            return;
        }
        Detail known = before.details.get(key);
        Detail was = known == null ? Detail.NOTHING : known;
        if (known == null || !is.tree.equals(was.tree)) {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("stream", key.toString());
            body.put("tree", is.tree);
            messages.add(new EventStream.Message("tree", body));
        }
        Set<Map<String, Object>> added = new LinkedHashSet<>(is.events);
        was.events.forEach(added::remove);
        if (!added.isEmpty()) {
            messages.add(new EventStream.Message("happened", Map.of("stream", key.toString(), "add", added)));
        }
    }

    private static Optional<Map<String, Object>> change(
            Map<String, Map<String, Object>> was, Map<String, Map<String, Object>> is) {
        List<Map<String, Object>> set = is.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(was.get(entry.getKey())))
                .map(Map.Entry::getValue)
                .toList();
        List<String> gone =
                was.keySet().stream().filter(name -> !is.containsKey(name)).toList();
        return set.isEmpty() && gone.isEmpty() ? Optional.empty() : Optional.of(Map.of("set", set, "gone", gone));
    }
}
