package io.headwater.topology;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** One life of a group's entity: the plan, its timers, and what its actions do in the world. */
final class SimEntity {
    private final World world;
    final NodeGroup group;
    private OriginPlan plan = OriginPlan.create();
    private final Map<Timer, Long> timers = new HashMap<>();
    private long timerIds;
    private final Deque<Event> late = new ArrayDeque<>();
    private boolean frozen;
    boolean ended;
    boolean idle;

    SimEntity(World world, NodeGroup group) {
        this.world = world;
        this.group = group;
        on(new Event.Started(world.view(group), 300));
    }

    OriginPlan plan() {
        return plan;
    }

    void on(Event event) {
        if (ended) {
            return;
        }
        if (frozen) {
            late.add(event);
            return;
        }
        if (Boolean.getBoolean("topology.trace")) {
            System.out.println(world.clock.nowMs() + " " + group + " <- " + event);
        }
        OriginPlan.Step step = plan.on(event);
        plan = step.next();
        idle = false;
        step.actions().forEach(this::act);
    }

    /** Its host is paused: what happens meanwhile is taken later. */
    void freeze() {
        frozen = true;
    }

    void thaw() {
        frozen = false;
        while (!late.isEmpty()) {
            on(late.remove());
        }
    }

    private void act(Action action) {
        world.saw(group, action);
        if (action instanceof Action.SetTimer set) {
            long id = ++timerIds;
            timers.put(set.timer(), id);
            world.clock.after(set.delayMs(), () -> {
                if (timers.remove(set.timer(), id)) {
                    on(new Event.TimerFired(set.timer()));
                }
            });
        } else if (action instanceof Action.CancelTimer cancel) {
            timers.remove(cancel.timer());
        } else if (action instanceof Action.Tell tell) {
            world.tell(group, tell);
        } else if (action instanceof Action.AskHoldings ask) {
            ask.nodes().forEach(node -> world.toNode(group, node, action));
        } else if (action instanceof Action.Stop) {
            idle = true;
            world.clock.after(100, () -> world.passivate(this));
        } else if (!(action instanceof Action.Note)) {
            world.toNode(group, receiver(action), action);
        }
    }

    private static NodeId receiver(Action action) {
        if (action instanceof Action.Grant it) {
            return it.node();
        } else if (action instanceof Action.Taken it) {
            return it.node();
        } else if (action instanceof Action.Unavailable it) {
            return it.node();
        } else if (action instanceof Action.Done it) {
            return it.node();
        } else if (action instanceof Action.StopPublisher it) {
            return it.node();
        }
        return ((Action.SendFeed) action).node();
    }
}
