package io.headwater.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.codec.MalformedException;
import io.headwater.media.StreamKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The servers a broadcast is forwarded to by RTMP. */
final class EndpointRoutes {
    private static final String PATH = BroadcastRoutes.BASE + "/{streamId}/endpoint";
    static final int MOST = 16;
    static final int LONGEST_URL = 2048;

    /** What scripts know as the kinds of failure. */
    private static final int NO_BROADCAST = -1;

    private static final int NO_ENDPOINT = -2;
    private static final int TOO_MANY = -3;

    private final ClusterQueries cluster;
    private final BroadcastStore store;

    EndpointRoutes(ClusterQueries cluster, BroadcastStore store) {
        this.cluster = cluster;
        this.store = store;
    }

    List<Route> routes() {
        return List.of(
                Route.get(PATH, this::list).saying("The servers a broadcast is forwarded to, and how that stands"),
                Route.post(PATH, this::add)
                        .saying(
                                "Forwards a broadcast to the endpointUrl of the body, rtmp or rtmps, whenever it is live"),
                Route.delete(PATH, this::remove).asking("endpointServiceId").saying("Ends a forwarding"));
    }

    private CompletionStage<Answer> list(Call call) throws MalformedException {
        StreamKey key = BroadcastRoutes.key(call);
        return store.find(key)
                .thenCombine(
                        cluster.forwards(),
                        (found, forwards) -> found.map(one -> Answer.ok(Endpoints.json(one, forwards)))
                                .orElse(Answer.empty(404)));
    }

    /** A live stream that nobody created is remembered from here on: there is something to remember of it. */
    private CompletionStage<Answer> add(Call call) throws MalformedException {
        StreamKey key = BroadcastRoutes.key(call);
        JsonNode body = call.json();
        Optional<String> older = Json.text(body, "rtmpUrl", LONGEST_URL);
        String url = Json.text(body, "endpointUrl", LONGEST_URL).or(() -> older).orElse("");
        if (!isTarget(url)) {
            throw new MalformedException("endpointUrl is '" + Call.printable(Urls.shownTarget(url))
                    + "', expected rtmp://host[:port]/app/name or rtmps://...");
        }
        if (!call.query().getOrDefault("resolutionHeight", "0").equals("0")) {
            throw new MalformedException("resolutionHeight is given, but streams are forwarded as they come here");
        }
        Registered.Endpoint endpoint = new Registered.Endpoint(StreamIds.random(), url);
        return cluster.stream(key)
                .thenCompose(live -> store.change(key, before -> {
                    Optional<Registered> known = before.isEmpty() && live.isPresent()
                            ? Optional.of(Registered.created(key, System.currentTimeMillis()))
                            : before;
                    return known.map(one -> one.endpoints().size() < MOST ? one.withEndpoint(endpoint) : one);
                }))
                .thenApply(after -> {
                    if (after.isEmpty()) {
                        return failure("there is no broadcast " + key, NO_BROADCAST);
                    }
                    boolean added = after.get().endpoints().contains(endpoint);
                    return added
                            ? Answer.ok(Answer.result(true, "", endpoint.id(), 0))
                            : failure("the broadcast is forwarded to " + MOST + " servers already", TOO_MANY);
                });
    }

    static boolean isTarget(String url) {
        return url.length() <= LONGEST_URL && url.matches("rtmps?://[\\x21-\\x7e]+/[\\x21-\\x7e]+/[\\x21-\\x7e]+");
    }

    private CompletionStage<Answer> remove(Call call) throws MalformedException {
        StreamKey key = BroadcastRoutes.key(call);
        String id = call.query().getOrDefault("endpointServiceId", "");
        return store.find(key).thenCompose(found -> {
            if (found.isEmpty()) {
                return answered(failure("there is no broadcast " + key, NO_BROADCAST));
            }
            if (found.get().endpoints().stream().noneMatch(one -> one.id().equals(id))) {
                return answered(failure(
                        "endpointServiceId is '" + Call.printable(id) + "', which is none of " + key, NO_ENDPOINT));
            }
            return store.change(key, before -> before.map(one -> one.withoutEndpoint(id)))
                    .thenApply(after -> Answer.success(""));
        });
    }

    private static CompletionStage<Answer> answered(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }

    private static Answer failure(String message, int errorId) {
        return Answer.ok(Answer.result(false, message, "", errorId));
    }
}
