package io.headwater.topology;

/**
 * What an entity hears: from the nodes of its own group, from the stream's entities in other groups
 * ({@link GroupMessage}), and about the cluster.
 *
 * <p>A {@code token} is given by the node; it rises with every request of that node, over restarts of the node as well (start
 * it from the wall clock). A request that is sent again because no answer came carries the same token.
 */
public sealed interface Event permits Event.OfNode, Event.Started, Event.ViewChanged, Event.TimerFired, GroupMessage {

    /** Sent by a node of the entity's own group. */
    sealed interface OfNode extends Event {}

    /**
     * The first event of every entity; it asks the group's nodes what they hold before it answers anything.
     *
     * @param waitMs how long it waits for those that do not answer
     */
    record Started(ClusterView view, long waitMs) implements Event {}

    /** Members came, went, are doubted or are trusted again. */
    record ViewChanged(ClusterView view) implements Event {}

    record TimerFired(Timer timer) implements Event {}

    /**
     * A publisher is connected to the node. Answered by {@link Action.Grant}, {@link Action.Taken} or
     * {@link Action.Unavailable}. A node that gets a grant it does not wait for any more answers {@link Unpublish}.
     *
     * @param graceMs how long players are kept if the publisher is lost
     * @param coarseTimeS seconds since 1970, roughly: makes epochs rise even where nobody remembers the last one
     * @param lostEpoch a session that is over by all that the node and the other nodes see: its publisher, and those
     *     before it, keep nobody out; 0 if there is none
     */
    record Publish(Peer node, long token, ConflictPolicy policy, long graceMs, long coarseTimeS, long lostEpoch)
            implements OfNode {}

    /**
     * The publisher of that session is gone. Ignored if there is a later one. Answered by {@link Action.Done}.
     *
     * @param finished whether the stream ends now, instead of after the grace
     */
    record Unpublish(NodeId node, long token, long epoch, boolean finished) implements OfNode {}

    /**
     * The node wants the stream, and holds it from now on until {@link Stop}. Answered by {@link Action.SendFeed} with
     * the token among its tokens; changes follow by themselves.
     *
     * @param parkMs how long to wait for a publisher if there is none
     */
    record Play(Peer node, long token, long parkMs) implements OfNode {}

    /** The node does not hold the stream any more. Ignored if the node asked again since. Answered by {@link Action.Done}. */
    record Stop(NodeId node, long token) implements OfNode {}

    /** The node could not go on with that peer as its feed in that session. */
    record Lost(NodeId node, NodeId peer, long epoch) implements OfNode {}

    /**
     * Acknowledges {@link Action.SendFeed}, sent for each of them.
     *
     * @param version that of the acknowledged feed
     * @param newest the highest version the node has seen for this stream; it ignores feeds below it
     * @param holds whether the node wants the stream at all
     */
    record FeedSeen(NodeId node, long version, long newest, boolean holds) implements OfNode {}

    /**
     * Answers {@link Action.AskHoldings}; or unasked, when the node has joined the group anew: then it is answered by
     * {@link Action.SendFeed}, and repeated until that comes.
     */
    record Claimed(Claim claim) implements OfNode {}
}
