package io.headwater.api;

import io.headwater.net.Counters;
import io.headwater.stream.HubSnapshot;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** This node: what it is, what it holds, whether it is well. */
final class NodeRoutes {
    /** What one answer shows of the streams at most; counters and sums go on counting. */
    private static final int STREAMS_SHOWN = 1000;

    private final LocalNode node;
    private final ClusterQueries cluster;
    private final Counters counters;

    NodeRoutes(LocalNode node, ClusterQueries cluster, Counters counters) {
        this.node = node;
        this.cluster = cluster;
        this.counters = counters;
    }

    List<Route> routes() {
        return List.of(
                Route.getNow("/rest/v2/node", call -> Answer.ok(self())),
                Route.getNow("/rest/v2/liveness", call -> Answer.ok(health("ok", Optional.empty()))),
                Route.getNow("/rest/v2/readiness", call -> readiness()),
                Route.getNow("/rest/v2/version", call -> Answer.ok(version())),
                Route.getNow("/{app}/rest/v2/version", call -> Answer.ok(version())));
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
        json.put(
                "directUsed",
                ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .filter(pool -> pool.getName().equals("direct"))
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum());
        return json;
    }

    private Answer readiness() {
        Optional<String> reason = firstReason();
        return Answer.of(reason.isEmpty() ? 200 : 503, health(reason.isEmpty() ? "ok" : "not ready", reason));
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
        return json;
    }

    private Map<String, Object> version() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("versionName", node.version().name());
        json.put("versionType", "Headwater");
        json.put("buildNumber", node.version().build());
        return json;
    }
}
