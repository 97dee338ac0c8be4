package io.headwater;

import io.headwater.api.CallRefused;
import io.headwater.api.ClusterControl;
import io.headwater.cluster.ControlPlane;
import io.headwater.cluster.GroupOrder;
import io.headwater.media.StreamKey;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What REST does to the cluster, through this node's part of it. */
final class ClusterActions implements ClusterControl {
    /** REST answers before its own limit of 20 s; the move goes on behind it. */
    private static final Duration ARRIVED_WITHIN = Duration.ofSeconds(12);

    private final ControlPlane control;

    ClusterActions(ControlPlane control) {
        this.control = control;
    }

    @Override
    public CompletionStage<Boolean> stop(StreamKey key) {
        return control.stopStream(key);
    }

    @Override
    public CompletionStage<Integer> endViewers(StreamKey key, Optional<String> id) {
        return control.endViewers(key, id);
    }

    @Override
    public Removal remove(NodeId node) {
        if (control.remove(node)) {
            return Removal.REMOVED;
        }
        boolean known = control.nodes().stream().anyMatch(one -> one.id().equals(node));
        return known ? Removal.ALIVE : Removal.UNKNOWN;
    }

    @Override
    public CompletionStage<Optional<String>> drain(NodeId node, Optional<Duration> within) {
        return control.drain(node, within);
    }

    @Override
    public CompletionStage<String> changeGroup(NodeId node, NodeGroup group) {
        return control.changeGroup(node, group).thenCompose(answer -> {
            if (answer.isEmpty()) {
                return CompletableFuture.failedFuture(new CallRefused(
                        504, "node " + node + " did not answer; whether it changes its group is not known"));
            }
            GroupOrder order = answer.get();
            return order.goes()
                    ? control.arrives(node, group, ARRIVED_WITHIN).thenApply(there -> message(there, order.note()))
                    : CompletableFuture.failedFuture(new IOException("node " + node + ": " + order.refusal()));
        });
    }

    private static String message(boolean there, String note) {
        String joining = there ? "" : "written; the node is still joining the cluster in its new group";
        return joining.isEmpty() || note.isEmpty() ? joining + note : joining + "; " + note;
    }
}
