package io.headwater.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.codec.MalformedException;
import io.headwater.media.StreamKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The metrics page, and what is changed while the node runs. */
final class OperationsRoutes {
    private static final int LONGEST_NAME = 200;

    private final Operations operations;

    OperationsRoutes(Operations operations) {
        this.operations = operations;
    }

    List<Route> routes() {
        return List.of(
                Route.getNow("/metrics", call -> Answer.ok(operations.metrics()))
                        .saying("The figures of this node, for Prometheus"),
                Route.getNow("/rest/v2/log-level", call -> Answer.ok(operations.logLevels()))
                        .saying("The loggers whose level was set"),
                Route.post("/rest/v2/log-level", this::logLevel)
                        .saying("Sets the level of a logger until the node ends; without a name, of all of Headwater"),
                Route.post(
                                "/rest/v2/reload",
                                call -> CompletableFuture.completedFuture(Answer.success(operations.reload())))
                        .saying("Reads the configuration again; says what was taken over"),
                Route.getNow("/{app}/rest/v2/broadcasts/{id}/place", this::place)
                        .asking("target")
                        .saying("Where players of a stream are served best now"));
    }

    /** {@code {"level":"DEBUG","logger":"io.headwater.relay"}}; without a logger for all of Headwater. */
    private CompletionStage<Answer> logLevel(Call call) throws MalformedException {
        JsonNode body = call.json();
        String logger = Json.text(body, "logger", LONGEST_NAME).orElse("io.headwater");
        operations.logLevel(logger, Json.neededText(body, "level", LONGEST_NAME));
        return CompletableFuture.completedFuture(Answer.success(""));
    }

    private Answer place(Call call) throws MalformedException {
        String app = call.text("app");
        String id = call.text("id");
        StreamKey key = StreamKey.of(app, id)
                .orElseThrow(
                        () -> new MalformedException(StreamKey.problem(app, id).orElse("")));
        Operations.Serving serving = operations.serving(key, call.choice("target", "", "edge", "origin"));
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
