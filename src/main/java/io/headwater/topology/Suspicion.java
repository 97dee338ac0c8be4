package io.headwater.topology;

import io.headwater.topology.PlanState.Phase;
import java.util.List;
import java.util.Optional;

/**
 * What is made of a report that a feed failed.
 *
 * <p>One reporter's word changes what the reporter falls back on, nothing else: the link between the two may be all that
 * broke. The lost node is asked; only if it is silent for {@link Limits#SUSPECT_MS}, says that it does not hold the stream,
 * or is doubted by the cluster, it loses its role. A role once moved stays where it went, so nothing flaps when the lost
 * node turns out to live. After {@link Limits#FORGIVE_MS} failed links are tried again. A main origin is never replaced on a report: its own node, the cluster's membership or a new
 * publisher say that it is gone.
 */
final class Suspicion {
    private Suspicion() {}

    static void lost(Turn turn, Event.Lost lost) {
        PlanState state = turn.state;
        Holder holder = state.holders.get(lost.node());
        if (holder == null) {
            ask(turn, lost.node());
            return;
        }
        if (!state.served() || lost.epoch() != state.known.epoch() || !names(holder, lost.peer())) {
            return;
        }
        if (state.at(Phase.AWAY) && state.isMainOrigin(lost.peer())) {
            lostFar(turn, holder);
        } else {
            avoid(turn, holder, lost.peer());
            ask(turn, lost.peer());
        }
    }

    private static boolean names(Holder holder, NodeId peer) {
        return holder.told()
                .filter(feed -> feed instanceof Feed.Peers peers
                        && peers.candidates().stream().anyMatch(it -> it.node().equals(peer)))
                .isPresent();
    }

    /** The main origin in another group is lost: its home says whether it is there. */
    private static void lostFar(Turn turn, Holder holder) {
        PlanState state = turn.state;
        if (state.origin.filter(holder.node()::equals).isEmpty()) {
            avoid(turn, holder, mainOrigin(state));
        } else if (state.doubter.isEmpty() && state.view.reaches(state.known.home())) {
            state.doubter = Optional.of(holder.node());
            forgiveLater(turn);
            Regions.register(turn);
        }
    }

    /** The home says that its main origin is well although the group's origin lost it: another node may try. */
    static void mainOriginIsWell(Turn turn) {
        PlanState state = turn.state;
        NodeId doubter = state.doubter.orElseThrow();
        state.doubter = Optional.empty();
        Holder holder = state.holders.get(doubter);
        if (holder == null || state.moves >= Limits.SECONDARY_MOVES) {
            return;
        }
        NodeId main = mainOrigin(state);
        if (state.holders.values().stream()
                .anyMatch(other -> !other.node().equals(doubter) && state.fit(other, main))) {
            state.moves++;
            avoid(turn, holder, main);
        }
    }

    private static void avoid(Turn turn, Holder holder, NodeId peer) {
        PlanState state = turn.state;
        state.holders.put(holder.node(), holder.avoiding(peer));
        forgiveLater(turn);
    }

    private static void forgiveLater(Turn turn) {
        if (!turn.state.forgiving) {
            turn.state.forgiving = true;
            turn.set(Timer.Kind.FORGIVE, Limits.FORGIVE_MS);
        }
    }

    /** Links that failed get another chance: what only worked around them is not kept for ever. */
    static void forgive(Turn turn) {
        turn.state.forgiving = false;
        turn.forgetTroubles();
    }

    private static NodeId mainOrigin(PlanState state) {
        return state.known.origin().orElseThrow().node();
    }

    static void ask(Turn turn, NodeId node) {
        PlanState state = turn.state;
        if (!state.view.nodes().containsKey(node) || state.suspects.containsKey(node)) {
            return;
        }
        long round = ++state.version;
        state.suspects.put(node, round);
        turn.act(new Action.AskHoldings(List.of(node), round));
        turn.act(new Action.SetTimer(new Timer(Timer.Kind.SUSPECT, round), Limits.SUSPECT_MS));
    }

    static void unanswered(Turn turn, long round) {
        PlanState state = turn.state;
        state.suspects.entrySet().removeIf(suspect -> {
            boolean late = suspect.getValue() == round;
            if (late) {
                state.silent.add(suspect.getKey());
            }
            return late;
        });
    }

    static void answered(Turn turn, NodeId node) {
        PlanState state = turn.state;
        state.silent.remove(node);
        Long round = state.suspects.remove(node);
        if (round != null) {
            turn.act(new Action.CancelTimer(new Timer(Timer.Kind.SUSPECT, round)));
        }
    }
}
