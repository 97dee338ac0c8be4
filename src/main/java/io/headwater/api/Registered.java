package io.headwater.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.codec.MalformedException;
import io.headwater.media.StreamKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A broadcast that was created: what callers said of it, and what the server notes for itself. A value.
 *
 * <p>It is kept as JSON with a version. Fields this software does not know stay in it, so that a node one version older
 * does not lose what a newer one wrote.
 */
public final class Registered {
    private static final String VERSION = "v";
    private static final int THIS_VERSION = 1;
    private static final String CREATED_AT = "date";
    private static final String STATUS = "status";
    private static final String ENDPOINTS = "endpoints";
    private static final String PULLED = "pulled";
    private static final String STREAM_URL = "streamUrl";

    private final StreamKey key;
    private final ObjectNode json;

    private Registered(StreamKey key, ObjectNode json) {
        this.key = key;
        this.json = json;
    }

    /** Another server that gets the stream from this one. */
    public record Endpoint(String id, String url) {}

    static Registered created(StreamKey key, long atMs) {
        ObjectNode json = Json.object();
        json.put(VERSION, THIS_VERSION);
        json.put(CREATED_AT, atMs);
        json.put(STATUS, "created");
        return new Registered(key, json);
    }

    /** Reads what {@link #text} wrote, be it by another version; nothing if it is not even an object. */
    public static Optional<Registered> read(StreamKey key, String text) {
        try {
            return Optional.of(
                    new Registered(key, (ObjectNode) Json.readObject(text.getBytes(StandardCharsets.UTF_8))));
        } catch (MalformedException unreadable) {
            return Optional.empty();
        }
    }

    /** The same as text, to be kept. */
    public String text() {
        return new String(Json.write(json), StandardCharsets.UTF_8);
    }

    public StreamKey key() {
        return key;
    }

    /** What the caller said of that field, or nothing. */
    Optional<JsonNode> said(String field) {
        JsonNode value = json.get(field);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    /** The same if it is a text. */
    public Optional<String> saidText(String field) {
        return said(field).filter(JsonNode::isTextual).map(JsonNode::textValue);
    }

    /**
     * What the body says instead of what was said before. Scripts write back what they read, where what is secret in an
     * address is hidden: an address that looks like the one that is kept is that one.
     */
    Registered with(JsonNode body) throws MalformedException {
        Registered next = taking(body);
        BroadcastFields.refuseNotDone(json, body);
        return next;
    }

    /** Whether it can be said of a broadcast at all, whatever was said before. */
    static void check(StreamKey key, JsonNode body) throws MalformedException {
        created(key, 0).taking(body);
    }

    private Registered taking(JsonNode body) throws MalformedException {
        ObjectNode next = BroadcastFields.apply(json, body);
        Optional<String> url = saidText(STREAM_URL);
        if (url.isPresent()
                && Urls.shown(url.get()).equals(next.path(STREAM_URL).asText())) {
            next.put(STREAM_URL, url.get());
        }
        JsonNode list = body.path("endPointList");
        return list.isMissingNode() || list.isNull()
                ? new Registered(key, next)
                : new Registered(key, next).forwardedTo(list);
    }

    /** Instead of the servers that get the stream now; one that does already keeps its id. */
    private Registered forwardedTo(JsonNode list) throws MalformedException {
        if (!list.isArray() || list.size() > EndpointRoutes.MOST) {
            throw new MalformedException("endPointList is " + Call.printable(list.toString())
                    + ", expected a list of at most " + EndpointRoutes.MOST + " with an endpointUrl each");
        }
        List<Endpoint> before = new ArrayList<>(endpoints());
        List<Endpoint> after = new ArrayList<>();
        for (JsonNode one : list) {
            String url =
                    Json.text(one, "endpointUrl", EndpointRoutes.LONGEST_URL).orElse("");
            String id = Json.text(one, "endpointServiceId", 64).orElse("");
            Optional<Endpoint> kept = before.stream()
                    .filter(known -> known.url.equals(url)
                            || (known.id.equals(id)
                                    && Urls.shownTarget(known.url).equals(url)))
                    .findFirst();
            kept.ifPresent(before::remove);
            if (kept.isEmpty() && !EndpointRoutes.isTarget(url)) {
                throw new MalformedException(
                        "endPointList has the endpointUrl '" + Call.printable(Urls.shownTarget(url))
                                + "', expected rtmp://host[:port]/app/name or rtmps://...");
            }
            after.add(kept.orElseGet(() -> new Endpoint(StreamIds.random(), url)));
        }
        ObjectNode next = json.deepCopy();
        ArrayNode all = next.putArray(ENDPOINTS);
        after.forEach(one -> all.addObject().put("id", one.id).put("url", one.url));
        return new Registered(key, next);
    }

    long createdAtMs() {
        return json.path(CREATED_AT).asLong();
    }

    /** {@code created}, {@code finished}: what it is while nobody publishes it. */
    String status() {
        return json.path(STATUS).asText("created");
    }

    /** Notes that a session of it ended. */
    public Registered finished() {
        return noting(STATUS, "finished");
    }

    /** Whether it is a stream this cluster fetches from somewhere. */
    public boolean isSource() {
        return saidText("type").orElse("").equals("streamSource");
    }

    /** Where it is fetched from if it is a source and was started. */
    public Optional<String> pulledFrom() {
        return isSource() && json.path(PULLED).asBoolean(false)
                ? saidText("streamUrl").filter(url -> !url.isEmpty())
                : Optional.empty();
    }

    Registered pulled(boolean on) {
        ObjectNode next = json.deepCopy();
        next.put(PULLED, on);
        return new Registered(key, next);
    }

    /** The servers that get the stream from this one. */
    public List<Endpoint> endpoints() {
        List<Endpoint> all = new ArrayList<>();
        json.path(ENDPOINTS)
                .forEach(one -> all.add(
                        new Endpoint(one.path("id").asText(), one.path("url").asText())));
        return all;
    }

    Registered withEndpoint(Endpoint added) {
        ObjectNode next = json.deepCopy();
        next.withArray(ENDPOINTS).addObject().put("id", added.id).put("url", added.url);
        return new Registered(key, next);
    }

    Registered withoutEndpoint(String id) {
        ObjectNode next = json.deepCopy();
        ArrayNode left = next.putArray(ENDPOINTS);
        endpoints().stream()
                .filter(one -> !one.id.equals(id))
                .forEach(one -> left.addObject().put("id", one.id).put("url", one.url));
        return new Registered(key, next);
    }

    private Registered noting(String field, String value) {
        ObjectNode next = json.deepCopy();
        next.put(field, value);
        return new Registered(key, next);
    }

    /** All of it, secrets included, for a backup. */
    ObjectNode backup() {
        ObjectNode all = Json.object();
        all.put("app", key.app());
        all.put("streamId", key.streamId());
        all.setAll(json.deepCopy());
        return all;
    }

    /** Reads what {@link #backup} wrote. */
    static Registered ofBackup(JsonNode all) throws MalformedException {
        String app = textOf(all, "app");
        String streamId = textOf(all, "streamId");
        Optional<String> problem = StreamKey.problem(app, streamId);
        if (!all.isObject() || problem.isPresent()) {
            throw new MalformedException("a broadcast of the backup has no name: "
                    + problem.orElse("it is " + Call.printable(all.toString())));
        }
        ObjectNode json = all.deepCopy();
        json.remove(List.of("app", "streamId"));
        StreamKey key = new StreamKey(app, streamId);
        checkNotes(key, json);
        return new Registered(key, BroadcastFields.apply(json, json));
    }

    private static String textOf(JsonNode all, String name) throws MalformedException {
        return Json.text(all, name, 256).orElse("");
    }

    /** What the server notes for itself has to be as it notes it, or the broadcast could never be changed again. */
    private static void checkNotes(StreamKey key, JsonNode json) throws MalformedException {
        Map<String, Predicate<JsonNode>> notes = Map.of(
                VERSION,
                JsonNode::isIntegralNumber,
                CREATED_AT,
                JsonNode::canConvertToLong,
                STATUS,
                value -> value.isTextual() && value.textValue().length() <= 64,
                PULLED,
                JsonNode::isBoolean,
                ENDPOINTS,
                Registered::areEndpoints);
        for (Map.Entry<String, Predicate<JsonNode>> note : notes.entrySet()) {
            JsonNode value = json.path(note.getKey());
            if (!value.isMissingNode() && !note.getValue().test(value)) {
                throw new MalformedException(note.getKey() + " of " + key + " in the backup is "
                        + Call.printable(value.toString()) + ", expected what a backup of this server says");
            }
        }
    }

    private static boolean areEndpoints(JsonNode value) {
        boolean good = value.isArray() && value.size() <= EndpointRoutes.MOST;
        for (JsonNode one : value) {
            good &= one.path("id").isTextual()
                    && one.path("id").textValue().matches("[A-Za-z0-9_-]{1,64}")
                    && EndpointRoutes.isTarget(one.path("url").asText());
        }
        return good;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Registered that && key.equals(that.key) && json.equals(that.json);
    }

    @Override
    public int hashCode() {
        return Objects.hash(key, json);
    }

    @Override
    public String toString() {
        return key.toString();
    }
}
