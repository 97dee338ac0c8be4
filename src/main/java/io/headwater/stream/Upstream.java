package io.headwater.stream;

import io.headwater.codec.hls.NextNumbers;
import io.headwater.media.Frame;
import io.headwater.media.StreamKey;
import io.headwater.media.Tracks;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.util.List;
import java.util.Optional;

/** Pulls streams from other nodes: what a hub needs of the relay. */
public interface Upstream {

    /**
     * Opens a link to {@code peer} and delivers what it sends to {@code sink} until {@link Link#close} or until the
     * sink was told that the link ended. Returns at once; failing to connect is told to the sink.
     */
    Link open(Peer peer, Request request, Sink sink);

    /**
     * Says from whom the stream would be pulled next, if what feeds it failed; nobody if empty, which is how it begins. What is
     * done for that is up to the implementation: a link that is opened to that peer may begin sooner.
     */
    default void next(StreamKey key, Optional<Peer> peer) {}

    /** One open link. */
    interface Link {
        /** Ends the link; the sink hears nothing after this returns except calls that were already running. */
        void close();
    }

    /**
     * What is asked of the peer.
     *
     * @param epoch the epoch the asking hub is in, 0 if it has none yet
     * @param afterSequence everything after this sequence of {@code epoch} is wanted; -1 to start at the newest keyframe
     * @param via the asking node and the nodes that wait behind it; a peer that finds itself in it refuses
     * @param inNeed whether the asking hub is in the middle of the stream and what fed it is silent or gone: a peer that
     *     is fed by it looks for another feed then
     * @param numbers what the asking hub knows of the stream's HLS numbering
     * @param oldest whether to start at the oldest segment's start the peer has instead of the newest keyframe
     */
    record Request(
            StreamKey key,
            long epoch,
            long afterSequence,
            List<NodeId> via,
            boolean inNeed,
            NextNumbers numbers,
            boolean oldest) {
        public Request {
            via = List.copyOf(via);
        }

        public Request(StreamKey key, long epoch, long afterSequence, List<NodeId> via) {
            this(key, epoch, afterSequence, via, false, NextNumbers.NONE, false);
        }
    }

    /** Hears what a link delivers. Never called by two threads at once for one link; must not block. */
    interface Sink {
        /**
         * The peer serves the stream.
         *
         * @param epoch the session the frames that follow belong to
         * @param resumed whether the frames follow {@link Request#afterSequence} without a gap
         * @param path the nodes the stream passed up to and including the peer, main origin first. Called again when
         *     it changes.
         */
        void onWelcome(long epoch, boolean resumed, List<NodeId> path);

        /**
         * The tracks in force at the frame that follows, those included that have no frame for a while (the standing
         * metadata). Told after {@link #onWelcome} and again when frames were left out.
         */
        default void onTracks(Tracks tracks) {}

        /** A frame, in the order of the peer's sequence; its epoch may be newer than the welcome's. */
        void onFrame(Frame frame);

        /** Something arrived that shows the link and the peer's stream are alive although there is no frame to send. */
        void onAlive();

        /**
         * The peer took the link and is alive, but has no place in the stream for it yet: it waits for its own feed or
         * for a publisher. Told when it took the link and with every sign of life until {@link #onWelcome}.
         */
        default void onWaiting() {}

        /** The link is over and delivers nothing more. */
        void onClosed(Closed closed);
    }

    /**
     * How a link ended.
     *
     * @param detail one line for the log
     */
    record Closed(Kind kind, String detail) {
        /** Why a link ended. */
        public enum Kind {
            /** The peer says that the stream ended there; the control plane will say what comes next. */
            ENDED,
            /** The peer does not have the stream. */
            NOT_HERE,
            /** The peer is in a newer epoch than the request can join, or refuses an old one. */
            STALE,
            /** The peer is fed by the asking node. */
            LOOP,
            /** The peer refuses: secret, version, capacity, draining. */
            REFUSED,
            /** No connection, or it broke. */
            BROKEN
        }
    }
}
