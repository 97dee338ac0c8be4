package io.headwater;

import io.headwater.api.GroupControl;
import io.headwater.cluster.ControlPlane;
import io.headwater.cluster.GroupOrder;
import io.headwater.config.GroupSetting;
import io.headwater.config.Red5Properties;
import io.headwater.topology.NodeGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The node's group, and how it becomes another: written down first, then told to the control plane, one at a time. */
final class GroupMove implements GroupControl {
    private static final Logger LOG = LoggerFactory.getLogger(GroupMove.class);
    /** REST answers before its own limit of 20 s; the move goes on behind it. */
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(12);

    private final Red5Properties file;
    private final Optional<String> pinnedBy;
    private final ControlPlane control;
    private volatile NodeGroup current;
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

    GroupMove(GroupSetting setting, Red5Properties file, ControlPlane control) {
        this.current = setting.group();
        this.pinnedBy = setting.pinnedBy();
        this.file = file;
        this.control = control;
    }

    NodeGroup current() {
        return current;
    }

    @Override
    public CompletionStage<String> change(NodeGroup group) {
        return change(group, new CompletableFuture<>());
    }

    /** The same for an operator at another node, who is answered before this one leaves the cluster. Never fails. */
    CompletionStage<GroupOrder> order(NodeGroup group) {
        CompletableFuture<String> written = new CompletableFuture<>();
        change(group, written);
        return written.handle((note, failed) ->
                failed == null ? GroupOrder.taken(note) : GroupOrder.refused(String.valueOf(failed.getMessage())));
    }

    /** @param written completes between the writing and the moving */
    private synchronized CompletionStage<String> change(NodeGroup group, CompletableFuture<String> written) {
        CompletableFuture<String> next =
                last.handle((before, failed) -> group).thenComposeAsync(wanted -> move(wanted, written));
        last = next;
        return next;
    }

    private CompletionStage<String> move(NodeGroup group, CompletableFuture<String> written) {
        try {
            file.setNodeGroup(group.name());
        } catch (IOException refused) {
            UncheckedIOException named = new UncheckedIOException(
                    file.file() + " cannot be written (" + refused.getMessage() + ")", refused);
            written.completeExceptionally(named);
            throw named;
        }
        LOG.info("node group is {}, was {}; written to {}", group, current, file.file());
        current = group;
        written.complete(pinned());
        return control.changeGroup(group)
                .toCompletableFuture()
                .copy()
                .orTimeout(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .handle((joined, failed) -> message(failed));
    }

    private String pinned() {
        return pinnedBy.map(origin -> "in force until the next start, when " + origin
                        + " sets the node group again; remove that to keep " + current)
                .orElse("");
    }

    private String message(@org.jspecify.annotations.Nullable Throwable failed) {
        String pinned = pinned();
        if (failed == null) {
            return pinned;
        }
        Throwable cause = failed.getCause() == null ? failed : failed.getCause();
        String joining = cause instanceof TimeoutException || failed instanceof TimeoutException
                ? "written; the node is still joining the cluster in its new group"
                : "written, but the cluster was not joined yet: " + cause.getMessage();
        return pinned.isEmpty() ? joining : joining + "; " + pinned;
    }
}
