package io.headwater.topology;

import io.headwater.topology.Action.Note.Kind;
import io.headwater.topology.PlanState.Phase;
import java.util.List;
import java.util.Optional;

/** After every event: gives out the roles, tells whoever has to know something new, and repeats what nobody answered. */
final class Settlement {
    private Settlement() {}

    static void settle(Turn turn) {
        PlanState state = turn.state;
        if (state.at(Phase.RECOVERING)) {
            return;
        }
        giveRoles(turn);
        boolean told = tellGroups(turn);
        told |= tellHome(turn);
        told |= tellHolders(turn);
        if (told) {
            state.retries = 0;
        }
        keepRetrying(turn, told);
    }

    /** Roles stay where they are as long as their node is fit; the first in line that is fit takes a free one. */
    private static void giveRoles(Turn turn) {
        PlanState state = turn.state;
        if (!state.served()) {
            return;
        }
        if (state.known.origin().isEmpty()) {
            state.origin = state.at(Phase.HOME) ? Optional.empty() : state.origin.filter(state.holders::containsKey);
            state.successor = state.successor.filter(state.holders::containsKey);
            return;
        }
        NodeId main = state.known.origin().get().node();
        if (state.at(Phase.HOME)) {
            state.origin = Optional.of(main);
        } else {
            Optional<NodeId> before = state.origin;
            state.origin = secondary(state, main);
            if (!state.origin.equals(before)) {
                String why = "of " + state.holders.size() + " holders";
                turn.note(Kind.SECONDARY_ORIGIN, Turn.name(before), Turn.name(state.origin), why);
            }
        }
        state.successor = successor(state);
    }

    private static Optional<NodeId> secondary(PlanState state, NodeId main) {
        return state.origin
                .filter(node -> isFit(state, node, main))
                .or(() -> state.successor.filter(node -> isFit(state, node, main)))
                .or(() -> state.holders.values().stream()
                        .filter(holder -> state.fit(holder, main))
                        .map(Holder::node)
                        .findFirst())
                .or(() -> state.origin.filter(state.holders::containsKey))
                .or(() -> state.holders.keySet().stream().findFirst());
    }

    private static Optional<NodeId> successor(PlanState state) {
        if (state.origin.isEmpty()) {
            return Optional.empty();
        }
        NodeId origin = state.origin.get();
        return state.successor
                .filter(node -> !node.equals(origin) && isFit(state, node, origin))
                .or(() -> state.holders.values().stream()
                        .filter(holder -> !holder.node().equals(origin) && state.fit(holder, origin))
                        .map(Holder::node)
                        .findFirst());
    }

    private static boolean isFit(PlanState state, NodeId node, NodeId from) {
        Holder holder = state.holders.get(node);
        return holder != null && state.fit(holder, from);
    }

    /** At home: every other group is told the newest status. One that was the home tells those who went by it. */
    private static boolean tellGroups(Turn turn) {
        PlanState state = turn.state;
        if (!announces(state)) {
            return false;
        }
        if (state.at(Phase.HOME)) {
            state.view.groups().stream().sorted().forEach(group -> state.links.putIfAbsent(group, Link.NEW));
        }
        boolean told = false;
        for (NodeGroup group : List.copyOf(state.links.keySet())) {
            Link link = state.links.getOrDefault(group, Link.NEW);
            if (link.announced() != state.known.version() && state.view.reaches(group)) {
                tellGroup(turn, group, link);
                told = true;
            }
        }
        return told;
    }

    private static void tellGroup(Turn turn, NodeGroup group, Link link) {
        PlanState state = turn.state;
        turn.tell(group, new GroupMessage.Announce(state.self(), state.known));
        state.links.put(group, link.announcing(state.known.version()));
    }

    private static boolean announces(PlanState state) {
        return state.at(Phase.HOME)
                || state.at(Phase.AWAY)
                || (state.at(Phase.ABSENT)
                        && state.known.ended()
                        && state.known.home().equals(state.self()));
    }

    /** Away: the home is told who carries the stream here. */
    private static boolean tellHome(Turn turn) {
        PlanState state = turn.state;
        if (!state.at(Phase.AWAY)) {
            if (state.report.origin().isPresent()) {
                state.report = GroupReport.none(++state.version);
            }
            return false;
        }
        GroupReport now = new GroupReport(state.version, state.origin, state.successor);
        if (!now.agreesWith(state.report)) {
            state.report = new GroupReport(++state.version, state.origin, state.successor);
            state.registered = false;
            if (state.view.reaches(state.known.home())) {
                Regions.register(turn);
                return true;
            }
        }
        return false;
    }

    private static boolean tellHolders(Turn turn) {
        PlanState state = turn.state;
        if (state.at(Phase.ABSENT) && !state.known.ended()) {
            return false;
        }
        boolean told = false;
        for (Holder holder : List.copyOf(state.holders.values())) {
            Feed feed = Feeds.of(state, holder);
            boolean changed = holder.told().filter(feed::equals).isEmpty();
            if (changed || !holder.waiting().isEmpty()) {
                tellHolder(turn, holder, feed);
                told = true;
            }
        }
        return told;
    }

    private static void tellHolder(Turn turn, Holder holder, Feed feed) {
        PlanState state = turn.state;
        turn.act(new Action.SendFeed(holder.node(), ++state.version, feed, holder.waiting()));
        state.holders.put(holder.node(), holder.told(feed, state.version, false));
    }

    /** Everything that was not acknowledged is told again. */
    static void retry(Turn turn) {
        PlanState state = turn.state;
        state.retrying = false;
        state.retries++;
        if (state.retries >= Limits.STRANGER_TRIES) {
            // A late word of a node that left; one that is just joining is a member by now.
            List<NodeId> strangers = state.holders.keySet().stream()
                    .filter(node -> isStranger(state, node))
                    .toList();
            strangers.forEach(node -> Players.leave(turn, node, "not a member"));
        }
        for (Holder holder : state.holders.values()) {
            if (!holder.seen() && holder.told().isPresent() && state.view.reaches(holder.node())) {
                turn.act(new Action.SendFeed(
                        holder.node(), holder.toldVersion(), holder.told().get(), List.of()));
            }
        }
        if (announces(state)) {
            for (NodeGroup group : List.copyOf(state.links.keySet())) {
                Link link = state.links.getOrDefault(group, Link.NEW);
                if (!link.confirmed() && state.view.reaches(group)) {
                    tellGroup(turn, group, link);
                }
            }
        }
        if (registers(state)) {
            Regions.register(turn);
        }
        if (asksStill(state)) {
            turn.act(new Action.AskHoldings(List.copyOf(state.unanswered), ++state.version));
        }
    }

    /** Nodes that said nothing when the entity started may hold the stream all the same. */
    private static boolean asksStill(PlanState state) {
        return !state.unanswered.isEmpty() && state.retries <= Limits.FAREWELL_TRIES;
    }

    private static void keepRetrying(Turn turn, boolean told) {
        PlanState state = turn.state;
        boolean due = unanswered(state);
        if (due && (told || !state.retrying)) {
            turn.set(Timer.Kind.RETRY, Limits.retryMs(state.retries));
            state.retrying = true;
        } else if (!due && state.retrying) {
            turn.cancel(Timer.Kind.RETRY);
            state.retrying = false;
            state.retries = 0;
        }
    }

    private static boolean unanswered(PlanState state) {
        if (!state.served() && state.retries > Limits.FAREWELL_TRIES) {
            return false;
        }
        return state.holders.values().stream()
                        .anyMatch(holder -> isStranger(state, holder.node())
                                || (!holder.seen() && state.view.reaches(holder.node())))
                || (announces(state)
                        && state.links.entrySet().stream()
                                .anyMatch(link -> !link.getValue().confirmed() && state.view.reaches(link.getKey())))
                || registers(state)
                || asksStill(state);
    }

    private static boolean isStranger(PlanState state, NodeId node) {
        return !state.view.nodes().containsKey(node);
    }

    private static boolean registers(PlanState state) {
        return state.at(Phase.AWAY)
                && (!state.registered || state.doubter.isPresent())
                && state.view.reaches(state.known.home())
                && !(state.holders.isEmpty() && state.retries > Limits.FAREWELL_TRIES);
    }

    /** Whether nothing is left to remember, to wait for or to repeat. */
    static boolean isIdle(PlanState state) {
        boolean nobody = state.parked.isEmpty() && state.publishes.isEmpty() && state.locateRound == 0;
        boolean absent = state.at(Phase.ABSENT) && !unanswered(state);
        boolean away = state.at(Phase.AWAY)
                && state.holders.isEmpty()
                && !registers(state)
                && !asksStill(state)
                && state.links.keySet().stream().noneMatch(state.view::reaches);
        return nobody && (absent || away);
    }
}
