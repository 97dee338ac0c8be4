package io.headwater.cluster;

import io.headwater.media.StreamKey;
import io.headwater.topology.Event;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.util.List;
import java.util.function.Consumer;

/** What the desk reaches the cluster through while there is one. Never blocks. */
interface Wires {
    /** This node, in the group it is in now. */
    Peer self();

    /** Sends an event to the stream's entity in this node's group; it may get lost. */
    void toEntity(StreamKey key, Event.OfNode event);

    /**
     * Asks every other node that can be reached what it holds.
     *
     * @param answer told each answer as it comes, on any thread; those that do not come in time are not
     * @return who was asked
     */
    List<Peer> askNodes(StreamKey key, Consumer<Holder> answer);

    /** Tells a node that this one's publisher has the stream in that session; it may get lost. */
    void tellSession(NodeId node, StreamKey key, long epoch);
}
