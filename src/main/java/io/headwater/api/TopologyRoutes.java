package io.headwater.api;

import io.headwater.codec.MalformedException;
import io.headwater.media.StreamKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Who feeds whom, and what happened: one stream at a time, the same from every node. */
final class TopologyRoutes {
    private final ClusterQueries cluster;

    TopologyRoutes(ClusterQueries cluster) {
        this.cluster = cluster;
    }

    List<Route> routes() {
        return List.of(
                Route.get(BroadcastRoutes.BASE + "/{streamId}/topology", this::topology)
                        .saying("Who feeds whom for one stream"),
                Route.get(BroadcastRoutes.BASE + "/{streamId}/events", this::events)
                        .saying("The newest events of one stream"));
    }

    private CompletionStage<Answer> topology(Call call) throws MalformedException {
        StreamKey key = BroadcastRoutes.key(call);
        return cluster.tree(key)
                .thenApply(found -> found.map(tree -> Answer.ok(json(tree)))
                        .orElseGet(() -> unknown(Answer.refused(404, "no node knows the stream " + key))));
    }

    private CompletionStage<Answer> events(Call call) throws MalformedException {
        StreamKey key = BroadcastRoutes.key(call);
        return cluster.events(key)
                .thenApply(events -> events.isEmpty()
                        ? unknown(Answer.refused(404, "no node remembers the stream " + key))
                        : Answer.ok(events.stream().map(TopologyRoutes::json).toList()));
    }

    static Map<String, Object> json(ClusterQueries.Event event) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("time", event.at().toString());
        json.put("kind", event.kind());
        json.put("node", event.node().name());
        json.put("nodeGroup", event.group().name());
        json.put("from", event.from());
        json.put("to", event.to());
        json.put("why", event.why());
        json.put("gapMs", event.gapMs());
        json.put("framesLost", event.framesLost());
        json.put("epoch", event.epoch());
        return json;
    }

    /** A node that is in no cluster at the moment does not know what others have: that is no "not found". */
    private Answer unknown(Answer otherwise) {
        return cluster.notReady().map(reason -> Answer.refused(503, reason)).orElse(otherwise);
    }

    static Map<String, Object> json(ClusterQueries.StreamTree tree) {
        List<Map<String, Object>> groups = new ArrayList<>();
        for (ClusterQueries.GroupOrigin group : tree.groups()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("nodeGroup", group.group().name());
            json.put("origin", group.origin().map(Object::toString));
            json.put("successor", group.successor().map(Object::toString));
            groups.add(json);
        }
        List<Map<String, Object>> nodes = new ArrayList<>();
        for (ClusterQueries.Branch node : tree.nodes()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("nodeId", node.node().name());
            json.put("nodeGroup", node.group().name());
            json.put("role", node.role());
            json.put("feed", node.feed());
            json.put("viewers", node.viewers());
            json.put("standbys", node.standbys());
            json.put("backup", node.backup());
            json.put("lagFrames", node.lagFrames());
            json.put("bitrate", node.bitrate());
            nodes.add(json);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("streamId", tree.key().streamId());
        json.put("app", tree.key().app());
        json.put("epoch", tree.epoch());
        json.put("homeGroup", tree.homeGroup().map(Object::toString));
        json.put("mainOrigin", tree.mainOrigin().map(Object::toString));
        json.put("groups", groups);
        json.put("nodes", nodes);
        return json;
    }
}
