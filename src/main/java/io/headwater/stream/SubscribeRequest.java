package io.headwater.stream;

import io.headwater.codec.hls.NextNumbers;
import io.headwater.topology.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * Who subscribes, and from where on.
 *
 * @param peer who is at the other end
 * @param relay set if the subscriber is another node
 * @param packager whether the subscriber makes segments of the stream: it starts at the oldest segment's start in memory
 *     and is no viewer by itself, but says how many it stands for ({@link Subscription#viewers})
 */
public record SubscribeRequest(Streams.PeerInfo peer, Optional<Relay> relay, boolean packager) {

    public SubscribeRequest(Streams.PeerInfo peer, Optional<Relay> relay) {
        this(peer, relay, false);
    }

    /** @param protocol what its viewers are counted as */
    public static SubscribeRequest packager(String protocol) {
        return new SubscribeRequest(new Streams.PeerInfo(protocol, "packager"), Optional.empty(), true);
    }

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
     * @param numbers what the asking node knows of the stream's HLS numbering
     * @param oldest whether it starts at the oldest segment's start instead of the newest keyframe
     */
    public record Relay(
            NodeId node,
            long epoch,
            long afterSequence,
            List<NodeId> via,
            boolean inNeed,
            NextNumbers numbers,
            boolean oldest) {
        public Relay {
            via = List.copyOf(via);
        }

        public Relay(NodeId node, long epoch, long afterSequence, List<NodeId> via) {
            this(node, epoch, afterSequence, via, false);
        }

        public Relay(NodeId node, long epoch, long afterSequence, List<NodeId> via, boolean inNeed) {
            this(node, epoch, afterSequence, via, inNeed, NextNumbers.NONE, false);
        }
    }
}
