package io.headwater.topology;

import io.headwater.topology.Action.Note.Kind;
import io.headwater.topology.PlanState.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An absent entity: asks the other groups for the stream, and keeps what waits for it. */
final class Search {
    private Search() {}

    /** Asks the other groups unless that runs already. @return whether an answer is awaited */
    static boolean askOthers(Turn turn) {
        PlanState state = turn.state;
        if (state.locateRound == 0) {
            List<NodeGroup> others = state.view.groups().stream()
                    .filter(state.view::reaches)
                    .sorted()
                    .toList();
            if (others.isEmpty()) {
                return false;
            }
            state.locateRound = ++state.version;
            state.locating.addAll(others);
            others.forEach(group -> turn.tell(group, new GroupMessage.Locate(state.self(), state.locateRound)));
            turn.set(Timer.Kind.LOCATE, Limits.LOCATE_MS);
        }
        return true;
    }

    static void park(Turn turn, Event.Play play) {
        PlanState state = turn.state;
        NodeId node = play.node().node();
        if (state.parked.stream()
                .anyMatch(other -> other.peer().node().equals(node) && other.token() == play.token())) {
            return;
        }
        if (state.parked.size() >= Limits.PARKED) {
            turn.refusePlay(node, play.token(), Feed.Reason.UNAVAILABLE);
            turn.note(Kind.REFUSED, node.name(), "-", "too many plays wait");
            return;
        }
        boolean asked = askOthers(turn);
        if (play.parkMs() <= 0 && !asked) {
            turn.refusePlay(node, play.token(), Feed.Reason.NOT_PUBLISHED);
            return;
        }
        Parked waiting = new Parked(++state.parkIds, play.node(), play.token(), play.parkMs() <= 0);
        state.parked.add(waiting);
        if (play.parkMs() > 0) {
            turn.act(new Action.SetTimer(waiting.timer(), play.parkMs()));
        }
    }

    static void parkOver(Turn turn, long id) {
        PlanState state = turn.state;
        if (state.locateRound != 0) {
            state.parked.replaceAll(waiting -> waiting.id() == id ? waiting.withExpired() : waiting);
            return;
        }
        state.parked.stream()
                .filter(waiting -> waiting.id() == id)
                .forEach(waiting -> turn.refusePlay(waiting.peer().node(), waiting.token(), Feed.Reason.NOT_PUBLISHED));
        state.parked.removeIf(waiting -> waiting.id() == id);
    }

    static void locate(Turn turn, GroupMessage.Locate locate) {
        PlanState state = turn.state;
        Optional<HomeStatus> status = state.at(Phase.HOME) ? Optional.of(state.known) : Optional.empty();
        turn.tell(locate.from(), new GroupMessage.Located(state.self(), locate.round(), status, state.highestEpoch));
    }

    static void located(Turn turn, GroupMessage.Located located) {
        PlanState state = turn.state;
        state.highestEpoch = Math.max(state.highestEpoch, located.highestEpoch());
        located.status().filter(status -> !status.ended()).ifPresent(status -> Regions.heard(turn, status));
        if (located.round() == state.locateRound && state.locateRound != 0) {
            state.locating.remove(located.from());
            if (state.locating.isEmpty()) {
                nobody(turn);
            }
        }
    }

    /** Nobody who could be asked has the stream. */
    static void nobody(Turn turn) {
        PlanState state = turn.state;
        if (!state.at(Phase.ABSENT) || state.locateRound == 0) {
            return;
        }
        stopAsking(turn);
        decidePublishes(turn);
        if (!state.at(Phase.ABSENT)) {
            return;
        }
        if (!state.known.ended()) {
            Recovery.holdOrphans(turn);
            return;
        }
        for (Parked expired : List.copyOf(state.parked)) {
            if (expired.expired()) {
                parkOver(turn, expired.id());
            }
        }
    }

    private static void stopAsking(Turn turn) {
        if (turn.state.locateRound != 0) {
            turn.cancel(Timer.Kind.LOCATE);
        }
        turn.state.locateRound = 0;
        turn.state.locating.clear();
    }

    /** The entity goes by a home now: what waited is served in the order it came. */
    static void served(Turn turn) {
        PlanState state = turn.state;
        stopAsking(turn);
        List<Parked> plays = new ArrayList<>(state.parked);
        state.parked.clear();
        for (Parked play : plays) {
            if (!play.expired()) {
                turn.act(new Action.CancelTimer(play.timer()));
            }
            Players.hold(turn, play.peer(), play.token());
        }
        decidePublishes(turn);
    }

    private static void decidePublishes(Turn turn) {
        List<Event.Publish> waiting = List.copyOf(turn.state.publishes);
        turn.state.publishes.clear();
        waiting.forEach(publish -> Publishers.decide(turn, publish));
    }

    /** The stream is over for this entity; its holders are told by {@link Settlement}. */
    static void over(Turn turn) {
        PlanState state = turn.state;
        state.phase = Phase.ABSENT;
        state.origin = Optional.empty();
        state.successor = Optional.empty();
        state.registered = true;
        state.confirmed = false;
        turn.forgetTroubles();
        turn.cancel(Timer.Kind.GRACE);
        turn.cancel(Timer.Kind.CONFIRM);
        if (!state.known.home().equals(state.self())) {
            state.links.clear();
        }
    }
}
