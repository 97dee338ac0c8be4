package io.headwater.cluster;

import io.headwater.media.StreamKey;
import io.headwater.topology.Event;
import io.headwater.topology.Peer;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What the desk reaches the cluster through while there is one. Never blocks. */
interface Wires {
    /** This node, in the group it is in now. */
    Peer self();

    /** Sends an event to the stream's entity in this node's group; it may get lost. */
    void toEntity(StreamKey key, Event.OfNode event);

    /** Asks every node that can be reached what it holds; those that do not answer in time are left out. */
    CompletionStage<List<Holder>> holders(StreamKey key);
}
