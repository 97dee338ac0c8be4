package io.headwater;

import io.headwater.api.ClusterControl;
import io.headwater.cluster.ControlPlane;
import io.headwater.media.StreamKey;
import io.headwater.topology.NodeId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What REST does to the cluster, through this node's part of it. */
final class ClusterActions implements ClusterControl {
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
}
