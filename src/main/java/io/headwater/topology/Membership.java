package io.headwater.topology;

import io.headwater.topology.PlanState.Phase;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Nodes of the own group and other groups that come, go, are doubted and trusted again. */
final class Membership {
    private Membership() {}

    static void changed(Turn turn, ClusterView next) {
        PlanState state = turn.state;
        ClusterView before = state.view;
        state.view = next;
        before.nodes().keySet().stream()
                .filter(node ->
                        !Objects.equals(before.nodes().get(node), next.nodes().get(node)))
                .sorted()
                .forEach(node -> nodeGone(turn, node));
        before.unreachable().stream().filter(next::reaches).sorted().forEach(node -> nodeBack(turn, node));
        before.groups().stream()
                .filter(group -> !next.groups().contains(group))
                .sorted()
                .forEach(group -> groupGone(turn, group));
        next.groups().stream()
                .filter(group -> next.reaches(group) && !before.reaches(group))
                .sorted()
                .forEach(group -> groupBack(turn, group));
        if (!state.locating.isEmpty() && state.locating.removeIf(group -> !next.reaches(group))) {
            if (state.locating.isEmpty()) {
                Search.nobody(turn);
            }
        }
    }

    private static void nodeGone(Turn turn, NodeId node) {
        PlanState state = turn.state;
        Suspicion.over(turn, node);
        state.unanswered.remove(node);
        state.unasked.remove(node);
        trust(state, node);
        state.parked.removeIf(waiting -> {
            boolean gone = waiting.peer().node().equals(node);
            if (gone) {
                turn.act(new Action.CancelTimer(waiting.timer()));
            }
            return gone;
        });
        state.publishes.removeIf(publish -> publish.node().node().equals(node));
        Players.leave(turn, node, "node gone");
    }

    private static void nodeBack(Turn turn, NodeId node) {
        PlanState state = turn.state;
        state.silent.remove(node);
        trust(state, node);
        if (state.unasked.remove(node)) {
            state.unanswered.add(node);
        }
        if (state.unanswered.contains(node)) {
            // It may hold the stream, or publish in a session that is over, since before the entity started.
            state.retries = 0;
            turn.act(new Action.AskHoldings(List.of(node), ++state.version));
        } else {
            Suspicion.ask(turn, node);
        }
    }

    private static void trust(PlanState state, NodeId node) {
        state.holders.replaceAll((id, holder) -> holder.trusting(node));
    }

    private static void groupGone(Turn turn, NodeGroup group) {
        PlanState state = turn.state;
        state.links.remove(group);
        if (state.at(Phase.AWAY) && group.equals(state.known.home()) && state.known.live()) {
            homeGone(turn);
        }
    }

    /** Nobody is left in the home group who could say how the stream stands. */
    static void homeGone(Turn turn) {
        HomeStatus known = turn.state.known;
        turn.state.known =
                new HomeStatus(known.home(), known.epoch(), known.version(), Optional.empty(), Limits.GRACE_MS, false);
        turn.set(Timer.Kind.GRACE, Limits.GRACE_MS);
        turn.note(Action.Note.Kind.HELD, known.home().name(), "-", "home group gone");
    }

    private static void groupBack(Turn turn, NodeGroup group) {
        PlanState state = turn.state;
        if (state.at(Phase.HOME)) {
            state.links.computeIfPresent(group, (name, link) -> link.unconfirmed());
        } else if (state.at(Phase.AWAY) && group.equals(state.known.home())) {
            state.doubter = Optional.empty();
            Regions.register(turn);
            // Told again although nothing changed: the origin tries the main origin now instead of after its back-off.
            List<NodeId> pulling = state.origin.stream().toList();
            pulling.forEach(node -> state.holders.computeIfPresent(
                    node, (id, holder) -> Players.untold(holder.withAvoids(java.util.Set.of()))));
        } else if (state.at(Phase.ABSENT) && (!state.parked.isEmpty() || state.locateRound != 0)) {
            turn.tell(group, new GroupMessage.Locate(state.self(), state.locateRound));
        }
    }
}
