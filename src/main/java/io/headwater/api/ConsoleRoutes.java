package io.headwater.api;

import io.headwater.codec.MalformedException;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Source;

/**
 * What consoles live on: everything once, then what changes, as server-sent events. A console that reads slowly is told of
 * fewer samples and the last one; none of them is kept for it.
 */
final class ConsoleRoutes {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    private final ConsoleSampler sampler;
    private final LocalNode node;
    private final int atMost;
    private final Counters counters;

    ConsoleRoutes(ConsoleSampler sampler, LocalNode node, int atMost, Counters counters) {
        this.sampler = sampler;
        this.node = node;
        this.atMost = atMost;
        this.counters = counters;
    }

    static ConsoleSampler sampler(ActorSystem<?> system, ClusterQueries cluster) {
        return new ConsoleSampler(
                new ConsoleEye(cluster),
                (pause, what) -> system.scheduler().scheduleOnce(pause, what, system.executionContext()));
    }

    List<Route> routes() {
        return List.of(
                Route.get("/rest/v2/console/events", this::events)
                        .asking("stream")
                        .saying("The cluster, and what changes, as server-sent events"),
                Route.get("/rest/v2/cluster/events", this::events)
                        .asking("stream")
                        .saying("The same for scripts: nodes and streams that come, change and go"));
    }

    private CompletionStage<Answer> events(Call call) throws MalformedException {
        Optional<StreamKey> chosen = chosen(call);
        return CompletableFuture.completedFuture(
                sampler.watchers() >= atMost ? refused() : Answer.ok(new EventStream(messages(chosen), KEEP_ALIVE)));
    }

    private Answer refused() {
        counters.increment(Metric.CONSOLE_REFUSED);
        return Answer.refused(
                503, atMost + " consoles look at this node already (headwater.http.max-consoles); try another node");
    }

    private static Optional<StreamKey> chosen(Call call) throws MalformedException {
        String name = call.query().getOrDefault("stream", "");
        if (name.isEmpty()) {
            return Optional.empty();
        }
        String[] parts = name.split("/", -1);
        if (parts.length != 2 || StreamKey.problem(parts[0], parts[1]).isPresent()) {
            throw new MalformedException("stream is '" + Call.printable(name)
                    + "', expected an application and a stream such as live/stream1");
        }
        return Optional.of(new StreamKey(parts[0], parts[1]));
    }

    private Source<EventStream.Message, NotUsed> messages(Optional<StreamKey> chosen) {
        return Source.fromMaterializer((materializer, attributes) -> {
                    if (sampler.watchers() >= atMost) {
                        // asked for at the same moment as others
                        counters.increment(Metric.CONSOLE_REFUSED);
                        return Source.<EventStream.Message>empty();
                    }
                    sampler.enter(chosen.orElse(null));
                    counters.increment(Metric.CONSOLE_OPENED);
                    return changes(chosen)
                            .prepend(Source.single(hello()))
                            .watchTermination(Keep.right())
                            .mapMaterializedValue(done -> left(done, chosen));
                })
                .mapMaterializedValue(ignored -> NotUsed.getInstance());
    }

    private NotUsed left(CompletionStage<Done> done, Optional<StreamKey> chosen) {
        done.whenComplete((ok, failed) -> {
            sampler.leave(chosen.orElse(null));
            counters.increment(Metric.CONSOLE_CLOSED);
        });
        return NotUsed.getInstance();
    }

    private Source<EventStream.Message, NotUsed> changes(Optional<StreamKey> chosen) {
        return Source.unfoldAsync(
                        ConsoleState.NOTHING,
                        seen -> sampler.after(seen.number())
                                .thenApply(next -> Optional.of(Pair.create(next, next.since(seen, chosen)))))
                .mapConcat(messages -> messages);
    }

    private EventStream.Message hello() {
        return new EventStream.Message(
                "hello",
                Map.of(
                        "node", node.id().name(),
                        "nodeGroup", node.group().name(),
                        "version", node.version().name(),
                        "ports", node.ports()));
    }
}
