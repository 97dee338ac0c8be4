package io.headwater.cluster;

import io.headwater.stream.StreamEvent;
import io.headwater.topology.Peer;

/**
 * Something that happened to a stream, as the node reports it where it happened.
 *
 * @param kind by its wire name: a node of another version may know others
 */
public record EventReport(
        Peer node, long atMs, String kind, String from, String to, String why, long gapMs, long framesLost, long epoch)
        implements ClusterMessage {

    static EventReport of(Peer node, StreamEvent event) {
        return new EventReport(
                node,
                event.atMs(),
                event.kind().wireName(),
                event.from(),
                event.to(),
                event.why(),
                event.gapMs(),
                event.framesLost(),
                event.epoch());
    }
}
