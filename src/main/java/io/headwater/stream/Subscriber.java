package io.headwater.stream;

import io.headwater.topology.Feed;
import io.headwater.topology.NodeId;
import java.util.List;

/** Hears about one subscription, always on the executor it was made with. */
public interface Subscriber {
    /** There may be something for {@link Subscription#poll}. Poll until it returns null, or until the peer is full. */
    void onReadable();

    /**
     * The subscription is over: there is no such stream, or it ended, or the subscriber was too slow for too long.
     * Entries that were not polled yet may still be polled. Called once, last.
     */
    void onEnd(End end);

    /** The nodes the stream passes up to and including this one, main origin first; again when that changes. */
    default void onPath(List<NodeId> path) {}

    /**
     * The stream runs here and the subscription has its place in it. Told once, before the first entry and after the
     * first {@link #onPath}, also when there is no entry to poll yet: a relay can welcome its peer now.
     *
     * @param epoch the session the next entry belongs to; a newer one may follow
     * @param resumed whether the entries follow {@link SubscribeRequest.Relay#afterSequence} without a gap
     */
    default void onStarted(long epoch, boolean resumed) {}

    /** Why a subscription ended. */
    sealed interface End {
        /** There is no feed. */
        record NoFeed(Feed.Reason reason) implements End {}

        /** The subscriber fell behind for longer than the application allows. */
        record TooSlow() implements End {}

        /** The asking node is what feeds this node, or is on the way to it. */
        record Loop() implements End {}

        /** This node refuses: a limit is reached, or it shuts down. */
        record Refused(String reason) implements End {}
    }
}
