package io.headwater.cluster;

import io.headwater.media.StreamKey;
import io.headwater.stream.EventLog;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.Role;
import io.headwater.topology.StreamView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Puts together what all nodes report of their streams. */
final class StreamReports {
    private static final Comparator<StreamReport> ORDER = Comparator.comparing(
                    (StreamReport report) -> report.key().toString())
            .thenComparing(report -> report.node().node());

    private final Routes routes;

    StreamReports(Routes routes) {
        this.routes = routes;
    }

    CompletionStage<List<StreamReport>> all() {
        List<CompletableFuture<List<StreamReport>>> pages = routes.members().reachable().stream()
                .map(node -> pages(node, new ArrayList<>()).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(pages.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> pages.stream()
                        .flatMap(page -> page.join().stream())
                        .sorted(ORDER)
                        .toList());
    }

    private CompletionStage<List<StreamReport>> pages(ClusterNode node, List<StreamReport> soFar) {
        String after = soFar.isEmpty() ? "" : soFar.get(soFar.size() - 1).key().toString();
        return routes.<Reporter.Streams>fromOne(node, replyTo -> new Reporter.AskStreams(after, replyTo))
                .thenCompose(answer -> {
                    answer.ifPresent(page -> soFar.addAll(page.streams()));
                    return answer.isPresent() && answer.get().more()
                            ? pages(node, soFar)
                            : CompletableFuture.completedFuture(soFar);
                });
    }

    CompletionStage<List<StreamReport>> of(StreamKey key) {
        return routes.<Reporter.OneStream>fromAll(replyTo -> new Reporter.AskStream(key, replyTo))
                .thenApply(answers -> answers.stream()
                        .flatMap(answer -> answer.report().stream())
                        .sorted(ORDER)
                        .toList());
    }

    /** The newest events of one stream on all nodes, oldest first. */
    CompletionStage<List<EventReport>> events(StreamKey key) {
        return routes.<Reporter.Events>fromAll(replyTo -> new Reporter.AskEvents(key, replyTo))
                .thenApply(answers -> merged(answers.stream()
                        .flatMap(answer -> answer.events().stream())
                        .toList()));
    }

    /** Clocks of nodes differ by a little, so this order is for reading, not for deciding. */
    static List<EventReport> merged(List<EventReport> events) {
        List<EventReport> sorted = events.stream()
                .sorted(Comparator.comparingLong(EventReport::atMs)
                        .thenComparing(event -> event.node().node()))
                .toList();
        return sorted.subList(Math.max(0, sorted.size() - EventLog.PER_STREAM), sorted.size());
    }

    /**
     * The entity of the group where it is published knows all groups, so that one is asked. If it is silent the nodes'
     * reports alone have to do, which know no successors.
     */
    CompletionStage<Optional<StreamTopology>> topology(StreamKey key) {
        return of(key).thenCompose(reports -> {
            if (reports.isEmpty()) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            NodeGroup group = main(reports).orElse(reports.get(0)).node().group();
            return routes.inspect(key, group).handle((answer, failure) -> {
                Optional<StreamView> known = failure == null ? answer.view() : Optional.empty();
                return Optional.of(new StreamTopology(known.orElseGet(() -> seen(reports)), reports));
            });
        });
    }

    private static Optional<StreamReport> main(List<StreamReport> reports) {
        return reports.stream()
                .filter(report -> report.holding().published())
                .max(Comparator.comparingLong(report -> report.holding().epoch()));
    }

    /** What the nodes' reports say by themselves. */
    static StreamView seen(List<StreamReport> reports) {
        StreamReport main = main(reports).orElse(reports.get(0));
        List<StreamView.Group> groups = reports.stream()
                .filter(report -> report.holding().role() != Role.EDGE)
                .collect(Collectors.toMap(
                        report -> report.node().group(), Function.identity(), (one, other) -> one, TreeMap::new))
                .values()
                .stream()
                .map(report -> new StreamView.Group(
                        report.node().group(), Optional.of(report.node().node()), Optional.empty()))
                .toList();
        return new StreamView(
                false,
                main.holding().epoch(),
                main.node().group(),
                main(reports).map(report -> report.node().node()),
                groups);
    }
}
