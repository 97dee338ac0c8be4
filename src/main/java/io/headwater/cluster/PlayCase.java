package io.headwater.cluster;

import io.headwater.topology.Feed;

/**
 * What becomes of a player's request while no feed comes from the stream's entity. The entity answers at once, or says that
 * it has the play and will answer when somebody publishes; when it does neither, the nodes are asked.
 */
final class PlayCase {
    /** An entity has so long after the play's own time to say that nobody came. */
    private static final long ANSWER_MARGIN_MS = 2_000;
    /** One that was fed by a holder goes on so long for its entity to learn of it. */
    private static final long SETTLE_MS = 60_000;

    /** What to do now. */
    enum Verdict {
        WAIT,
        ASK_NODES,
        /** Its time is over: it is told {@link #nothing}. */
        GIVE_UP,
        /** It was answered long ago and is not asked again. */
        SETTLED
    }

    private PlayCase() {}

    /**
     * @param connected whether there is a cluster to ask
     * @param silentMs how long there was one, and no answer
     */
    static Verdict next(
            Request.Playing request, boolean connected, long silentMs, long nowMs, ClusterSettings settings) {
        long waitedMs = nowMs - request.startedMs;
        if (request.answer.isDone()) {
            return waitedMs > SETTLE_MS ? Verdict.SETTLED : Verdict.WAIT;
        }
        long limitMs = request.parkMs
                + (connected ? ANSWER_MARGIN_MS : settings.restartWait().toMillis());
        if (waitedMs >= limitMs) {
            return Verdict.GIVE_UP;
        }
        long silenceMs = settings.silence().toMillis();
        boolean silent = connected && !request.parked && silentMs >= silenceMs;
        return silent && nowMs - request.askedNodesMs >= 2 * silenceMs ? Verdict.ASK_NODES : Verdict.WAIT;
    }

    /** The answer to a play whose time is over: whether anybody said that nobody publishes the stream. */
    static Feed nothing(Request.Playing request) {
        boolean known = request.parked || request.nobodyHasIt;
        return new Feed.Nothing(known ? Feed.Reason.NOT_PUBLISHED : Feed.Reason.UNAVAILABLE);
    }
}
