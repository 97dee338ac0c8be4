package io.headwater.topology;

import io.headwater.topology.Action.Note.Kind;
import io.headwater.topology.PlanState.Phase;
import java.util.List;

/** What a node says it holds, heard by an entity that has recovered. */
final class Claims {
    private Claims() {}

    static void claimed(Turn turn, Claim claim) {
        PlanState state = turn.state;
        NodeId node = claim.node().node();
        Suspicion.answered(turn, claim);
        state.unanswered.remove(node);
        state.version = Math.max(state.version, claim.version());
        state.highestEpoch = Math.max(state.highestEpoch, Recovery.epoch(claim));
        if (!claim.holds()) {
            nothing(turn, claim);
        } else if (claim.published()) {
            published(turn, claim);
        } else {
            if (state.at(Phase.HOME) && state.isMainOrigin(node)) {
                notPublished(turn, claim);
            }
            holding(turn, claim);
        }
        if (claim.holds() && claim.round() == 0) {
            // A node that speaks unasked repeats itself until it is told its feed.
            state.holders.computeIfPresent(node, (id, holder) -> Players.untold(holder));
        }
    }

    private static void nothing(Turn turn, Claim claim) {
        PlanState state = turn.state;
        NodeId node = claim.node().node();
        Holder holder = state.holders.get(node);
        if (holder == null || claim.round() <= holder.toldVersion()) {
            return;
        }
        Players.leave(turn, node, "not held");
    }

    /** The main origin's node says that it does not publish. Its grant may still be on its way to it. */
    private static void notPublished(Turn turn, Claim claim) {
        PlanState state = turn.state;
        if (state.confirmed || state.confirmAsks > 0) {
            Publishers.hold(turn, "not published any more");
        } else if (claim.round() == 0) {
            turn.note(Kind.REFUSED, claim.node().node().name(), "-", "unasked claim during a grant");
        }
    }

    private static void published(Turn turn, Claim claim) {
        PlanState state = turn.state;
        NodeId node = claim.node().node();
        long ours = state.known.epoch();
        if (state.at(Phase.ABSENT)) {
            if (state.known.ended() || claim.epoch() >= ours) {
                takeOver(turn, claim);
            } else {
                giveWay(turn, claim, ours);
            }
        } else if (claim.epoch() > ours) {
            if (state.at(Phase.HOME) && state.known.live()) {
                NodeId old = state.known.origin().orElseThrow().node();
                Publishers.fence(turn, old, ours, claim.epoch());
            }
            takeOver(turn, claim);
        } else if (claim.epoch() < ours) {
            giveWay(turn, claim, ours);
        } else if (state.at(Phase.HOME) && state.isMainOrigin(node)) {
            state.confirmed = true;
            turn.cancel(Timer.Kind.CONFIRM);
            if (!state.holders.containsKey(node)) {
                Recovery.adopt(state, claim);
            }
        } else if (state.known.origin().isEmpty() || state.isMainOrigin(node)) {
            // Its node was away from the cluster, or comes from the group that was the home.
            takeOver(turn, claim);
            state.confirmed = false;
            turn.set(Timer.Kind.CONFIRM, Limits.CONFIRM_MS);
        } else {
            tie(turn, claim);
        }
    }

    /** Two nodes publish in one epoch: the lower name of home, then node, keeps it. */
    private static void tie(Turn turn, Claim claim) {
        PlanState state = turn.state;
        Peer main = state.known.origin().orElseThrow();
        NodeId node = claim.node().node();
        turn.note(Kind.EPOCH_TIE, main.node().name(), node.name(), "epoch " + claim.epoch());
        int order = state.self().compareTo(state.known.home());
        if (order < 0 || (order == 0 && node.compareTo(main.node()) < 0)) {
            if (order == 0) {
                Publishers.fence(turn, main.node(), claim.epoch(), claim.epoch());
            }
            takeOver(turn, claim);
        } else {
            giveWay(turn, claim, claim.epoch());
        }
    }

    private static void takeOver(Turn turn, Claim claim) {
        PlanState state = turn.state;
        long grace = state.known.graceMs() > 0 ? state.known.graceMs() : Limits.GRACE_MS;
        Recovery.adopt(state, claim);
        Publishers.become(turn, claim.epoch(), claim.node(), grace);
    }

    private static void giveWay(Turn turn, Claim claim, long byEpoch) {
        Publishers.fence(turn, claim.node().node(), claim.epoch(), byEpoch);
        keep(turn.state, claim);
    }

    private static void holding(Turn turn, Claim claim) {
        PlanState state = turn.state;
        if (Recovery.epoch(claim) == 0) {
            // It has just asked; its play is on its way.
            return;
        }
        boolean over = state.at(Phase.ABSENT) && state.known.ended();
        if (over && (state.known.epoch() == 0 || Recovery.epoch(claim) > state.known.epoch())) {
            Recovery.rebuild(turn, List.of(claim));
        } else {
            keep(state, claim);
        }
    }

    /**
     * A holder that is known stays as it is, and is told again what it says it does not have. An unknown one is taken in
     * and told its feed: if its stop has overtaken the claim, its answer says so.
     */
    private static void keep(PlanState state, Claim claim) {
        Holder holder = state.holders.get(claim.node().node());
        if (holder == null) {
            Recovery.adopt(state, claim);
            state.holders.computeIfPresent(claim.node().node(), (id, taken) -> Players.untold(taken));
        } else if (claim.version() < holder.toldVersion() && claim.round() > holder.toldVersion()) {
            state.holders.put(holder.node(), holder.withSeen(false));
        } else if (claim.version() > holder.toldVersion()) {
            state.holders.put(holder.node(), Players.untold(holder));
        } else if (claim.version() == holder.toldVersion()) {
            state.holders.put(holder.node(), holder.withSeen(true));
        }
    }
}
