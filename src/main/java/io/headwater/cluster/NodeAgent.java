package io.headwater.cluster;

import io.headwater.media.StreamKey;
import io.headwater.topology.Action;
import io.headwater.topology.Event;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the other nodes reach this one: takes what the streams' entities order, answers what this node holds. One on
 * every node, at {@link #NAME}.
 */
final class NodeAgent extends AbstractBehavior<NodeAgent.Command> {
    sealed interface Command {}

    /** An entity's answer or order to this node: one of the actions that name a node. */
    record Told(StreamKey key, Action action) implements Command, ClusterMessage {}

    /** An entity has the play of that token and will answer it later. */
    record Parked(StreamKey key, long token) implements Command, ClusterMessage {}

    /** An entity of this node's group has started and asks what this node holds. */
    record AskHolding(StreamKey key, NodeGroup group, long round) implements Command, ClusterMessage {}

    /** A node whose entity is silent asks whether this node has the stream. */
    record WhoHolds(StreamKey key, ActorRef<Holder> replyTo) implements Command, ClusterMessage {}

    /** The stream is published at {@code publisher} in that session; sent where an entity may be silent. */
    record Session(StreamKey key, Peer publisher, long epoch) implements Command, ClusterMessage {}

    /** An operator at some node ends the stream, whose publisher may be connected to this one. */
    record StopStream(StreamKey key, ActorRef<Stopped> replyTo) implements Command, ClusterMessage {}

    /** @param was whether there was a publisher to stop */
    record Stopped(boolean was) implements ClusterMessage {}

    /** A node whose group lost all full members asks whether this one gets an answer from the node at {@code place}. */
    record AskReach(String place, ActorRef<Reach> replyTo) implements Command, ClusterMessage {}

    record Reach(boolean reached) implements ClusterMessage {}

    /** A node that looks for a cluster, or wonders whether this one is in another. */
    record Probe(ClusterFacts asker, ActorRef<ClusterFacts> replyTo) implements Command, ClusterMessage {}

    /** The node whose control plane has that number takes no new work: it is about to leave. Repeated until it has. */
    record Drains(long uid) implements Command, ClusterMessage {}

    /** This node is to be taken out of service: all others are told, now and from time to time. */
    record Drain() implements Command {}

    private record MembersChanged(Members members) implements Command {}

    /** The name under the guardian. */
    static final String NAME = "agent";

    private static final Logger LOG = LoggerFactory.getLogger(NodeAgent.class);
    private static final int ANNOUNCE_SPREAD_MS = 500;
    private static final Duration DRAIN_REPEAT = Duration.ofMillis(500);

    private final Routes routes;
    private final Desk desk;
    private final ActorRef<Joining.Command> joining;
    private final ActorRef<MembershipView.Command> membership;
    private final TimerScheduler<Command> timers;
    private Members members;

    private NodeAgent(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Routes routes,
            Desk desk,
            ActorRef<Joining.Command> joining,
            ActorRef<MembershipView.Command> membership) {
        super(context);
        this.routes = routes;
        this.desk = desk;
        this.joining = joining;
        this.membership = membership;
        this.timers = timers;
        this.members = routes.members();
        membership.tell(new MembershipView.Watch(context.messageAdapter(Members.class, MembersChanged::new)));
    }

    static Behavior<Command> create(
            Routes routes, Desk desk, ActorRef<Joining.Command> joining, ActorRef<MembershipView.Command> membership) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new NodeAgent(context, timers, routes, desk, joining, membership)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Told.class, this::onTold)
                .onMessage(Parked.class, this::onParked)
                .onMessage(AskHolding.class, this::onAskHolding)
                .onMessage(WhoHolds.class, this::onWhoHolds)
                .onMessage(Session.class, this::onSession)
                .onMessage(StopStream.class, this::onStopStream)
                .onMessage(AskReach.class, this::onAskReach)
                .onMessage(Probe.class, this::onProbe)
                .onMessage(Drains.class, this::onDrains)
                .onMessage(Drain.class, this::onDrain)
                .onMessage(MembersChanged.class, this::onMembersChanged)
                .build();
    }

    private Behavior<Command> onTold(Told told) {
        LOG.debug("{}: told {}", told.key, told.action);
        desk.told(told.key, told.action);
        return this;
    }

    private Behavior<Command> onParked(Parked parked) {
        desk.parked(parked.token);
        return this;
    }

    private Behavior<Command> onAskHolding(AskHolding ask) {
        if (ask.group.equals(routes.self().group())) {
            routes.toEntity(ask.key, new Event.Claimed(desk.claim(ask.key, routes.self(), ask.round)));
        }
        return this;
    }

    private Behavior<Command> onWhoHolds(WhoHolds who) {
        who.replyTo.tell(new Holder(routes.self(), desk.listener().holding(who.key)));
        return this;
    }

    private Behavior<Command> onSession(Session session) {
        desk.session(session.key, session.publisher, session.epoch);
        return this;
    }

    private Behavior<Command> onStopStream(StopStream stop) {
        stop.replyTo.tell(new Stopped(desk.listener().stop(stop.key)));
        return this;
    }

    private Behavior<Command> onAskReach(AskReach ask) {
        routes.answers(ask.place).thenAccept(answers -> ask.replyTo.tell(new Reach(answers)));
        return this;
    }

    private Behavior<Command> onProbe(Probe probe) {
        probe.replyTo.tell(routes.facts(probe.asker.uid()));
        joining.tell(new Joining.Heard(probe.asker));
        return this;
    }

    private Behavior<Command> onDrains(Drains drains) {
        membership.tell(new MembershipView.Drains(drains.uid));
        return this;
    }

    private Behavior<Command> onDrain(Drain drain) {
        timers.startSingleTimer(drain, DRAIN_REPEAT);
        for (ClusterNode node : members.reachable()) {
            routes.agentAt(node.clusterAddress()).tell(new Drains(routes.uid()));
        }
        return this;
    }

    /** Where a member of the group went away, entities may have gone with it: who holds streams speaks up. */
    private Behavior<Command> onMembersChanged(MembersChanged changed) {
        Map<NodeId, Long> gone = new HashMap<>(members.view().nodes());
        gone.values().removeAll(changed.members.view().nodes().values());
        members = changed.members;
        if (!gone.isEmpty()) {
            desk.gone(gone.keySet(), ThreadLocalRandom.current().nextInt(ANNOUNCE_SPREAD_MS));
        }
        return this;
    }
}
