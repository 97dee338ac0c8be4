package io.headwater.cluster;

import io.headwater.cluster.Request.Publishing.Kind;
import io.headwater.stream.Directory.Grant;
import io.headwater.stream.Directory.Holding;
import io.headwater.topology.ConflictPolicy;
import io.headwater.topology.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of a publisher's request, given what the stream's entity and the nodes have said so far. Does nothing
 * itself but take notes in the request.
 *
 * <p>The entity decides as long as it answers. The nodes are asked when it is silent, and when a publisher that stood by
 * says that the stream's frames stay away: then the entity may still trust a node that has just died.
 */
final class PublishCase {
    /** A node that had a frame within this time is fed by a publisher that lives. */
    private static final long FRESH_MS = 150;
    /** An entity of the own group answers well within this time, if nothing is wrong. */
    private static final long ENTITY_MS = 150;
    /** Where several stand by, the others let the one with the lowest name go first for so long. */
    private static final long DEFER_MS = 250;
    /** A publisher that stands by asks again itself. */
    private static final long STANDBY_LIMIT_MS = 3_000;

    /** What to do now. */
    enum Verdict {
        WAIT,
        ASK_NODES,
        /** Somebody else has the stream. */
        TAKEN,
        /** Ask the entity again, which is to disregard the session that was lost, or the backup that is live. */
        INSIST,
        /** The node grants by itself. */
        GRANT
    }

    private PublishCase() {}

    /** @param silentMs how long there was a cluster to ask, and no answer */
    static Verdict next(
            Request.Publishing request, Optional<Holding> own, long silentMs, long nowMs, ClusterSettings settings) {
        return switch (request.kind) {
            case STANDBY -> standby(request, own, nowMs);
            case OVER_BACKUPS ->
                request.takenBy == null ? plain(request, own, silentMs, nowMs, settings) : overBackup(request, own);
            case PLAIN -> request.takenBy == null ? plain(request, own, silentMs, nowMs, settings) : Verdict.TAKEN;
        };
    }

    /** An entity that is silent although the stream is known has died; one of a stream that nobody knows may be starting. */
    private static Verdict plain(
            Request.Publishing request, Optional<Holding> own, long silentMs, long nowMs, ClusterSettings settings) {
        boolean patient = silentMs < settings.publishWait().toMillis();
        if (request.poll == null) {
            return silentMs >= settings.silence().toMillis() ? Verdict.ASK_NODES : Verdict.WAIT;
        }
        if (!request.pollIsOver) {
            return Verdict.WAIT;
        }
        boolean known = own.filter(holding -> holding.epoch() > 0).isPresent()
                || HolderFeed.highestEpoch(request.poll.answers) > 0;
        if (known) {
            return Verdict.GRANT;
        }
        if (patient) {
            return Verdict.WAIT;
        }
        boolean old = nowMs - request.askedNodesMs > settings.silence().toMillis();
        return old ? Verdict.ASK_NODES : Verdict.GRANT;
    }

    private static Verdict overBackup(Request.Publishing request, Optional<Holding> own) {
        if (request.insistedMs != 0) {
            return Verdict.TAKEN;
        }
        if (own.filter(PublishCase::backup).isPresent()) {
            return Verdict.INSIST;
        }
        if (request.poll == null) {
            return Verdict.ASK_NODES;
        }
        // not only whom the entity names: where the home's entity died with the main origin, others have not heard of
        // the backup
        if (HolderFeed.publisher(request.poll.answers)
                .filter(PublishCase::isBackup)
                .isPresent()) {
            return Verdict.INSIST;
        }
        boolean answered = request.poll.answers.stream()
                .anyMatch(holder -> holder.node().node().equals(request.takenBy)
                        && holder.holding().isPresent());
        return answered || request.pollIsOver ? Verdict.TAKEN : Verdict.WAIT;
    }

    private static boolean isBackup(Holder holder) {
        return holder.holding().filter(PublishCase::backup).isPresent();
    }

    private static boolean backup(Holding holding) {
        return holding.published() && holding.backup();
    }

    private static Verdict standby(Request.Publishing request, Optional<Holding> own, long nowMs) {
        if (nowMs - request.startedMs > STANDBY_LIMIT_MS) {
            return Verdict.TAKEN;
        }
        if (request.poll == null) {
            return Verdict.ASK_NODES;
        }
        Optional<NodeId> alive = alive(request.poll.answers, request.lostEpoch);
        if (alive.isPresent()
                || own.filter(holding -> isAlive(holding, request.lostEpoch)).isPresent()) {
            request.takenBy = alive.orElse(request.takenBy);
            return Verdict.TAKEN;
        }
        if (!request.pollIsOver) {
            return Verdict.WAIT;
        }
        boolean insisted = request.insistedMs != 0;
        if (request.takenBy != null) {
            return insisted || request.lostEpoch == 0 ? Verdict.TAKEN : Verdict.INSIST;
        }
        long askedMs = insisted ? request.insistedMs : request.startedMs;
        return nowMs - askedMs >= ENTITY_MS ? inTurn(request, nowMs) : Verdict.WAIT;
    }

    /** The entity is silent as well: of all who stand by one goes first, and the nodes know what came of it. */
    private static Verdict inTurn(Request.Publishing request, long nowMs) {
        if (request.deferredMs == 0) {
            if (isFirst(request)) {
                return Verdict.GRANT;
            }
            request.deferredMs = nowMs;
            return Verdict.WAIT;
        }
        if (request.askedNodesMs > request.deferredMs) {
            return Verdict.GRANT;
        }
        return nowMs - request.deferredMs >= DEFER_MS ? Verdict.ASK_NODES : Verdict.WAIT;
    }

    private static boolean isFirst(Request.Publishing request) {
        return request.poll == null
                || request.poll.answers.stream()
                        .noneMatch(holder -> holder.node().node().compareTo(request.node) < 0
                                && holder.holding()
                                        .filter(it -> it.standbys() > 0)
                                        .isPresent());
    }

    /**
     * What the publisher is told instead where its node would grant by itself, given who was found to hold the stream;
     * empty if the node grants.
     *
     * @param connected whether there is a cluster to ask
     */
    static Optional<Grant> refusal(Request.Publishing request, List<Holder> holders, boolean connected) {
        Optional<Holder> publisher = HolderFeed.publisher(holders)
                .filter(holder -> !holder.node().node().equals(request.node));
        boolean yields = request.kind == Kind.OVER_BACKUPS
                && publisher.filter(PublishCase::isBackup).isPresent();
        boolean keeps = publisher.isPresent() && request.kind != Kind.STANDBY && !request.isOverBackup() && !yields;
        if (request.policy != ConflictPolicy.REJECT || (connected && !keeps)) {
            return Optional.empty();
        }
        return Optional.of(publisher
                .<Grant>map(holder -> new Grant.Taken(holder.node().node()))
                .orElseGet(() -> new Grant.Unavailable("the cluster cannot be asked who publishes")));
    }

    /** A node that publishes the stream, is in a newer session than the lost one, or still gets frames of it. */
    static Optional<NodeId> alive(List<Holder> answers, long lostEpoch) {
        return answers.stream()
                .filter(holder -> holder.holding()
                        .filter(holding -> isAlive(holding, lostEpoch))
                        .isPresent())
                .map(holder -> holder.node().node())
                .findFirst();
    }

    private static boolean isAlive(Holding holding, long lostEpoch) {
        if (holding.epoch() < lostEpoch) {
            return false;
        }
        boolean fed = holding.feed().isPresent() && holding.silentMs() < FRESH_MS;
        return holding.published() || fed;
    }
}
