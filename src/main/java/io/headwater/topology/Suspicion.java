package io.headwater.topology;

import io.headwater.topology.PlanState.Phase;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is made of a report that a feed failed.
 *
 * <p>The lost node is asked. If it says that it holds the stream, only the link between the two broke: the reporter is told
 * another way, nobody else anything. If it is silent for {@link Limits#SUSPECT_MS}, says that it does not hold the stream,
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
            ask(turn, lost.peer());
            if (state.suspects.computeIfPresent(lost.peer(), (peer, suspect) -> suspect.reportedBy(lost.node()))
                    == null) {
                avoid(turn, holder, lost.peer());
            }
        }
    }

    private static boolean names(Holder holder, NodeId peer) {
        return holder.told()
                .filter(feed -> feed instanceof Feed.Peers peers
                        && peers.candidates().stream().anyMatch(it -> it.node().equals(peer)))
                .isPresent();
    }

    /**
     * The main origin in another group is lost: its home says whether it is there. A home that cannot be asked, or does not
     * answer, may be behind the same broken link: another node of the group tries the main origin then.
     */
    private static void lostFar(Turn turn, Holder holder) {
        PlanState state = turn.state;
        if (state.origin.filter(holder.node()::equals).isEmpty()) {
            avoid(turn, holder, mainOrigin(state));
        } else if (state.doubter.isEmpty()) {
            state.doubter = Optional.of(holder.node());
            forgiveLater(turn);
            if (state.view.reaches(state.known.home())) {
                state.doubtRound = ++state.version;
                turn.act(new Action.SetTimer(new Timer(Timer.Kind.SUSPECT, state.doubtRound), Limits.DOUBT_MS));
                Regions.register(turn);
            } else {
                anotherTries(turn);
            }
        }
    }

    /**
     * The home says that its main origin is well although the group's origin lost it, or says nothing: another node of the
     * group may try, a few times in a session.
     */
    static void anotherTries(Turn turn) {
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

    /** Asks a member of the group what it holds, unless that runs already. */
    static void ask(Turn turn, NodeId node) {
        PlanState state = turn.state;
        if (!state.view.nodes().containsKey(node) || state.suspects.containsKey(node)) {
            return;
        }
        long round = ++state.version;
        state.suspects.put(node, new Suspect(round, Set.of(), Set.of()));
        turn.act(new Action.AskHoldings(List.of(node), round));
        turn.act(new Action.SetTimer(new Timer(Timer.Kind.SUSPECT, round), Limits.SUSPECT_MS));
    }

    /** Another group's origin lost this home's main origin; it is told when that says that it is well. */
    static void doubted(Turn turn, NodeGroup group) {
        NodeId main = mainOrigin(turn.state);
        ask(turn, main);
        turn.state.suspects.computeIfPresent(main, (node, suspect) -> suspect.reportedBy(group));
    }

    static void unanswered(Turn turn, long round) {
        PlanState state = turn.state;
        if (round == state.doubtRound && state.doubter.isPresent() && state.at(Phase.AWAY) && state.known.live()) {
            anotherTries(turn);
        }
        state.suspects.entrySet().removeIf(suspect -> {
            boolean late = suspect.getValue().round() == round;
            if (late) {
                state.silent.add(suspect.getKey());
            }
            return late;
        });
    }

    /** The node lives. If it holds the stream, it is the way to it that is broken for those who lost it. */
    static void answered(Turn turn, Claim claim) {
        PlanState state = turn.state;
        NodeId node = claim.node().node();
        Suspect suspect = over(turn, node);
        if (suspect == null || !claim.holds()) {
            return;
        }
        for (NodeId reporter : suspect.reporters()) {
            Holder holder = state.holders.get(reporter);
            if (holder != null) {
                avoid(turn, holder, node);
            }
        }
        if (state.at(Phase.HOME)
                && state.isMainOrigin(node)
                && claim.published()
                && claim.epoch() == state.known.epoch()) {
            suspect.groups().forEach(group -> Regions.answer(turn, group, state.known.epoch(), true));
        }
    }

    /** Nothing is asked of the node any more. */
    static @Nullable Suspect over(Turn turn, NodeId node) {
        PlanState state = turn.state;
        state.silent.remove(node);
        Suspect suspect = state.suspects.remove(node);
        if (suspect != null) {
            turn.act(new Action.CancelTimer(new Timer(Timer.Kind.SUSPECT, suspect.round())));
        }
        return suspect;
    }
}
