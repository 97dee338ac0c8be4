package io.headwater.topology;

import java.util.List;
import java.util.Optional;

/**
 * Decides who feeds whom for one stream in one node group: a value that takes an event and gives the plan after it and
 * what is to be done. Deterministic; without threads, sockets and clock. One exists per stream and group.
 */
public final class OriginPlan {

    /** The plan after an event, and what to do now. */
    public record Step(OriginPlan next, List<Action> actions) {}

    private OriginPlan() {}

    /** The plan of an entity that has just started; {@link Event.Started} must be its first event. */
    public static OriginPlan create() {
        return new OriginPlan();
    }

    /** Takes one event. */
    public Step on(Event event) {
        return new Step(this, List.of());
    }

    /** What is known of the stream; empty if it is not known to be published anywhere. */
    public Optional<StreamView> view() {
        return Optional.empty();
    }
}
