package io.headwater.cluster;

import io.headwater.media.StreamKey;
import io.headwater.stream.Directory.Grant;
import io.headwater.topology.Event;
import io.headwater.topology.Feed;
import java.util.concurrent.CompletableFuture;

/** Something this node wants of a stream's entity and repeats until it is answered. Guarded by its {@link Desk}. */
abstract sealed class Request {
    final StreamKey key;
    final long token;
    final long startedMs;
    long sentMs;
    /** When the nodes were asked because the entity was silent; 0 if they were not. */
    long askedNodesMs;

    private Request(StreamKey key, long token, long nowMs) {
        this.key = key;
        this.token = token;
        this.startedMs = nowMs;
    }

    /** A publisher waits for its grant. */
    static final class Publishing extends Request {
        final io.headwater.topology.ConflictPolicy policy;
        final long graceMs;
        /** Whether the node held the stream before; if not, a refusal leaves nothing behind. */
        final boolean heldBefore;

        final CompletableFuture<Grant> answer = new CompletableFuture<>();

        Publishing(
                StreamKey key,
                long token,
                long nowMs,
                io.headwater.topology.ConflictPolicy policy,
                long graceMs,
                boolean heldBefore) {
            super(key, token, nowMs);
            this.policy = policy;
            this.graceMs = graceMs;
            this.heldBefore = heldBefore;
        }
    }

    /** A player waits for a feed. Goes on after it has one from a holder, until the entity knows. */
    static final class Playing extends Request {
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
    }

    /** The node lets go of the stream or of its publisher; nobody waits for the answer. */
    static final class Leaving extends Request {
        final Event.OfNode event;

        Leaving(StreamKey key, long token, long nowMs, Event.OfNode event) {
            super(key, token, nowMs);
            this.event = event;
        }
    }
}
