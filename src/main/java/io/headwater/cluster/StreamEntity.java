package io.headwater.cluster;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.StreamEvent;
import io.headwater.stream.StreamEvents;
import io.headwater.topology.Action;
import io.headwater.topology.Event;
import io.headwater.topology.GroupMessage;
import io.headwater.topology.HomeStatus;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.OriginPlan;
import io.headwater.topology.StreamView;
import io.headwater.topology.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream in one node group: carries events to its {@link OriginPlan} and carries out what that decides. Sharded over
 * the nodes of the group.
 */
final class StreamEntity extends AbstractBehavior<StreamEntity.Command> {
    sealed interface Command {}

    /** From a node of the entity's own group. */
    record OfNode(Event.OfNode event) implements Command, ClusterMessage {}

    /** From the stream's entity in another group. */
    record OfGroup(GroupMessage message) implements Command, ClusterMessage {}

    /** Asks what the entity knows. */
    record Inspect(ActorRef<Inspected> replyTo) implements Command, ClusterMessage {}

    /** Sent to itself across a move to another node, so that the entity starts there at once. */
    record Wake() implements Command, ClusterMessage {}

    /** The sharding moves or ends the entity. */
    record End() implements Command, ClusterMessage {}

    record Inspected(Optional<StreamView> view) implements ClusterMessage {}

    private record MembersChanged(Members members) implements Command {}

    private record TimerFired(Timer timer) implements Command {}

    private record IdleFor() implements Command {}

    private static final Logger LOG = LoggerFactory.getLogger(StreamEntity.class);

    /** An entity that has nothing to remember stays for a while: starting costs a question to every node. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    private static final String IDLE = "idle";

    private final StreamKey key;
    private final TimerScheduler<Command> timers;
    private final ActorRef<ClusterSharding.ShardCommand> shard;
    private final Routes routes;
    private final Counters counters;
    private final StreamEvents events;
    private Members members;
    /** What the other groups were told last; there are no more of them than the plan keeps. */
    private final Map<NodeGroup, HomeStatus> announced = new HashMap<>();

    private OriginPlan plan = OriginPlan.create();
    private boolean idle;

    private StreamEntity(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            StreamKey key,
            ActorRef<ClusterSharding.ShardCommand> shard,
            ActorRef<MembershipView.Command> membership,
            Routes routes,
            Counters counters,
            StreamEvents events) {
        super(context);
        this.timers = timers;
        this.key = key;
        this.shard = shard;
        this.routes = routes;
        this.counters = counters;
        this.events = events;
        this.members = routes.members();
        routes.hosts(key);
        membership.tell(new MembershipView.Watch(context.messageAdapter(Members.class, MembersChanged::new)));
        take(new Event.Started(members.view(), routes.recoveryWait().toMillis()));
    }

    static Behavior<Command> create(
            StreamKey key,
            ActorRef<ClusterSharding.ShardCommand> shard,
            ActorRef<MembershipView.Command> membership,
            Routes routes,
            Counters counters,
            StreamEvents events) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new StreamEntity(context, timers, key, shard, membership, routes, counters, events)));
    }

    /** The entity of no stream: it knows nothing and is there to be reached. */
    static Behavior<Command> ofNoStream() {
        return Behaviors.receive(Command.class)
                .onMessage(Inspect.class, inspect -> {
                    inspect.replyTo.tell(new Inspected(Optional.empty()));
                    return Behaviors.same();
                })
                .onMessage(End.class, end -> Behaviors.stopped())
                .onAnyMessage(other -> Behaviors.same())
                .build();
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(OfNode.class, this::onOfNode)
                .onMessage(OfGroup.class, this::onOfGroup)
                .onMessage(Inspect.class, this::onInspect)
                .onMessage(MembersChanged.class, this::onMembersChanged)
                .onMessage(TimerFired.class, this::onTimerFired)
                .onMessage(IdleFor.class, this::onIdle)
                .onMessage(Wake.class, wake -> this)
                .onMessage(End.class, this::onEnd)
                .onSignal(PostStop.class, this::onPostStop)
                .build();
    }

    private Behavior<Command> onOfNode(OfNode message) {
        List<Action> actions = take(message.event);
        if (message.event instanceof Event.Play play && !answers(actions, play.token())) {
            toNode(play.node().node(), new NodeAgent.Parked(key, play.token()));
        }
        return this;
    }

    private static boolean answers(List<Action> actions, long token) {
        return actions.stream()
                .anyMatch(action ->
                        action instanceof Action.SendFeed feed && feed.tokens().contains(token));
    }

    private Behavior<Command> onOfGroup(OfGroup message) {
        take(message.message);
        return this;
    }

    private Behavior<Command> onInspect(Inspect inspect) {
        inspect.replyTo.tell(new Inspected(plan.view()));
        return this;
    }

    private Behavior<Command> onMembersChanged(MembersChanged changed) {
        if (!changed.members.view().equals(members.view())) {
            members = changed.members;
            take(new Event.ViewChanged(members.view()));
        }
        return this;
    }

    private Behavior<Command> onTimerFired(TimerFired fired) {
        take(new Event.TimerFired(fired.timer));
        return this;
    }

    private Behavior<Command> onEnd(End end) {
        if (!idle && othersCanHost()) {
            routes.entity(key).tell(new Wake());
        }
        return Behaviors.stopped();
    }

    private Behavior<Command> onPostStop(PostStop stopped) {
        routes.hostsNoMore(key);
        return this;
    }

    /** A message to an entity that nobody can host would keep this node from leaving. */
    private boolean othersCanHost() {
        return members.view().nodes().keySet().stream()
                .anyMatch(node -> members.view().reaches(node)
                        && !node.equals(members.self().node()));
    }

    private List<Action> take(Event event) {
        LOG.debug("{}: takes {}", key, event);
        Optional<StreamView> before = plan.view();
        OriginPlan.Step step = plan.on(event);
        plan = step.next();
        List<Action> actions = step.actions();
        actions.forEach(this::act);
        StreamLife.decisions(members.self().group(), before, plan.view(), actions)
                .forEach(decision -> events.decided(key, decision));
        rest(!actions.isEmpty() && actions.get(actions.size() - 1) instanceof Action.Stop);
        return actions;
    }

    /** @param nowIdle whether the plan would end now; work that it took on after saying so counts */
    private void rest(boolean nowIdle) {
        if (nowIdle && !idle) {
            timers.startSingleTimer(IDLE, new IdleFor(), LINGER);
        } else if (!nowIdle) {
            timers.cancel(IDLE);
        }
        idle = nowIdle;
    }

    private Behavior<Command> onIdle(IdleFor idleFor) {
        shard.tell(new ClusterSharding.Passivate<>(getContext().getSelf()));
        return this;
    }

    private void act(Action action) {
        LOG.debug("{}: {}", key, action);
        if (action instanceof Action.Grant grant) {
            toNode(grant.node(), new NodeAgent.Told(key, grant));
        } else if (action instanceof Action.Taken taken) {
            toNode(taken.node(), new NodeAgent.Told(key, taken));
        } else if (action instanceof Action.Unavailable unavailable) {
            toNode(unavailable.node(), new NodeAgent.Told(key, unavailable));
        } else if (action instanceof Action.Done done) {
            toNode(done.node(), new NodeAgent.Told(key, done));
        } else if (action instanceof Action.StopPublisher stop) {
            toNode(stop.node(), new NodeAgent.Told(key, stop));
        } else if (action instanceof Action.SendFeed feed) {
            toNode(feed.node(), new NodeAgent.Told(key, feed));
        } else if (action instanceof Action.AskHoldings ask) {
            ask.nodes()
                    .forEach(node -> toNode(
                            node, new NodeAgent.AskHolding(key, members.view().self(), ask.round())));
        } else if (action instanceof Action.Tell tell) {
            routes.toGroup(key, tell.to(), tell.message());
            if (tell.message() instanceof GroupMessage.Announce announce) {
                announced(tell.to(), announce.status());
            }
        } else if (action instanceof Action.SetTimer set) {
            timers.startSingleTimer(set.timer(), new TimerFired(set.timer()), Duration.ofMillis(set.delayMs()));
        } else if (action instanceof Action.CancelTimer cancel) {
            timers.cancel(cancel.timer());
        } else if (action instanceof Action.Note note) {
            note(note);
        } else if (action instanceof Action.Stop) {
            LOG.debug("{}: has nothing to remember", key);
        } else {
            throw new IllegalStateException("unknown action " + action);
        }
    }

    /** A group that is told the same once more has not answered: its entity may be silent, its nodes are not. */
    private void announced(NodeGroup group, HomeStatus status) {
        boolean again = status.equals(announced.put(group, status));
        if (again && status.live()) {
            routes.tellSession(group, key, status.origin().orElseThrow(), status.epoch());
        }
    }

    private void toNode(NodeId node, NodeAgent.Command message) {
        routes.agentOf(members, node).ifPresent(agent -> agent.tell(message));
    }

    private void note(Action.Note note) {
        counters.increment(Metric.valueOf("TOPOLOGY_" + note.kind().name()));
        String where = " (in " + members.view().self() + ")";
        events.record(
                key,
                StreamEvent.of(StreamEvent.Kind.valueOf(note.kind().name()), note.why() + where)
                        .between(shown(note.from()), shown(note.to())));
    }

    private static String shown(String name) {
        return name.equals("-") ? "" : name;
    }
}
