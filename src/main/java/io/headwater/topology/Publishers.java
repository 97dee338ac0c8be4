package io.headwater.topology;

import io.headwater.topology.Action.Note.Kind;
import io.headwater.topology.PlanState.Phase;
import java.util.List;
import java.util.Optional;

/** Publishers of the own group: who may begin, and what it means that one is gone. */
final class Publishers {
    private Publishers() {}

    static void publish(Turn turn, Event.Publish publish) {
        PlanState state = turn.state;
        if (state.publishes.contains(publish)) {
            return;
        }
        if (state.at(Phase.ABSENT) && Search.askOthers(turn)) {
            if (state.publishes.size() >= Limits.PUBLISHES) {
                refuse(turn, publish, "too many publishers wait");
            } else {
                state.publishes.add(publish);
            }
        } else {
            decide(turn, publish);
        }
    }

    /** Decides when everybody was asked who can be. */
    static void decide(Turn turn, Event.Publish publish) {
        PlanState state = turn.state;
        NodeId node = publish.node().node();
        state.silent.remove(node);
        Holder before = state.holders.get(node);
        if (before != null && publish.token() <= before.publishToken()) {
            repeated(turn, publish, before);
        } else if (publish.policy() == ConflictPolicy.REJECT
                && state.known.epoch() > publish.lostEpoch()
                && sureOfPublisher(state)) {
            NodeId holder = state.known.origin().orElseThrow().node();
            turn.act(new Action.Taken(node, publish.token(), holder));
        } else if (before == null && state.holders.size() >= Limits.HOLDERS) {
            refuse(turn, publish, "too many nodes hold the stream");
        } else {
            grant(turn, publish);
        }
    }

    /** The answer to a request that was answered already: the same grant if it still stands. */
    private static void repeated(Turn turn, Event.Publish publish, Holder holder) {
        PlanState state = turn.state;
        if (state.at(Phase.HOME)
                && publish.token() == holder.publishToken()
                && state.isMainOrigin(publish.node().node())) {
            turn.act(new Action.Grant(publish.node().node(), publish.token(), state.known.epoch()));
        } else {
            refuse(turn, publish, "a later request took its place");
        }
    }

    private static void refuse(Turn turn, Event.Publish publish, String why) {
        turn.act(new Action.Unavailable(publish.node().node(), publish.token(), why));
        turn.note(Kind.REFUSED, publish.node().node().name(), "-", why);
    }

    /** Whether there is a publisher that nothing speaks against: only such a one keeps others out. */
    private static boolean sureOfPublisher(PlanState state) {
        if (!state.served()
                || !state.known.live()
                || state.view.drains(state.known.origin().orElseThrow().node())) {
            return false;
        }
        return state.at(Phase.HOME)
                ? state.known
                        .origin()
                        .filter(peer -> trusted(state, peer.node()))
                        .isPresent()
                : state.view.reaches(state.known.home());
    }

    private static boolean trusted(PlanState state, NodeId node) {
        return state.view.reaches(node) && !state.silent.contains(node) && !state.suspects.containsKey(node);
    }

    private static void grant(Turn turn, Event.Publish publish) {
        PlanState state = turn.state;
        Peer peer = publish.node();
        HomeStatus old = state.known;
        long epoch = Epochs.next(state.highestEpoch, publish.coarseTimeS(), peer.node());
        if (state.at(Phase.HOME) && old.live()) {
            fence(turn, old.origin().orElseThrow().node(), old.epoch(), epoch);
        }
        become(turn, epoch, peer, Math.max(0, publish.graceMs()));
        state.confirmed = false;
        turn.set(Timer.Kind.CONFIRM, Limits.CONFIRM_MS);
        Holder before = state.holders.get(peer.node());
        state.holders.put(
                peer.node(),
                (before == null ? Holder.of(peer, publish.token()) : before)
                        .publishing(peer, publish.token(), new Feed.Publisher(epoch), ++state.version));
        turn.act(new Action.Grant(peer.node(), publish.token(), epoch));
    }

    /** The entity is the stream's home from now on, and {@code peer} its main origin. */
    static void become(Turn turn, long epoch, Peer peer, long graceMs) {
        PlanState state = turn.state;
        HomeStatus old = state.known;
        if (state.at(Phase.AWAY)) {
            state.links.clear();
            state.origin = Optional.empty();
            state.successor = Optional.empty();
        }
        state.phase = Phase.HOME;
        state.version = Math.max(state.version, old.version());
        state.known = new HomeStatus(state.self(), epoch, ++state.version, Optional.of(peer), graceMs, false);
        state.highestEpoch = Math.max(state.highestEpoch, epoch);
        state.confirmed = true;
        state.confirmAsks = 0;
        state.registered = true;
        if (epoch != old.epoch()) {
            turn.forgetTroubles();
        }
        turn.cancel(Timer.Kind.GRACE);
        Search.served(turn);
        String from = Turn.name(old.origin().map(Peer::node));
        turn.note(Kind.MAIN_ORIGIN, from, peer.node().name(), "epoch " + epoch);
    }

    static void fence(Turn turn, NodeId node, long epoch, long byEpoch) {
        turn.act(new Action.StopPublisher(node, epoch, byEpoch));
        turn.note(Kind.FENCED, node.name(), "-", "epoch " + epoch + " gave way to " + byEpoch);
    }

    static void unpublish(Turn turn, Event.Unpublish unpublish) {
        PlanState state = turn.state;
        turn.act(new Action.Done(unpublish.node(), unpublish.token()));
        if (!state.at(Phase.HOME) || unpublish.epoch() != state.known.epoch()) {
            return;
        }
        boolean held = state.known.origin().isEmpty();
        if (unpublish.finished() && (held || state.isMainOrigin(unpublish.node()))) {
            end(turn, "finished");
        } else if (state.isMainOrigin(unpublish.node())) {
            hold(turn, "publisher lost");
        }
    }

    /** The main origin is gone; its publisher has the grace to come back. */
    static void hold(Turn turn, String why) {
        PlanState state = turn.state;
        String from = Turn.name(state.known.origin().map(Peer::node));
        turn.cancel(Timer.Kind.CONFIRM);
        if (state.known.graceMs() <= 0) {
            end(turn, why);
            return;
        }
        turn.restate(Optional.empty(), false);
        turn.set(Timer.Kind.GRACE, state.known.graceMs());
        turn.note(Kind.HELD, from, "-", why);
    }

    static void end(Turn turn, String why) {
        PlanState state = turn.state;
        String from = Turn.name(state.known.origin().map(Peer::node));
        turn.restate(Optional.empty(), true);
        Search.over(turn);
        turn.note(Kind.ENDED, from, "-", why);
    }

    static void graceOver(Turn turn) {
        PlanState state = turn.state;
        if (!state.served() || state.known.origin().isPresent()) {
            return;
        }
        if (state.at(Phase.HOME)) {
            end(turn, "grace over");
        } else {
            HomeStatus known = state.known;
            state.known = new HomeStatus(
                    known.home(), known.epoch(), known.version(), Optional.empty(), known.graceMs(), true);
            Search.over(turn);
            turn.note(Kind.ENDED, known.home().name(), "-", "grace over, home silent");
        }
    }

    static void confirm(Turn turn) {
        PlanState state = turn.state;
        if (state.at(Phase.HOME) && state.known.live() && !state.confirmed && state.confirmAsks < Limits.CONFIRM_ASKS) {
            state.confirmAsks++;
            NodeId node = state.known.origin().orElseThrow().node();
            turn.act(new Action.AskHoldings(List.of(node), ++state.version));
            turn.set(Timer.Kind.CONFIRM, Limits.CONFIRM_MS);
        }
    }
}
