package io.headwater.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.api.BroadcastList.Shown;
import io.headwater.codec.MalformedException;
import io.headwater.media.StreamKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The broadcasts of an application, created or merely live; the same from every node. */
final class BroadcastRoutes {
    static final String BASE = "/{app}/rest/v2/broadcasts";

    /** The wording is that of the original, which scripts compare with. */
    private static final String DUPLICATE = "Stream id is already being used. Please change stream id or keep it empty";

    private static final String NOT_VALID = "Stream id is not valid.";
    private static final String DELETED_AND_STOPPED = "broadcast is deleted and stopped successfully";
    private static final String DELETED_ONLY = "broadcast is deleted but could not stopped ";
    private static final int MOST_AT_ONCE = 200;

    /** Of what is read; what is too long for a name is told as the original tells it. */
    private static final int LONGEST_ID = 4096;

    private final ClusterQueries cluster;
    private final BroadcastStore store;
    private final ClusterControl control;

    BroadcastRoutes(ClusterQueries cluster, BroadcastStore store, ClusterControl control) {
        this.cluster = cluster;
        this.store = store;
        this.control = control;
    }

    List<Route> routes() {
        return List.of(
                Route.post(BASE + "/create", this::create)
                        .asking("autoStart")
                        .answering("Broadcast")
                        .saying("Creates a broadcast; without a streamId one is made up"),
                Route.get(BASE + "/list/{offset}/{size}", this::list)
                        .asking("type_by", "sort_by", "order_by", "search")
                        .answering("Broadcasts")
                        .saying("Broadcasts, at most 50 at once; sorted by name, date or status"),
                Route.get(BASE + "/count", this::count).answering("Number").saying("How many broadcasts there are"),
                Route.get(BASE + "/count/{search}", this::countMatching)
                        .answering("Number")
                        .saying("How many of them match"),
                Route.get(BASE + "/active-live-stream-count", this::activeCount)
                        .answering("Number")
                        .saying("How many of them are live"),
                Route.get(BASE + "/{streamId}", this::one)
                        .answering("Broadcast")
                        .saying("One broadcast"),
                Route.put(BASE + "/{streamId}", this::update).saying("Changes the fields that the body names"),
                Route.delete(BASE + "/{streamId}", this::delete)
                        .saying("Deletes a broadcast, and stops it if it is live"),
                Route.delete(BASE, this::deleteMany)
                        .asking("ids")
                        .saying("Deletes those of the ids, with commas between"),
                Route.post(BASE + "/{streamId}/start", this::start).saying("Begins to fetch a streamSource"),
                Route.post(BASE + "/{streamId}/stop", this::stop)
                        .saying("Ends the live stream wherever it is, and the fetching of a streamSource"));
    }

    private CompletionStage<Answer> create(Call call) throws MalformedException {
        JsonNode body = call.body().isEmpty() ? Json.object() : call.json();
        String app = app(call);
        String wanted = Json.text(body, "streamId", LONGEST_ID).orElse("");
        String streamId = wanted.isBlank() ? StreamIds.random() : wanted;
        if (StreamKey.of(app, streamId).isEmpty()) {
            return CompletableFuture.completedFuture(Answer.refused(400, NOT_VALID));
        }
        StreamKey key = new StreamKey(app, streamId);
        boolean start = call.choice("autoStart", "false", "true").equals("true");
        Registered made =
                Registered.created(key, System.currentTimeMillis()).with(body).pulled(start);
        if (made.isSource() && made.saidText("streamUrl").orElse("").isEmpty()) {
            throw new MalformedException("streamUrl is missing, expected where the streamSource is fetched from");
        }
        return cluster.stream(key)
                .thenCompose(live -> store.change(key, before -> {
                            if (before.isPresent() || live.isPresent()) {
                                throw new CallRefused(400, DUPLICATE);
                            }
                            return Optional.of(made);
                        })
                        .thenApply(done -> Answer.ok(json(new Shown(done, live)))));
    }

    private CompletionStage<Answer> list(Call call) throws MalformedException {
        Call.Page page = call.page();
        BroadcastList list = BroadcastList.of(call.query());
        return all(app(call))
                .thenCompose(all -> json(page.of(list.of(all).stream())))
                .thenApply(Answer::ok);
    }

    private CompletionStage<List<Shown>> all(String app) {
        return store.all()
                .thenCombine(
                        cluster.streams(app),
                        (created, live) -> Shown.all(
                                created.stream()
                                        .filter(one -> one.key().app().equals(app))
                                        .toList(),
                                live));
    }

    private CompletionStage<Optional<Shown>> find(StreamKey key) {
        return store.find(key)
                .thenCombine(
                        cluster.stream(key),
                        (created, live) -> created.isEmpty() && live.isEmpty()
                                ? Optional.empty()
                                : Optional.of(new Shown(created, live)));
    }

    private static Map<String, Object> json(Shown shown) {
        return Broadcast.json(shown, Map.of());
    }

    /** Nobody is asked how forwarding stands unless one of these is forwarded. */
    private CompletionStage<List<Map<String, Object>>> json(List<Shown> all) {
        boolean forwarded = all.stream()
                .flatMap(shown -> shown.registered().stream())
                .anyMatch(one -> !one.endpoints().isEmpty());
        CompletionStage<Map<String, String>> forwards =
                forwarded ? cluster.forwards() : CompletableFuture.completedFuture(Map.of());
        return forwards.thenApply(
                known -> all.stream().map(shown -> Broadcast.json(shown, known)).toList());
    }

    private CompletionStage<Answer> count(Call call) throws MalformedException {
        return all(app(call)).thenApply(all -> Answer.ok(Answer.number(all.size())));
    }

    private CompletionStage<Answer> countMatching(Call call) throws MalformedException {
        BroadcastList list = BroadcastList.searching(call.text("search"));
        return all(app(call))
                .thenApply(all -> Answer.ok(Answer.number(list.of(all).size())));
    }

    private CompletionStage<Answer> activeCount(Call call) throws MalformedException {
        return cluster.streams(app(call))
                .thenApply(live -> Answer.ok(Answer.number(
                        live.stream().filter(ClusterQueries.LiveStream::live).count())));
    }

    private CompletionStage<Answer> one(Call call) throws MalformedException {
        return find(key(call))
                .thenCompose(found -> json(found.stream().toList()))
                .thenApply(found -> found.isEmpty() ? Answer.empty(404) : Answer.ok(found.get(0)));
    }

    private CompletionStage<Answer> update(Call call) throws MalformedException {
        StreamKey key = key(call);
        JsonNode body = call.json();
        // what is wrong with the body is said before anything is looked up
        Registered.check(key, body);
        return store.change(key, before -> before.isEmpty() ? before : Optional.of(changed(before.get(), body)))
                .thenApply(after -> after.isPresent()
                        ? Answer.success("")
                        : Answer.failure("there is no broadcast " + key + " that was created"));
    }

    private static Registered changed(Registered before, JsonNode body) throws CallRefused {
        try {
            return before.with(body);
        } catch (MalformedException refused) {
            throw new CallRefused(400, String.valueOf(refused.getMessage()));
        }
    }

    private CompletionStage<Answer> delete(Call call) throws MalformedException {
        StreamKey key = key(call);
        return delete(key)
                .thenApply(outcome -> outcome.isEmpty()
                        ? Answer.failure("there is no broadcast " + key)
                        : Answer.success(outcome.get() ? DELETED_AND_STOPPED : DELETED_ONLY));
    }

    /** Nothing if there was none, else whether it was live and is stopped. */
    private CompletionStage<Optional<Boolean>> delete(StreamKey key) {
        boolean[] there = new boolean[1];
        return store.change(key, before -> {
                    there[0] = before.isPresent();
                    return Optional.empty();
                })
                .thenCompose(gone -> control.stop(key))
                .thenApply(stopped -> there[0] || stopped ? Optional.of(stopped) : Optional.empty());
    }

    private CompletionStage<Answer> deleteMany(Call call) throws MalformedException {
        String app = app(call);
        Set<StreamKey> keys = new LinkedHashSet<>();
        for (String id : call.query().getOrDefault("ids", "").split(",", -1)) {
            keys.add(checked(app, id.strip()));
        }
        if (keys.size() > MOST_AT_ONCE) {
            throw new MalformedException("ids names " + keys.size() + " broadcasts, expected at most " + MOST_AT_ONCE);
        }
        List<CompletableFuture<Optional<String>>> missing = new ArrayList<>();
        for (StreamKey key : keys) {
            missing.add(delete(key)
                    .thenApply(outcome -> outcome.isEmpty() ? Optional.of(key.streamId()) : Optional.<String>empty())
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(missing.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    List<String> not =
                            missing.stream().flatMap(one -> one.join().stream()).toList();
                    return not.isEmpty()
                            ? Answer.success("")
                            : Answer.failure("there is no broadcast " + String.join(", ", not));
                });
    }

    private CompletionStage<Answer> start(Call call) throws MalformedException {
        StreamKey key = key(call);
        return pulled(key, true)
                .thenApply(source -> source
                        ? Answer.success("")
                        : Answer.failure("there is no broadcast " + key + " of type streamSource"));
    }

    private CompletionStage<Answer> stop(Call call) throws MalformedException {
        StreamKey key = key(call);
        return pulled(key, false)
                .thenCompose(source -> control.stop(key)
                        .thenApply(stopped ->
                                source || stopped ? Answer.success("") : Answer.failure(key + " is not live")));
    }

    private CompletionStage<Boolean> pulled(StreamKey key, boolean on) {
        return store.find(key)
                .thenCompose(found -> found.filter(Registered::isSource).isEmpty()
                        ? CompletableFuture.completedFuture(false)
                        : store.change(
                                        key,
                                        before -> before.map(source -> source.isSource() ? source.pulled(on) : source))
                                .thenApply(after ->
                                        after.filter(Registered::isSource).isPresent()));
    }

    static String app(Call call) throws MalformedException {
        return checked(call.text("app"), "any").app();
    }

    static StreamKey key(Call call) throws MalformedException {
        return checked(call.text("app"), call.text("streamId"));
    }

    private static StreamKey checked(String app, String streamId) throws MalformedException {
        var problem = StreamKey.problem(app, streamId);
        if (problem.isPresent()) {
            throw new MalformedException(problem.get());
        }
        return new StreamKey(app, streamId);
    }
}
