package io.headwater.stream;

import io.headwater.media.StreamKey;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeId;
import io.headwater.topology.Role;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The media plane's view of the control plane: says who feeds whom, and is told what this node holds.
 *
 * <p>Implementations answer from any thread, never block, and survive a restart of the control plane: a call made
 * meanwhile waits a bounded time. No stage ever fails; what went wrong is an answer.
 */
public interface Directory {

    /** Claims the stream for a publisher that is connected to this node. */
    CompletionStage<Grant> publish(StreamKey key, OnConflict onConflict, long graceMs);

    /**
     * Claims the stream for a publisher of this node that stood by, because the session it stood by for seems to be gone.
     * Granted if nobody is found who publishes the stream, or who still gets frames of that session; else {@link Grant.Taken}.
     *
     * @param lostEpoch the session whose frames stay away; 0 if none was seen
     */
    CompletionStage<Grant> promote(StreamKey key, long lostEpoch, long graceMs);

    /** The publisher of that session is gone from this node. Ignored if a later session has begun. */
    void unpublish(StreamKey key, long epoch, Departure departure);

    /**
     * Resolves where this node gets the stream from. Waits up to {@code parkMs} for a publisher if there is none.
     * From the answer on, this node counts as a holder of the stream until {@link #released}.
     */
    CompletionStage<Feed> play(StreamKey key, long parkMs);

    /** This node does not hold the stream any more: no subscribers, no publisher. */
    void released(StreamKey key);

    /** This node could not go on with that feed and took the next candidate (or has none left). */
    void lost(StreamKey key, long epoch, NodeId peer);

    /** Registers who is told about changes and asked for what this node holds. Called once, before anything else. */
    void listen(Listener listener);

    /** What the media plane answers to the control plane. Called from any thread; must not block. */
    interface Listener {
        /** The entity changed where this node gets the stream from, or what it falls back on. */
        void onFeed(StreamKey key, Feed feed);

        /** The publisher of that session must stop: a newer one has the stream. */
        void onSuperseded(StreamKey key, long epoch, long byEpoch);

        /**
         * Ends the stream if its publisher is connected to this node: an operator wants that. Backups of it that are here
         * are sent away too.
         *
         * @return whether there was anybody to send away
         */
        default boolean stop(StreamKey key) {
            return false;
        }

        /** Everything this node holds at this moment. */
        List<Holding> holdings();

        /** What this node holds of one stream. */
        Optional<Holding> holding(StreamKey key);
    }

    /** What to do if the stream has a publisher already. */
    enum OnConflict {
        /** The newest publisher of the same key wins; viewers stay. */
        TAKEOVER,
        /** The newcomer is refused. */
        REJECT,
        /** The newcomer is refused, unless the publisher is a backup that went live: then that one gives way. */
        BACKUP
    }

    /** How a publisher left. */
    enum Departure {
        /** It said so, and the application ends streams at once then. */
        FINISHED,
        /** It may come back within the grace time. */
        LOST
    }

    /** The answer to a publisher. */
    sealed interface Grant {
        /** It holds the stream; its frames carry {@code epoch}. */
        record Granted(long epoch) implements Grant {}

        /** The stream has a publisher on {@code holder}, which keeps it. */
        record Taken(NodeId holder) implements Grant {}

        /** The cluster could not be asked within the limit. */
        record Unavailable(String reason) implements Grant {}
    }

    /**
     * One stream as this node holds it.
     *
     * @param feed the node it is pulled from; empty if the publisher is here or nothing feeds it now
     * @param published whether its publisher is connected to this node
     * @param lastSequence the newest frame's sequence within {@code epoch}, -1 if none arrived yet
     * @param viewers players served by this node; relays to other nodes are not counted
     * @param relays nodes that pull the stream from this one
     * @param standbys backup publishers that are connected to this node and wait
     * @param backup whether the publisher of this node is a backup that went live
     * @param silentMs how long ago the newest frame came
     */
    record Holding(
            StreamKey key,
            long epoch,
            Role role,
            boolean published,
            Optional<NodeId> feed,
            long lastSequence,
            int viewers,
            int relays,
            int standbys,
            boolean backup,
            long silentMs) {}
}
