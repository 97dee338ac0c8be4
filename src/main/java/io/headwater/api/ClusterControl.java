package io.headwater.api;

import io.headwater.media.StreamKey;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Acts on streams and nodes, wherever in the cluster they are. */
public interface ClusterControl {
    /**
     * Ends the stream: its publisher is told and disconnected, and its players are told the end.
     *
     * @return whether there was a publisher to stop
     */
    CompletionStage<Boolean> stop(StreamKey key);

    /**
     * Ends one player of a stream, or all of them. The stream goes on, and whoever was ended may come again.
     *
     * @return how many there were
     */
    CompletionStage<Integer> endViewers(StreamKey key, Optional<String> id);

    /** Takes a node out of the membership that cannot be reached, so that nobody waits for it. */
    Removal remove(NodeId node);

    /** What became of a removal. */
    enum Removal {
        REMOVED,
        /** It can be reached; it would be back in a moment. */
        ALIVE,
        UNKNOWN
    }

    /**
     * Takes a node out of service.
     *
     * @return how it stands, in one line; nothing if there is no such node or it does not answer
     */
    CompletionStage<Optional<String>> drain(NodeId node, Optional<Duration> within);

    /**
     * Moves another node into another group, as {@link GroupControl} does with this one.
     *
     * @return what to tell the caller beside "done", empty if nothing; fails if that node could not write the group down,
     *     and with a {@link CallRefused} if it does not answer
     */
    CompletionStage<String> changeGroup(NodeId node, NodeGroup group);
}
