package io.headwater.topology;

import io.headwater.topology.Action.Note.Kind;
import io.headwater.topology.PlanState.Phase;
import java.util.Optional;

/**
 * What the entities of one stream say to each other from group to group.
 *
 * <p>Each message says how things stand, and its answer says what the other side goes by now. Whoever sees in an answer
 * that the other side goes by something else tells it again under a higher version. So both agree in the end, whatever
 * was lost, doubled or overtaken, and whichever of them forgot everything in between.
 */
final class Regions {
    private Regions() {}

    static void announce(Turn turn, GroupMessage.Announce announce) {
        PlanState state = turn.state;
        heard(turn, announce.status());
        Settlement.settle(turn);
        if (state.at(Phase.HOME)) {
            insist(turn, announce.from());
        } else {
            turn.tell(announce.from(), new GroupMessage.Announced(state.self(), state.known, state.report));
        }
    }

    /** The other group's home has to give way: it is told again, at most once until it answers. */
    private static void insist(Turn turn, NodeGroup group) {
        PlanState state = turn.state;
        Link link = state.links.get(group);
        if (link != null && link.confirmed()) {
            state.links.put(group, link.unconfirmed());
        }
    }

    /** Takes over what another group says of the stream, if it is newer than what the entity goes by. */
    static void heard(Turn turn, HomeStatus status) {
        PlanState state = turn.state;
        if (status.home().equals(state.self())) {
            return;
        }
        state.highestEpoch = Math.max(state.highestEpoch, status.epoch());
        if (state.at(Phase.HOME)) {
            if (Precedence.yields(state, status)) {
                concede(turn, status);
                adopt(turn, status);
            } else if (status.live() && state.known.live()) {
                prevail(turn, status);
            }
        } else if (Precedence.newer(state, status)) {
            adopt(turn, status);
        } else if (state.at(Phase.AWAY) && !status.home().equals(state.known.home())) {
            // Two homes: the one the entity goes by says which of them is.
            state.registered = false;
        }
    }

    private static void prevail(Turn turn, HomeStatus status) {
        PlanState state = turn.state;
        Link link = state.links.get(status.home());
        if (link != null && link.beaten() == status.epoch()) {
            return;
        }
        turn.note(Kind.PREVAILED, status.home().name(), state.self().name(), "epoch " + state.known.epoch());
        if (link != null) {
            state.links.put(status.home(), link.withBeaten(status.epoch()));
        }
    }

    private static void concede(Turn turn, HomeStatus status) {
        PlanState state = turn.state;
        turn.cancel(Timer.Kind.CONFIRM);
        turn.note(Kind.CONCEDED, state.self().name(), status.home().name(), "epoch " + status.epoch());
        if (!state.known.live()) {
            return;
        }
        NodeId main = state.known.origin().orElseThrow().node();
        boolean moved = status.origin().filter(peer -> peer.node().equals(main)).isPresent();
        if (status.epoch() == state.known.epoch() && !moved) {
            turn.note(Kind.EPOCH_TIE, state.self().name(), status.home().name(), "epoch " + status.epoch());
        }
        if (!moved) {
            Publishers.fence(turn, main, state.known.epoch(), status.epoch());
        }
        Holder holder = state.holders.remove(main);
        if (holder != null) {
            // Last in line for a role: if nobody watches there, it leaves now.
            state.holders.put(main, holder);
        }
    }

    private static void adopt(Turn turn, HomeStatus status) {
        PlanState state = turn.state;
        boolean wasAway = state.at(Phase.AWAY);
        HomeStatus before = state.known;
        state.known = status;
        if (status.ended()) {
            Search.over(turn);
            if (wasAway) {
                turn.note(Kind.ENDED, status.home().name(), "-", "home says so");
            }
            return;
        }
        state.phase = Phase.AWAY;
        if (!wasAway) {
            state.origin = Optional.empty();
            state.successor = Optional.empty();
            // Whoever went by this home is told where the stream is now.
            state.links
                    .values()
                    .removeIf(link -> link.confirmed() && link.report().origin().isEmpty());
            state.links.replaceAll((group, link) -> link.unconfirmed());
        }
        state.links.remove(status.home());
        boolean sameHome = before.home().equals(status.home()) && before.epoch() == status.epoch();
        if (!sameHome) {
            state.registered = false;
            turn.forgetTroubles();
        }
        if (status.live() && !state.view.groups().contains(status.home())) {
            // A late word: the last member of that group is gone.
            Membership.homeGone(turn);
        } else if (status.live()) {
            turn.cancel(Timer.Kind.GRACE);
        } else {
            turn.set(Timer.Kind.GRACE, status.graceMs() + Limits.GRACE_SLACK_MS);
        }
        Search.served(turn);
    }

    static void announced(Turn turn, GroupMessage.Announced announced) {
        PlanState state = turn.state;
        HomeStatus theirs = announced.known();
        state.highestEpoch = Math.max(state.highestEpoch, theirs.epoch());
        boolean ours = theirs.home().equals(state.self());
        if (state.at(Phase.HOME) && ours && !theirs.ended()) {
            remember(turn, theirs.epoch());
        }
        if (state.at(Phase.AWAY)) {
            if (ours && !theirs.ended()) {
                turn.tell(announced.from(), new GroupMessage.Announce(state.self(), state.known));
            } else {
                state.links.remove(announced.from());
            }
        } else if (ours
                && theirs.epoch() == state.known.epoch()
                && state.known.home().equals(state.self())) {
            record(turn, announced.from(), announced.report());
            agree(turn, announced.from(), theirs);
        } else if (state.at(Phase.ABSENT) && ours && !theirs.ended() && state.locateRound == 0) {
            correct(turn, announced.from(), theirs);
        } else if (state.at(Phase.ABSENT) && theirs.ended() && state.links.containsKey(announced.from())) {
            state.links.computeIfPresent(announced.from(), (group, link) -> link.withConfirmed());
        }
    }

    /**
     * Another group goes by a later session of this home than the entity knows of: that is forgotten here together with
     * the node it was on, and what the entity goes by is older. The stream is held under the later session.
     */
    private static void remember(Turn turn, long epoch) {
        PlanState state = turn.state;
        HomeStatus known = state.known;
        if (epoch > known.epoch()) {
            if (state.at(Phase.HOME)) {
                known.origin().ifPresent(peer -> Publishers.fence(turn, peer.node(), known.epoch(), epoch));
            }
            holdAtHome(turn, epoch, "a later session is lost");
        }
    }

    /** Each of two groups takes the other for the home, since the publisher's node moved: the lower name holds the stream. */
    private static void nobodyIsHome(Turn turn, GroupMessage.Register register) {
        PlanState state = turn.state;
        if (state.at(Phase.AWAY)
                && register.from().equals(state.known.home())
                && register.epoch() == state.known.epoch()
                && state.self().compareTo(register.from()) < 0) {
            holdAtHome(turn, register.epoch(), "nobody is the home");
        }
    }

    private static void holdAtHome(Turn turn, long epoch, String why) {
        PlanState state = turn.state;
        state.phase = Phase.HOME;
        state.origin = Optional.empty();
        state.highestEpoch = Math.max(state.highestEpoch, epoch);
        state.known = new HomeStatus(state.self(), epoch, ++state.version, Optional.empty(), Limits.GRACE_MS, false);
        turn.forgetTroubles();
        Publishers.hold(turn, why);
    }

    private static void agree(Turn turn, NodeGroup group, HomeStatus theirs) {
        PlanState state = turn.state;
        if (theirs.equals(state.known)) {
            state.links.computeIfPresent(group, (g, link) -> link.withConfirmed());
        } else if (theirs.version() >= state.known.version()) {
            // An earlier life of this entity said something else under that number.
            state.version = Math.max(state.version, theirs.version());
            turn.restate(state.known.origin(), state.known.ended());
        }
    }

    /** The other group goes by a session that ended here and is forgotten. */
    private static void correct(Turn turn, NodeGroup group, HomeStatus theirs) {
        PlanState state = turn.state;
        state.version = Math.max(state.version, theirs.version()) + 1;
        turn.tell(
                group,
                new GroupMessage.Announce(
                        state.self(),
                        new HomeStatus(state.self(), theirs.epoch(), state.version, Optional.empty(), 0, true)));
    }

    /** Tells the home who carries the stream here. */
    static void register(Turn turn) {
        PlanState state = turn.state;
        turn.tell(
                state.known.home(),
                new GroupMessage.Register(state.self(), state.known.epoch(), state.report, state.doubter.isPresent()));
    }

    static void registering(Turn turn, GroupMessage.Register register) {
        PlanState state = turn.state;
        state.highestEpoch = Math.max(state.highestEpoch, register.epoch());
        if (state.served()) {
            remember(turn, register.epoch());
        }
        nobodyIsHome(turn, register);
        if (state.at(Phase.HOME)) {
            if (register.epoch() == state.known.epoch()) {
                record(turn, register.from(), register.report());
            }
            if (register.doubt() && state.known.live()) {
                Suspicion.doubted(turn, register.from());
            }
        }
        answer(turn, register.from(), register.epoch(), false);
    }

    static void answer(Turn turn, NodeGroup group, long epoch, boolean doubt) {
        PlanState state = turn.state;
        GroupReport recorded =
                state.at(Phase.HOME) ? state.links.getOrDefault(group, Link.NEW).report() : GroupReport.none(0);
        boolean forgotten = state.known.epoch() == 0 || (state.at(Phase.ABSENT) && !state.known.ended());
        Optional<HomeStatus> status = forgotten ? Optional.empty() : Optional.of(state.known);
        turn.tell(group, new GroupMessage.Registered(state.self(), epoch, status, recorded, doubt));
    }

    private static void record(Turn turn, NodeGroup group, GroupReport report) {
        PlanState state = turn.state;
        Link link = state.links.getOrDefault(group, Link.NEW);
        boolean room = state.links.containsKey(group) || state.links.size() < Limits.GROUPS;
        if (room && report.version() >= link.report().version()) {
            state.links.put(group, link.with(report));
        }
    }

    static void registered(Turn turn, GroupMessage.Registered registered) {
        PlanState state = turn.state;
        if (!state.at(Phase.AWAY)
                || !registered.from().equals(state.known.home())
                || registered.epoch() != state.known.epoch()) {
            return;
        }
        if (registered.status().isEmpty()) {
            seek(turn);
            return;
        }
        HomeStatus status = registered.status().get();
        boolean other = !status.home().equals(registered.from());
        if (other ? status.epoch() >= state.known.epoch() : Precedence.newer(state, status)) {
            if (!status.home().equals(state.self())) {
                adopt(turn, status);
            } else if (!status.ended()) {
                remember(turn, status.epoch());
            }
            return;
        }
        if (!other && !status.equals(state.known)) {
            // Ours is from an earlier life of the home, or this answer was overtaken: the home will see which.
            turn.tell(registered.from(), new GroupMessage.Announced(state.self(), state.known, state.report));
        }
        settled(turn, registered);
    }

    private static void settled(Turn turn, GroupMessage.Registered registered) {
        PlanState state = turn.state;
        if (registered.recorded().agreesWith(state.report)) {
            state.registered = true;
        } else if (registered.recorded().version() >= state.report.version()) {
            state.version = Math.max(state.version, registered.recorded().version()) + 1;
            state.report = new GroupReport(state.version, state.report.origin(), state.report.successor());
            state.registered = false;
            register(turn);
        }
        if (registered.doubt() && state.doubter.isPresent() && state.known.live()) {
            Suspicion.anotherTries(turn);
        }
    }

    /** The home forgot the stream, or never was it: the other groups are asked before anybody is told that it ended. */
    static void seek(Turn turn) {
        PlanState state = turn.state;
        state.phase = Phase.ABSENT;
        state.registered = true;
        state.doubter = Optional.empty();
        turn.cancel(Timer.Kind.GRACE);
        if (state.holders.isEmpty()) {
            state.known = PlanState.unknown(state.self());
            Search.over(turn);
        } else if (!Search.askOthers(turn)) {
            Recovery.holdOrphans(turn);
        }
    }
}
