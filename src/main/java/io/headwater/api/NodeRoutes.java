package io.headwater.api;

import io.headwater.codec.MalformedException;
import io.headwater.net.Counters;
import io.headwater.net.DirectMemory;
import io.headwater.stream.HubSnapshot;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** This node: what it is, what it holds, whether it is well. */
final class NodeRoutes {
    /** What one answer shows of the streams at most; counters and sums go on counting. */
    private static final int STREAMS_SHOWN = 1000;

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,7})(ms|s|m)");
    private static final int LONGEST_DURATION = 16;
    private static final Duration LONGEST_DRAIN = Duration.ofMinutes(10);

    private final LocalNode node;
    private final ClusterQueries cluster;
    private final DrainControl drain;
    private final Counters counters;

    NodeRoutes(LocalNode node, ClusterQueries cluster, DrainControl drain, Counters counters) {
        this.node = node;
        this.cluster = cluster;
        this.drain = drain;
        this.counters = counters;
    }

    List<Route> routes() {
        return List.of(
                Route.getNow("/rest/v2/node", call -> Answer.ok(self()))
                        .saying("This node: ports, streams, links with other nodes, memory, counters"),
                Route.post("/rest/v2/node/drain", this::drain)
                        .asking("within")
                        .saying("Takes this node out of service"),
                Route.getNow("/rest/v2/liveness", call -> Answer.ok(health("ok", Optional.empty())))
                        .saying("Whether the process lives"),
                Route.getNow("/rest/v2/readiness", call -> readiness())
                        .saying("200 if the node takes publishers and players, 503 with the reasons if not"),
                Route.getNow("/rest/v2/version", call -> Answer.ok(version())).saying("What runs here"),
                Route.getNow("/{app}/rest/v2/version", this::versionBelow).saying("The same below an application"));
    }

    private Map<String, Object> self() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("nodeId", node.id().name());
        json.put("nodeGroup", node.group().name());
        json.put("host", node.host());
        json.put("version", node.version().name());
        json.put("pid", ProcessHandle.current().pid());
        json.put("uptimeMs", ManagementFactory.getRuntimeMXBean().getUptime());
        json.put("ready", firstReason().isEmpty());
        json.put("state", drain.state().wireName());
        json.put("ports", node.ports());
        List<HubSnapshot> streams = node.streams(STREAMS_SHOWN);
        json.put("streams", streams.stream().map(NodeRoutes::stream).toList());
        json.put("relayLinks", node.relayLinks());
        json.put("entities", entities(cluster.entityHosts()));
        json.put("inUse", node.inUse());
        json.put("memory", memory());
        json.put("counters", counters.snapshot());
        return json;
    }

    /** {@code within} in the query or in the body, as {@code 20s}; neither is needed. */
    private CompletionStage<Answer> drain(Call call) throws MalformedException {
        Optional<String> within = Optional.ofNullable(call.query().get("within"));
        if (within.isEmpty() && !call.body().isEmpty()) {
            within = Json.text(call.json(), "within", LONGEST_DURATION);
        }
        Optional<Duration> limit = within.isPresent() ? Optional.of(duration(within.get())) : Optional.empty();
        return CompletableFuture.completedFuture(Answer.success(drain.drain(limit)));
    }

    static Duration duration(String text) throws MalformedException {
        Matcher matcher = DURATION.matcher(text);
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            Duration duration = switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMinutes(number);
            };
            if (duration.compareTo(LONGEST_DRAIN) <= 0) {
                return duration;
            }
        }
        throw new MalformedException(
                "within is '" + Call.printable(text) + "', expected a time such as 20s, from 0s to 10m");
    }

    private static Map<String, Object> stream(HubSnapshot hub) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("app", hub.holding().key().app());
        json.put("streamId", hub.holding().key().streamId());
        json.put("epoch", hub.holding().epoch());
        json.put("role", hub.holding().role().wireName());
        json.put(
                "feed",
                hub.holding().published()
                        ? Optional.of("publisher")
                        : hub.holding().feed().map(Object::toString));
        json.put("publisher", hub.publisher().map(peer -> peer.protocol() + " " + peer.address()));
        json.put("viewers", hub.holding().viewers());
        json.put("viewersByProtocol", hub.viewersByProtocol());
        json.put("relays", hub.holding().relays());
        json.put("standbys", hub.holding().standbys());
        json.put("backup", hub.holding().backup());
        json.put("bitrateIn", hub.bitrateIn());
        json.put("bytesIn", hub.bytesIn());
        json.put("framesIn", hub.framesIn());
        json.put("framesDropped", hub.framesDropped());
        json.put("lastSequence", hub.holding().lastSequence());
        json.put("ringFrames", hub.ringFrames());
        json.put("ringBytes", hub.ringBytes());
        json.put("path", hub.path().stream().map(Object::toString).toList());
        json.put(
                "tracks",
                hub.tracks().all().stream().map(track -> track.codec().name()).toList());
        json.put("startedAt", hub.startedAtMs());
        return json;
    }

    private static Map<String, Object> entities(ClusterQueries.EntityHosts hosts) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("coordinator", hosts.coordinator().map(Object::toString));
        json.put(
                "here",
                hosts.here().stream().limit(STREAMS_SHOWN).map(Object::toString).toList());
        return json;
    }

    private static Map<String, Object> memory() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(
                "heapUsed",
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        json.put(
                "heapMax",
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getMax());
        json.put("directUsed", DirectMemory.used());
        return json;
    }

    private Answer readiness() {
        Optional<String> reason = firstReason();
        Map<String, Object> health = health(reason.isEmpty() ? "ok" : "not ready", reason);
        if (reason.isEmpty()) {
            node.readyAllTheSame().ifPresent(note -> health.put("note", note));
        }
        return Answer.of(reason.isEmpty() ? 200 : 503, health);
    }

    private Optional<String> firstReason() {
        Supplier<Optional<String>> clusterReason = cluster::notReady;
        return node.notReady().or(clusterReason);
    }

    private Map<String, Object> health(String status, Optional<String> reason) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("host", node.host());
        json.put("status", status);
        reason.ifPresent(text -> json.put("reason", text));
        json.put("reasons", reason.map(text -> List.of(text.split("; ", -1))).orElse(List.of()));
        return json;
    }

    private Answer versionBelow(Call call) throws MalformedException {
        BroadcastRoutes.app(call);
        return Answer.ok(version());
    }

    private Map<String, Object> version() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("versionName", node.version().name());
        json.put("versionType", "Headwater");
        json.put("buildNumber", node.version().build());
        return json;
    }
}
