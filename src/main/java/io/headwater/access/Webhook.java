package io.headwater.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Admission;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;

/**
 * Asks an operator's own server whether somebody may publish or play: POST of a JSON object, 200 allows, another status
 * does not. A stream key that the node itself has checked it is not told. So many are asked at once and no more; what is not answered in time counts as no answer.
 */
final class Webhook {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final int OK = 200;

    private final HttpClient client;
    private final AccessSettings settings;
    private final Counters counters;
    private final Semaphore free;

    /** What the hook says. */
    enum Said {
        YES,
        NO,
        NOTHING
    }

    Webhook(HttpClient client, AccessSettings settings, Counters counters) {
        this.client = client;
        this.settings = settings;
        this.counters = counters;
        this.free = new Semaphore(settings.maxHookCalls());
    }

    /** Never fails. */
    CompletionStage<Said> ask(URI hook, StreamKey key, Admission.Request request, AppAccess app) {
        if (!free.tryAcquire()) {
            counters.increment(Metric.ACCESS_HOOKS_SATURATED);
            return CompletableFuture.completedFuture(Said.NOTHING);
        }
        counters.increment(Metric.ACCESS_HOOKS_ASKED);
        HttpRequest post = HttpRequest.newBuilder(hook)
                .timeout(settings.hookTimeout())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body(key, request, app)))
                .build();
        return client.sendAsync(post, HttpResponse.BodyHandlers.discarding()).handle((answer, failed) -> {
            free.release();
            if (answer == null) {
                counters.increment(Metric.ACCESS_HOOKS_FAILED);
                return Said.NOTHING;
            }
            if (answer.statusCode() >= 500) {
                counters.increment(Metric.ACCESS_HOOKS_FAILED);
                return Said.NOTHING;
            }
            return answer.statusCode() == OK ? Said.YES : Said.NO;
        });
    }

    private static byte[] body(StreamKey key, Admission.Request request, AppAccess app) {
        boolean publish = request.action() == Admission.Action.PUBLISH;
        Map<String, String> credentials = request.credentials();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("appName", key.app());
        body.put("name", key.streamId());
        body.put("streamId", key.streamId());
        body.put("mode", publish ? "publish" : "play");
        body.put("token", credentials.getOrDefault("token", ""));
        body.put("subscriberId", credentials.getOrDefault("subscriberId", ""));
        body.put("subscriberCode", credentials.getOrDefault("subscriberCode", ""));
        body.put("metaData", credentials.getOrDefault("metaData", ""));
        body.put("ipAddress", request.peer().address().replaceFirst(":[0-9]+$", ""));
        body.put("protocol", request.peer().protocol());
        if (publish) {
            Map<String, String> told = new LinkedHashMap<>(credentials);
            if (app.publish().contains(AppAccess.Way.KEY)) {
                told.remove("key"); // it lets anybody publish, for as long as there is no other
            }
            body.put("queryParams", told);
        } else {
            body.put("origin", credentials.getOrDefault("origin", ""));
        }
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("texts cannot be written as JSON", impossible);
        }
    }
}
