package io.headwater.api;

import io.headwater.codec.MalformedException;
import io.headwater.media.StreamKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The metrics page, and what is changed while the node runs. */
final class OperationsRoutes {
    private final Operations operations;

    OperationsRoutes(Operations operations) {
        this.operations = operations;
    }

    List<Route> routes() {
        return List.of(
                Route.getNow("/metrics", call -> Answer.ok(operations.metrics())),
                Route.getNow("/{app}/rest/v2/broadcasts/{id}/place", this::place));
    }

    private Answer place(Call call) throws MalformedException {
        String app = call.text("app");
        String id = call.text("id");
        StreamKey key = StreamKey.of(app, id)
                .orElseThrow(
                        () -> new MalformedException(StreamKey.problem(app, id).orElse("")));
        Operations.Serving serving = operations.serving(key, call.query().getOrDefault("target", ""));
        String host = serving.host().indexOf(':') < 0 ? serving.host() : "[" + serving.host() + "]";
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("redirect", !serving.here());
        json.put("host", serving.host());
        json.put("rtmpUrl", "rtmp://" + host + ":" + serving.rtmpPort() + "/" + key);
        json.put("flvUrl", "http://" + host + ":" + serving.livePort() + "/" + key + ".flv");
        json.put("restUrl", "http://" + host + ":" + serving.httpPort());
        return Answer.ok(json);
    }
}
