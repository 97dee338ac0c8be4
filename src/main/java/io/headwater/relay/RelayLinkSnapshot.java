package io.headwater.relay;

import io.headwater.media.StreamKey;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;

/**
 * One link at one moment.
 *
 * @param direction whether this node gets or gives the stream
 * @param peer the node at the other end
 * @param group the peer's node group, as it said itself
 * @param address the peer's {@code host:port}
 * @param epoch the session the last frame belonged to, 0 before the first
 * @param sequence of the last frame, -1 before the first
 * @param bytes relayed on this link, headers included
 * @param frames relayed on this link
 * @param sinceMs wall clock when the link was opened, for display only
 * @param roundTripUs of the last keep-alive in microseconds, -1 if not measured yet
 */
public record RelayLinkSnapshot(
        Direction direction,
        NodeId peer,
        NodeGroup group,
        String address,
        StreamKey key,
        long epoch,
        long sequence,
        long bytes,
        long frames,
        long sinceMs,
        long roundTripUs) {

    /** Seen from this node. */
    public enum Direction {
        IN,
        OUT
    }
}
