package io.headwater.topology;

import io.headwater.topology.PlanState.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides who feeds whom for one stream in one node group: a value that takes an event and gives the plan after it and
 * what is to be done. Deterministic; without threads, sockets and clock. One exists per stream and group.
 *
 * <p>Every event is taken by the class that is about it ({@link Publishers}, {@link Players}, {@link Suspicion},
 * {@link Claims}, {@link Regions}, {@link Search}, {@link Membership}), which changes what the plan knows.
 * {@link Settlement} then derives what everybody must be told.
 */
public final class OriginPlan {
    private final PlanState state;

    /** The plan after an event, and what to do now. */
    public record Step(OriginPlan next, List<Action> actions) {}

    private OriginPlan(PlanState state) {
        this.state = state;
    }

    /** The plan of an entity that has just started; {@link Event.Started} must be its first event. */
    public static OriginPlan create() {
        return new OriginPlan(new PlanState());
    }

    /** Takes one event. */
    public Step on(Event event) {
        Turn turn = new Turn(new PlanState(state));
        if (event instanceof Event.Started started) {
            Recovery.start(turn, started);
            if (turn.state.unanswered.isEmpty()) {
                Settlement.settle(turn);
            }
        } else if (!state.at(Phase.RECOVERING)) {
            take(turn, event);
        } else if (Recovery.on(turn, event)) {
            Recovery.finish(turn);
            Settlement.settle(turn);
            List<Event> stash = new ArrayList<>(turn.state.stash);
            turn.state.stash.clear();
            stash.forEach(late -> take(turn, late));
        }
        if (Settlement.isIdle(turn.state)) {
            turn.act(new Action.Stop());
        }
        return new Step(new OriginPlan(turn.state), turn.actions());
    }

    private static void take(Turn turn, Event event) {
        if (event instanceof Event.Play play) {
            Players.play(turn, play);
        } else if (event instanceof Event.Stop stop) {
            Players.stop(turn, stop);
        } else if (event instanceof Event.FeedSeen seen) {
            Players.feedSeen(turn, seen);
        } else if (event instanceof Event.Publish publish) {
            Publishers.publish(turn, publish);
        } else if (event instanceof Event.Unpublish unpublish) {
            Publishers.unpublish(turn, unpublish);
        } else if (event instanceof Event.Lost lost) {
            Suspicion.lost(turn, lost);
        } else if (event instanceof Event.Claimed claimed) {
            Claims.claimed(turn, claimed.claim());
        } else if (event instanceof Event.ViewChanged changed) {
            Membership.changed(turn, changed.view());
        } else if (event instanceof Event.TimerFired fired) {
            fired(turn, fired.timer());
        } else if (event instanceof GroupMessage message) {
            heard(turn, message);
        }
        Settlement.settle(turn);
    }

    private static void fired(Turn turn, Timer timer) {
        switch (timer.kind()) {
            case RECOVER -> {}
            case LOCATE -> Search.nobody(turn);
            case PARK -> Search.parkOver(turn, timer.id());
            case GRACE -> Publishers.graceOver(turn);
            case RETRY -> Settlement.retry(turn);
            case CONFIRM -> Publishers.confirm(turn);
            case SUSPECT -> Suspicion.unanswered(turn, timer.id());
            case FORGIVE -> Suspicion.forgive(turn);
        }
    }

    private static void heard(Turn turn, GroupMessage message) {
        if (message instanceof GroupMessage.Announce announce) {
            Regions.announce(turn, announce);
        } else if (message instanceof GroupMessage.Announced announced) {
            Regions.announced(turn, announced);
        } else if (message instanceof GroupMessage.Register register) {
            Regions.registering(turn, register);
        } else if (message instanceof GroupMessage.Registered registered) {
            Regions.registered(turn, registered);
        } else if (message instanceof GroupMessage.Locate locate) {
            Search.locate(turn, locate);
        } else if (message instanceof GroupMessage.Located located) {
            Search.located(turn, located);
        }
    }

    /** What is known of the stream; empty if it is not known to be published anywhere. */
    public Optional<StreamView> view() {
        if (!state.served()) {
            return Optional.empty();
        }
        boolean home = state.at(Phase.HOME);
        List<StreamView.Group> groups = new ArrayList<>();
        if (state.origin.isPresent()) {
            groups.add(new StreamView.Group(state.self(), state.origin, state.successor));
        }
        if (home) {
            state.links.forEach((group, link) -> {
                if (link.report().origin().isPresent()) {
                    groups.add(new StreamView.Group(
                            group, link.report().origin(), link.report().successor()));
                }
            });
        } else {
            Optional<NodeId> main = state.known.origin().map(Peer::node);
            groups.add(new StreamView.Group(state.known.home(), main, Optional.empty()));
        }
        groups.sort(java.util.Comparator.comparing(StreamView.Group::group));
        return Optional.of(new StreamView(
                home,
                state.known.epoch(),
                state.known.home(),
                state.known.origin().map(Peer::node),
                groups));
    }
}
