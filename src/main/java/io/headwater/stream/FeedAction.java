package io.headwater.stream;

import io.headwater.topology.Feed;
import io.headwater.topology.Peer;

/** What a {@link FeedMachine} wants done, in this order. */
sealed interface FeedAction {
    /** Ask the directory where the stream comes from; the answer carries {@code token} back. */
    record Ask(long token, long parkMs) implements FeedAction {}

    /**
     * Open a link to a peer, for what follows a sequence of an epoch (-1: from a keyframe); {@code inNeed} if the hub is in
     * the middle of the stream and nothing feeds it.
     */
    record Open(long link, Peer peer, long epoch, long afterSequence, boolean inNeed) implements FeedAction {}

    record Close(long link) implements FeedAction {}

    /** Tell the directory that a peer failed. */
    record Lost(Peer peer, long epoch) implements FeedAction {}

    /** A peer was silent for that long; another is opened beside it. */
    record Suspected(Peer peer, long silentMs) implements FeedAction {}

    /** A second link was opened beside the feed: to a better peer, or because the feed is silent. */
    record Doubled(boolean toMove) implements FeedAction {}

    /** One of two links is closed, or about to be; the second was opened at {@code sinceMs}. */
    record Single(long sinceMs) implements FeedAction {}

    /** The stream comes from {@code to} now. */
    record Switched(Peer to, String why) implements FeedAction {}

    /** Tell the directory that the publisher of that session is gone. */
    record Unpublish(long epoch, Directory.Departure departure) implements FeedAction {}

    /** Tell the publisher of that session that a newer one has the stream. */
    record StopPublisher(long epoch) implements FeedAction {}

    /** End the subscriptions that were made up to {@code joinedUpToMs}. */
    record EndSubscribers(Feed.Reason reason, long joinedUpToMs) implements FeedAction {}

    /** Free all memory, tell the directory that this node does not hold the stream, and forget it. */
    record Release() implements FeedAction {}
}
