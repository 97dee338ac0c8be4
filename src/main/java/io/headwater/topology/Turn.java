package io.headwater.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One event being taken: the state that is changed, and the actions collected so far. */
final class Turn {
    final PlanState state;
    private final List<Action> actions = new ArrayList<>();

    Turn(PlanState state) {
        this.state = state;
    }

    List<Action> actions() {
        return List.copyOf(actions);
    }

    void act(Action action) {
        actions.add(action);
    }

    void tell(NodeGroup to, GroupMessage message) {
        act(new Action.Tell(to, message));
    }

    void set(Timer.Kind kind, long delayMs) {
        act(new Action.SetTimer(Timer.of(kind), delayMs));
    }

    void cancel(Timer.Kind kind) {
        act(new Action.CancelTimer(Timer.of(kind)));
    }

    void note(Action.Note.Kind kind, String from, String to, String why) {
        act(new Action.Note(kind, from, to, why));
    }

    void refusePlay(NodeId node, long token, Feed.Reason reason) {
        act(new Action.SendFeed(node, ++state.version, new Feed.Nothing(reason), List.of(token)));
    }

    /** Replaces the status the entity goes by with its own next one. */
    void restate(Optional<Peer> origin, boolean ended) {
        HomeStatus known = state.known;
        state.known = new HomeStatus(state.self(), known.epoch(), ++state.version, origin, known.graceMs(), ended);
    }

    /** The session ended or changed: who could not reach whom says nothing any more. */
    void forgetTroubles() {
        state.holders.replaceAll((node, holder) -> holder.withAvoids(java.util.Set.of()));
        state.doubter = Optional.empty();
        state.moves = 0;
    }

    static String name(Optional<?> thing) {
        return thing.map(Object::toString).orElse("-");
    }
}
