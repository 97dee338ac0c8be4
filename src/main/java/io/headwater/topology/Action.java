package io.headwater.topology;

import java.util.List;

/** What an entity wants done. To be carried out in the order given. */
public sealed interface Action {

    /** Answers {@link Event.Publish}: the publisher holds the stream in this session. */
    record Grant(NodeId node, long token, long epoch) implements Action {}

    /** Answers {@link Event.Publish}: the stream has a publisher on {@code holder}. */
    record Taken(NodeId node, long token, NodeId holder) implements Action {}

    /** Answers {@link Event.Publish}: nothing can be decided now. */
    record Unavailable(NodeId node, long token, String reason) implements Action {}

    /** Answers {@link Event.Unpublish} and {@link Event.Stop}. */
    record Done(NodeId node, long token) implements Action {}

    /**
     * The node's publisher of session {@code epoch} must stop: {@code byEpoch} has the stream. Not acknowledged: a node
     * that publishes in a lower epoch than a feed it is sent takes that feed for the same order.
     */
    record StopPublisher(NodeId node, long epoch, long byEpoch) implements Action {}

    /**
     * Where the node gets the stream from, from now on. The node applies it if its version is not below the highest it
     * has seen for this stream, and answers {@link Event.FeedSeen} in any case.
     *
     * @param tokens the plays of this node that are answered by it; empty if it only tells of a change
     */
    record SendFeed(NodeId node, long version, Feed feed, List<Long> tokens) implements Action {
        public SendFeed {
            tokens = List.copyOf(tokens);
        }
    }

    /** Asks these nodes of the own group what they hold of the stream; each answers {@link Event.Claimed}. */
    record AskHoldings(List<NodeId> nodes, long round) implements Action {
        public AskHoldings {
            nodes = List.copyOf(nodes);
        }
    }

    /** Sends a message to the stream's entity in another group, where it arrives as the event it is. */
    record Tell(NodeGroup to, GroupMessage message) implements Action {}

    record SetTimer(Timer timer, long delayMs) implements Action {}

    record CancelTimer(Timer timer) implements Action {}

    /** Something an operator would want told, to be logged and counted by its kind. */
    record Note(Kind kind, String from, String to, String why) implements Action {
        /** What happened. */
        public enum Kind {
            /** The stream has a new main origin. */
            MAIN_ORIGIN,
            /** Another node feeds the group from outside, or nobody any more. */
            SECONDARY_ORIGIN,
            /** The publisher is gone; players are held. */
            HELD,
            /** The stream is over. */
            ENDED,
            /** Two groups or nodes published the stream at once; this side gave way. */
            CONCEDED,
            /** The same, and the other side has to give way. */
            PREVAILED,
            /** Two sessions had one epoch; settled by name. */
            EPOCH_TIE,
            /** A publisher of an older session was told to stop. */
            FENCED,
            /** A limit was reached; the newest request was refused. */
            REFUSED
        }
    }

    /** Nothing is left to remember: the entity may end. Another event may still come and is served as usual. */
    record Stop() implements Action {}
}
