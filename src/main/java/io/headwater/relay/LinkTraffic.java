package io.headwater.relay;

import io.headwater.media.StreamKey;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.util.concurrent.atomic.LongAdder;

/** What one link has relayed. Written by the link's stage only, read by anybody. */
final class LinkTraffic {
    private final RelayLinkSnapshot.Direction direction;
    private final NodeId peer;
    private final NodeGroup group;
    private final String address;
    private final StreamKey key;
    private final long sinceMs = System.currentTimeMillis();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder frames = new LongAdder();
    private volatile long epoch;
    private volatile long sequence = -1;
    private volatile long roundTripUs = -1;

    LinkTraffic(RelayLinkSnapshot.Direction direction, NodeId peer, NodeGroup group, String address, StreamKey key) {
        this.direction = direction;
        this.peer = peer;
        this.group = group;
        this.address = address;
        this.key = key;
    }

    void bytes(int count) {
        bytes.add(count);
    }

    void frame(long ofEpoch, long withSequence) {
        frames.increment();
        epoch = ofEpoch;
        sequence = withSequence;
    }

    void roundTrip(long us) {
        roundTripUs = us;
    }

    RelayLinkSnapshot snapshot() {
        return new RelayLinkSnapshot(
                direction, peer, group, address, key, epoch, sequence, bytes.sum(), frames.sum(), sinceMs, roundTripUs);
    }
}
