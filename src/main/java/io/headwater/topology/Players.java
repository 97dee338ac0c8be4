package io.headwater.topology;

import io.headwater.topology.Action.Note.Kind;
import io.headwater.topology.PlanState.Phase;
import java.util.List;
import java.util.Optional;

/** Nodes of the own group that want the stream, from their first play to their stop. */
final class Players {
    private Players() {}

    static void play(Turn turn, Event.Play play) {
        PlanState state = turn.state;
        state.silent.remove(play.node().node());
        if (state.served()) {
            hold(turn, play.node(), play.token());
        } else {
            Search.park(turn, play);
        }
    }

    /** The node is a holder from now on; {@link Settlement} answers its play. */
    static void hold(Turn turn, Peer peer, long token) {
        PlanState state = turn.state;
        Holder before = state.holders.get(peer.node());
        if (before == null && state.holders.size() >= Limits.HOLDERS) {
            turn.refusePlay(peer.node(), token, Feed.Reason.UNAVAILABLE);
            turn.note(Kind.REFUSED, peer.node().name(), "-", "too many nodes hold the stream");
            return;
        }
        state.holders.put(peer.node(), (before == null ? Holder.of(peer, token) : before).asking(peer, token));
    }

    static void stop(Turn turn, Event.Stop stop) {
        PlanState state = turn.state;
        turn.act(new Action.Done(stop.node(), stop.token()));
        state.parked.removeIf(waiting -> {
            boolean leaves = waiting.peer().node().equals(stop.node()) && waiting.token() < stop.token();
            if (leaves) {
                turn.act(new Action.CancelTimer(waiting.timer()));
            }
            return leaves;
        });
        state.publishes.removeIf(
                publish -> publish.node().node().equals(stop.node()) && publish.token() < stop.token());
        Holder holder = state.holders.get(stop.node());
        if (holder != null && holder.token() == 0) {
            Suspicion.ask(turn, stop.node());
        } else if (holder != null && holder.token() < stop.token()) {
            leave(turn, stop.node(), "stopped");
        }
    }

    /** The node holds nothing of the stream any more. */
    static void leave(Turn turn, NodeId node, String why) {
        PlanState state = turn.state;
        state.holders.remove(node);
        if (state.at(Phase.HOME) && state.isMainOrigin(node)) {
            Publishers.hold(turn, why);
        }
    }

    static void feedSeen(Turn turn, Event.FeedSeen ack) {
        PlanState state = turn.state;
        state.silent.remove(ack.node());
        state.version = Math.max(state.version, ack.newest());
        Holder holder = state.holders.get(ack.node());
        if (holder == null) {
            if (ack.holds() && state.served() && state.view.reaches(ack.node())) {
                // It was a member, was gone for a moment and did not know yet that it holds the stream.
                turn.act(new Action.AskHoldings(List.of(ack.node()), ++state.version));
            }
            return;
        }
        boolean current = ack.version() == holder.toldVersion();
        if (!ack.holds() && current) {
            leave(turn, ack.node(), "not held");
        } else if (ack.newest() > holder.toldVersion()) {
            // An earlier life of this entity told it something under a higher number.
            state.holders.put(ack.node(), untold(holder));
        } else if (current && state.at(Phase.ABSENT) && state.locateRound == 0 && state.known.ended()) {
            state.holders.remove(ack.node());
        } else if (current) {
            state.holders.put(ack.node(), holder.withSeen(true));
        }
    }

    /** What the holder was told is told again, under a new number. */
    static Holder untold(Holder holder) {
        return new Holder(
                holder.peer(),
                holder.token(),
                holder.publishToken(),
                Optional.empty(),
                holder.toldVersion(),
                false,
                holder.waiting(),
                holder.avoids());
    }
}
