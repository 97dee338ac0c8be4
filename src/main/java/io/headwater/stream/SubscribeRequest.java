package io.headwater.stream;

import io.headwater.topology.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * Who subscribes, and from where on.
 *
 * @param peer who is at the other end
 * @param relay set if the subscriber is another node
 */
public record SubscribeRequest(Streams.PeerInfo peer, Optional<Relay> relay) {

    public static SubscribeRequest viewer(String protocol, String address) {
        return new SubscribeRequest(new Streams.PeerInfo(protocol, address), Optional.empty());
    }

    /**
     * Another node that pulls the stream. It is not a viewer, never makes this node ask the cluster for a feed it
     * would not have anyway beyond the parking time, and gets frames on the publisher's own timeline.
     *
     * @param node who pulls
     * @param epoch the epoch it is in, 0 if none
     * @param afterSequence it has everything up to this sequence of {@code epoch}; -1 to start at the newest keyframe
     * @param via the asking node and those that wait behind it
     * @param inNeed whether what fed it is silent or gone
     */
    public record Relay(NodeId node, long epoch, long afterSequence, List<NodeId> via, boolean inNeed) {
        public Relay {
            via = List.copyOf(via);
        }

        public Relay(NodeId node, long epoch, long afterSequence, List<NodeId> via) {
            this(node, epoch, afterSequence, via, false);
        }
    }
}
