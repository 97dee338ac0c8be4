package io.headwater.cluster;

import io.headwater.media.StreamKey;
import io.headwater.stream.HubSnapshot;
import io.headwater.stream.StreamEvent;
import io.headwater.topology.NodeGroup;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What the control plane tells other nodes about this one when they ask. Called from any thread; must not block. */
public interface LocalState {
    Optional<HubSnapshot> stream(StreamKey key);

    /** Every stream on this node, at most {@code limit}. */
    List<HubSnapshot> streams(int limit);

    /** What happened to one stream on this node, oldest first. */
    default List<StreamEvent> events(StreamKey key) {
        return List.of();
    }

    /** How the forwarding of this node's streams to other servers stands, by the ids of the broadcasts' endpoints. */
    default Map<String, String> forwards() {
        return Map.of();
    }

    /** The players of a stream on this node, those that came first first, at most {@code most}. */
    default List<ViewerReport> viewers(StreamKey key, int most) {
        return List.of();
    }

    /** Ends one player of a stream on this node, or all. @return how many there were */
    default int endViewers(StreamKey key, Optional<String> id) {
        return 0;
    }

    /** An operator at some node takes this one out of service. @return how it stands, in one line */
    default String drain(Optional<Duration> within) {
        return "";
    }

    /**
     * An operator at some node moves this one to another group.
     *
     * @return completes when the group is written down, before the node leaves the cluster to join it again; never fails
     */
    default CompletionStage<GroupOrder> changeGroup(NodeGroup group) {
        return CompletableFuture.completedFuture(GroupOrder.refused("it is not ready"));
    }

    NodeReport node();
}
