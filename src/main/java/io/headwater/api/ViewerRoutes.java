package io.headwater.api;

import io.headwater.codec.MalformedException;
import io.headwater.media.StreamKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The players of one stream on all nodes: who they are, and how one or all of them are ended. */
final class ViewerRoutes {
    private static final String PATH = BroadcastRoutes.BASE + "/{streamId}/viewers";
    private static final String ID = "[A-Za-z0-9_-]{1,32}";

    private final ClusterQueries cluster;
    private final ClusterControl control;

    ViewerRoutes(ClusterQueries cluster, ClusterControl control) {
        this.cluster = cluster;
        this.control = control;
    }

    List<Route> routes() {
        return List.of(
                Route.guardedGet(PATH + "/{offset}/{size}", this::list)
                        .saying("The players of a stream, those that came first first"),
                Route.delete(PATH + "/{viewerId}", this::endOne)
                        .saying("Ends one player of a stream on whichever node it is"),
                Route.delete(PATH, this::endAll).saying("Ends all players of a stream; it goes on"));
    }

    private CompletionStage<Answer> list(Call call) throws MalformedException {
        Call.Page page = call.page();
        return cluster.viewers(BroadcastRoutes.key(call))
                .thenApply(all -> Answer.ok(page.of(all.stream().map(ViewerRoutes::json))));
    }

    private CompletionStage<Answer> endOne(Call call) throws MalformedException {
        StreamKey key = BroadcastRoutes.key(call);
        String id = call.text("viewerId");
        if (!id.matches(ID)) {
            throw new MalformedException(
                    "viewerId is '" + Call.printable(id) + "', expected 1 to 32 letters, digits, '-' or '_'");
        }
        return control.endViewers(key, Optional.of(id))
                .thenApply(ended -> ended > 0 ? Answer.success("") : Answer.failure(key + " has no viewer " + id));
    }

    private CompletionStage<Answer> endAll(Call call) throws MalformedException {
        return control.endViewers(BroadcastRoutes.key(call), Optional.empty())
                .thenApply(ended -> Answer.success(ended + (ended == 1 ? " viewer was ended" : " viewers were ended")));
    }

    private static Map<String, Object> json(ClusterQueries.Viewer viewer) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("viewerId", viewer.id());
        json.put("nodeId", viewer.node().name());
        json.put("nodeGroup", viewer.group().name());
        json.put("protocol", viewer.protocol());
        json.put("address", viewer.address());
        json.put("since", viewer.sinceMs());
        return json;
    }
}
