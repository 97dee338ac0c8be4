package io.headwater.cluster;

import io.headwater.media.StreamKey;
import io.headwater.stream.Directory.Grant;
import io.headwater.topology.ConflictPolicy;
import io.headwater.topology.Event;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Something this node wants of a stream's entity and repeats until it is answered. Guarded by its {@link Desk}. */
abstract sealed class Request {
    final StreamKey key;
    final long token;
    final long startedMs;
    long sentMs;
    /** When the nodes were asked last; 0 if they were not. */
    long askedNodesMs;
    /** The answers to that; null if they were not asked, or nothing came of it. */
    @Nullable
    Poll poll;

    private Request(StreamKey key, long token, long nowMs) {
        this.key = key;
        this.token = token;
        this.startedMs = nowMs;
    }

    /** What the stream's entity is asked with now. */
    abstract Event.OfNode event(Peer self, long nowMs);

    /** How long an answer is waited for until it is asked again. */
    abstract long repeatMs(long silenceMs);

    boolean isDue(long nowMs, long silenceMs) {
        return nowMs - sentMs >= repeatMs(silenceMs);
    }

    /** A publisher waits for its grant. Decided by {@link PublishCase}. */
    static final class Publishing extends Request {
        private static final long REPEAT_MS = 300;

        /** What the publisher is, beside the policy of its application. */
        enum Kind {
            PLAIN,
            /** It takes the stream over from a publisher that is a backup, from no other. */
            OVER_BACKUPS,
            /** It stood by for the session {@link #lostEpoch}, whose frames stay away. */
            STANDBY
        }

        final NodeId node;
        final Kind kind;
        final ConflictPolicy policy;
        final long graceMs;
        final long lostEpoch;
        /** The entity said that this node's publisher has the stream; null if it has not answered. */
        @Nullable
        NodeId takenBy;
        /** When the entity was asked a second time, with what the nodes had said; 0 if it was not. */
        long insistedMs;
        /** When another publisher that stands by was let go first; 0 if none was. */
        long deferredMs;

        boolean pollIsOver;
        /** Whether the node held the stream before; if not, a refusal leaves nothing behind. */
        final boolean heldBefore;

        final CompletableFuture<Grant> answer = new CompletableFuture<>();

        Publishing(
                StreamKey key,
                long token,
                long nowMs,
                NodeId node,
                Kind kind,
                ConflictPolicy policy,
                long graceMs,
                long lostEpoch,
                boolean heldBefore) {
            super(key, token, nowMs);
            this.node = node;
            this.kind = kind;
            this.policy = policy;
            this.graceMs = graceMs;
            this.lostEpoch = lostEpoch;
            this.heldBefore = heldBefore;
        }

        @Override
        Event.OfNode event(Peer self, long nowMs) {
            long lost = insistedMs == 0 ? 0 : lostEpoch;
            return new Event.Publish(self, token, policyNow(), graceMs, startedMs / 1000, lost);
        }

        /** Whether a backup is live the entity does not know. */
        private ConflictPolicy policyNow() {
            return isOverBackup() ? ConflictPolicy.TAKEOVER : policy;
        }

        /** It is known to take the stream over from a backup. */
        boolean isOverBackup() {
            return kind == Kind.OVER_BACKUPS && insistedMs != 0;
        }

        @Override
        long repeatMs(long silenceMs) {
            return REPEAT_MS;
        }
    }

    /** A player waits for a feed. Goes on after it has one from a holder, until the entity knows. */
    static final class Playing extends Request {
        /** There is no hurry where the player has its feed, or the entity has the play. */
        private static final long PARKED_REPEAT_MS = 2_000;

        final long parkMs;
        final CompletableFuture<Feed> answer = new CompletableFuture<>();
        /** The entity said that it has the play and will answer. */
        boolean parked;
        /** Nodes answered that nobody has the stream. */
        boolean nobodyHasIt;

        Playing(StreamKey key, long token, long nowMs, long parkMs) {
            super(key, token, nowMs);
            this.parkMs = parkMs;
        }

        @Override
        Event.OfNode event(Peer self, long nowMs) {
            return new Event.Play(self, token, Math.max(0, parkMs - (nowMs - startedMs)));
        }

        @Override
        long repeatMs(long silenceMs) {
            return parked || answer.isDone() ? PARKED_REPEAT_MS : silenceMs;
        }
    }

    /** The node lets go of the stream or of its publisher; nobody waits for the answer. */
    static final class Leaving extends Request {
        final Event.OfNode event;

        Leaving(StreamKey key, long token, long nowMs, Event.OfNode event) {
            super(key, token, nowMs);
            this.event = event;
        }

        @Override
        Event.OfNode event(Peer self, long nowMs) {
            return event;
        }

        @Override
        long repeatMs(long silenceMs) {
            return silenceMs;
        }
    }
}
