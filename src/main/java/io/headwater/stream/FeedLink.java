package io.headwater.stream;

import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.util.List;

/** One upstream link as the {@link FeedMachine} sees it. */
final class FeedLink {
    /** Why a link was opened. */
    enum Purpose {
        /** There is no other. */
        FEED,
        /** The feed is silent; whichever delivers first is taken. */
        RESCUE,
        /** The directory names a better peer; taken as soon as it continues without a gap. */
        MOVE
    }

    final long id;
    final Peer peer;
    final long openedAt;
    Purpose purpose;
    /** What all links to the peer hear. */
    private final Pulses.Pulse pulse;

    /** When something arrived last, or when the link was opened. */
    private long heardAt;

    /** When a frame arrived last. */
    long frameAt = Long.MIN_VALUE;

    /** Since when it delivers what the feed has delivered before, -1 if it does not. */
    long behindSince = -1;

    /** The peer asked this node for the stream because it has none itself: its signs of life say nothing until a frame. */
    boolean starved;

    boolean welcomed;
    boolean delivering;
    /** Whether it delivered for long enough to be trusted. */
    boolean proved;

    boolean resumed;
    List<NodeId> path = List.of();

    FeedLink(long id, Peer peer, Pulses.Pulse pulse, Purpose purpose, long nowMs) {
        this.id = id;
        this.pulse = pulse;
        this.peer = peer;
        this.purpose = purpose;
        this.openedAt = nowMs;
        this.heardAt = nowMs;
    }

    long heardAt() {
        return heardAt;
    }

    /** Something arrived over this link. */
    void heard(long nowMs) {
        heardAt = nowMs;
        pulse.heard(nowMs);
    }

    /** Whether the peer said something within the last {@code ms}, over this link or another one. */
    boolean isPeerHeard(long ms, long nowMs) {
        return pulse.within(ms, nowMs);
    }
}
