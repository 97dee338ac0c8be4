package io.headwater.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.stream.StreamDecision;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * One event for the operator's server.
 *
 * @param epoch with {@code rank} the order of the events of one subject
 * @param subject {@code app/streamId}, or a node's id
 */
record Hook(long epoch, int rank, long atMs, String action, String subject, String from, String to, String group) {
    /** The events of one subject in the order in which they are sent. */
    static final Comparator<Hook> IN_ORDER =
            Comparator.comparingLong(Hook::epoch).thenComparingInt(Hook::rank).thenComparingLong(Hook::atMs);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FIELDS = 8;
    private static final String NOTHING = "-";

    /**
     * The same for everybody who tells the same event: not who says it, nor when, except of what may happen again within a
     * session and is told by one alone.
     */
    String eventId() {
        boolean again = rank == StreamDecision.Kind.SECONDARY_ELECTED.rank();
        String said =
                String.join(" ", action, subject, Long.toString(epoch), to, group, again ? Long.toString(atMs) : "");
        return UUID.nameUUIDFromBytes(said.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** One line for the cluster's notes; wire format. */
    String toLine() {
        return String.join(
                " ",
                Long.toString(epoch),
                Integer.toString(rank),
                Long.toString(atMs),
                action,
                shown(subject),
                shown(from),
                shown(to),
                shown(group));
    }

    /** Nothing if a node of another version wrote something else. */
    static Optional<Hook> ofLine(String line) {
        String[] parts = line.split(" ", -1);
        try {
            return parts.length < FIELDS
                    ? Optional.empty()
                    : Optional.of(new Hook(
                            Long.parseLong(parts[0]),
                            Integer.parseInt(parts[1]),
                            Long.parseLong(parts[2]),
                            parts[3],
                            read(parts[4]),
                            read(parts[5]),
                            read(parts[6]),
                            read(parts[7])));
        } catch (NumberFormatException other) {
            return Optional.empty();
        }
    }

    private static String shown(String text) {
        return text.isEmpty() ? NOTHING : text;
    }

    private static String read(String text) {
        return text.equals(NOTHING) ? "" : text;
    }

    /** The body, with the keys and spellings that scripts know; what is empty is left out. */
    String json(About about) {
        Map<String, Object> body = new LinkedHashMap<>();
        int slash = subject.indexOf('/');
        String id = subject.substring(slash + 1);
        body.put("id", id);
        body.put("action", action);
        if (slash >= 0) {
            body.put("streamName", about.name().isBlank() ? id : about.name());
            put(body, "category", about.category());
            put(body, "mainTrackId", about.mainTrack());
            put(body, "roomId", about.mainTrack());
            body.put("app", subject.substring(0, slash));
            if (!about.metadata().isBlank()) {
                body.put("metadata", objectOrText(about.metadata()));
            }
        }
        put(body, "from", from);
        put(body, "to", to);
        put(body, "nodeGroup", group);
        if (slash >= 0) {
            body.put("epoch", Long.toString(epoch));
        }
        body.put("eventId", eventId());
        body.put("timestamp", Long.toString(atMs));
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("texts cannot be written", impossible);
        }
    }

    private static Object objectOrText(String metadata) {
        try {
            JsonNode read = JSON.readTree(metadata);
            return read.isObject() ? read : metadata;
        } catch (JsonProcessingException text) {
            return metadata;
        }
    }

    private static void put(Map<String, Object> body, String key, String text) {
        if (!text.isBlank()) {
            body.put(key, text);
        }
    }

    /** As a line of the log names it. */
    @Override
    public String toString() {
        return "webhook " + action + " of " + subject;
    }
}
