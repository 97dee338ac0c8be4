package io.headwater.cluster;

import io.headwater.media.StreamKey;
import io.headwater.topology.NodeGroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

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

    /** The entity of the group where it is published knows all groups, so that one is asked. */
    CompletionStage<Optional<StreamTopology>> topology(StreamKey key) {
        return of(key).thenCompose(reports -> {
            Optional<NodeGroup> home = reports.stream()
                    .filter(report -> report.holding().published())
                    .max(Comparator.comparingLong(report -> report.holding().epoch()))
                    .map(report -> report.node().group());
            if (reports.isEmpty()) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            return routes.inspect(key, home.orElse(reports.get(0).node().group()))
                    .<Optional<StreamTopology>>handle((answer, failure) -> failure == null
                            ? answer.view().map(view -> new StreamTopology(view, reports))
                            : Optional.empty());
        });
    }
}
