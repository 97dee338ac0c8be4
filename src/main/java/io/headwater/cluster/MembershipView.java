package io.headwater.cluster;

import io.headwater.topology.NodeGroup;
import io.headwater.topology.Peer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.Subscribe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches the membership and tells every change of it to whoever watches on this node. */
final class MembershipView extends AbstractBehavior<MembershipView.Command> {
    sealed interface Command {}

    /** {@code watcher} hears the view as it is now and every one after it, until it stops. */
    record Watch(ActorRef<Members> watcher) implements Command {}

    /** The node whose control plane has that number is being taken out of service. */
    record Drains(long uid) implements Command {}

    private record Changed(ClusterEvent.ClusterDomainEvent event) implements Command {}

    private record Stopped(ActorRef<Members> watcher) implements Command {}

    private record Forget() implements Command {}

    private static final Logger LOG = LoggerFactory.getLogger(MembershipView.class);

    /** A node that is still alone after that has lost the others for good, as far as its players are concerned. */
    private static final Duration REMEMBERS = Duration.ofHours(1);

    private final Peer self;
    private final Cluster cluster;
    private final Consumer<Members> published;
    private final Map<UniqueAddress, Member> members = new HashMap<>();
    private final Set<UniqueAddress> unreachable = new HashSet<>();
    private final Set<NodeGroup> cutGroups = new HashSet<>();
    private final Set<Long> draining = new HashSet<>();
    private final Set<ActorRef<Members>> watchers = new HashSet<>();
    private Set<NodeGroup> remembered;
    private Members view;

    private MembershipView(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Peer self,
            Set<NodeGroup> remembered,
            Consumer<Members> published) {
        super(context);
        this.self = self;
        this.remembered = remembered;
        this.published = published;
        timers.startSingleTimer(new Forget(), REMEMBERS);
        this.view = Members.nobody(self);
        this.cluster = Cluster.get(context.getSystem());
        cluster.subscriptions()
                .tell(Subscribe.create(
                        context.messageAdapter(ClusterEvent.ClusterDomainEvent.class, Changed::new),
                        ClusterEvent.ClusterDomainEvent.class));
    }

    /**
     * @param remembered the groups this node saw in its last life. As long as it is alone they count as groups that it does not
     *     reach: it was taken out because it lost them, and streams of theirs are not over
     * @param published where threads outside of actors find the newest view
     */
    static Behavior<Command> create(Peer self, Set<NodeGroup> remembered, Consumer<Members> published) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new MembershipView(context, timers, self, remembered, published)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Watch.class, this::onWatch)
                .onMessage(Drains.class, this::onDrains)
                .onMessage(Changed.class, this::onChanged)
                .onMessage(Stopped.class, this::onStopped)
                .onMessage(Forget.class, this::onForget)
                .build();
    }

    private Behavior<Command> onWatch(Watch watch) {
        if (watchers.add(watch.watcher)) {
            getContext().watchWith(watch.watcher, new Stopped(watch.watcher));
            watch.watcher.tell(view);
        }
        return this;
    }

    private Behavior<Command> onStopped(Stopped stopped) {
        watchers.remove(stopped.watcher);
        return this;
    }

    private Behavior<Command> onForget(Forget forget) {
        remembered = Set.of();
        tellWatchers();
        return this;
    }

    /** One that is no member (yet) says it again. */
    private Behavior<Command> onDrains(Drains drains) {
        Optional<Member> member = members.values().stream()
                .filter(one -> one.uniqueAddress().longUid() == drains.uid)
                .findFirst();
        if (member.isPresent() && draining.add(drains.uid)) {
            tell("drains", member.get());
            tellWatchers();
        }
        return this;
    }

    private Behavior<Command> onChanged(Changed changed) {
        apply(changed.event);
        takeOutFormerSelf();
        tellWatchers();
        return this;
    }

    private void tellWatchers() {
        if (members.size() > 1) {
            remembered = Set.of(); // whom it sees now is who there is
        }
        Members next = Members.of(
                self,
                members.values().stream()
                        .flatMap(member -> seen(member).stream())
                        .toList(),
                cutGroups,
                draining,
                remembered);
        if (!next.equals(view)) {
            view = next;
            published.accept(next);
            List.copyOf(watchers).forEach(watcher -> watcher.tell(next));
        }
    }

    private void apply(ClusterEvent.ClusterDomainEvent event) {
        if (event instanceof ClusterEvent.MemberRemoved removed) {
            members.remove(removed.member().uniqueAddress());
            unreachable.remove(removed.member().uniqueAddress());
            draining.remove(removed.member().uniqueAddress().longUid());
            tell("removed", removed.member());
        } else if (event instanceof ClusterEvent.MemberEvent member) {
            members.put(member.member().uniqueAddress(), member.member());
            if (event instanceof ClusterEvent.MemberUp) {
                tell("is up", member.member());
            } else if (event instanceof ClusterEvent.MemberDowned) {
                tell("is downed", member.member());
            } else if (event instanceof ClusterEvent.MemberLeft) {
                tell("leaves", member.member());
            }
        } else if (event instanceof ClusterEvent.UnreachableMember gone) {
            unreachable.add(gone.member().uniqueAddress());
            tell("is unreachable", gone.member());
        } else if (event instanceof ClusterEvent.ReachableMember back) {
            unreachable.remove(back.member().uniqueAddress());
            tell("is reachable again", back.member());
        } else if (event instanceof ClusterEvent.UnreachableDataCenter cut) {
            cutGroups.add(new NodeGroup(cut.dataCenter()));
            LOG.info("node group {} is unreachable", cut.dataCenter());
        } else if (event instanceof ClusterEvent.ReachableDataCenter back) {
            cutGroups.remove(new NodeGroup(back.dataCenter()));
            LOG.info("node group {} is reachable", back.dataCenter());
        }
    }

    /**
     * A member with this node's id at another address that nobody reaches is this node before it was killed. In a group of
     * one there is nobody else to take it out, and as long as it is in nobody of the group can become a full member.
     */
    private void takeOutFormerSelf() {
        UniqueAddress own = cluster.selfMember().uniqueAddress();
        for (UniqueAddress gone : unreachable) {
            Member member = members.get(gone);
            if (member != null
                    && !gone.address().equals(own.address())
                    && !member.status().equals(MemberStatus.down())
                    && NodeRoles.of(member)
                            .filter(roles -> roles.node().equals(self.node()))
                            .isPresent()) {
                LOG.info("takes out {}, where this node was before", NodeRoles.place(gone.address()));
                cluster.manager().tell(new Down(gone.address()));
            }
        }
    }

    private Optional<Members.Seen> seen(Member member) {
        boolean reachable = !unreachable.contains(member.uniqueAddress())
                && !member.status().equals(MemberStatus.down());
        return NodeRoles.node(member, reachable)
                .map(node -> new Members.Seen(node, member.uniqueAddress().longUid()));
    }

    /** Logs a change; a node that leaves sees all others go, which is not worth a line. */
    private void tell(String what, Member member) {
        boolean own = NodeRoles.of(member)
                .filter(roles -> roles.node().equals(self.node()))
                .isPresent();
        if (!own && view.joined() && !view.selfIsUp()) {
            return;
        }
        LOG.info(
                "node {} of group {} at {} {}",
                NodeRoles.of(member).map(roles -> roles.node().name()).orElse("?"),
                member.dataCenter(),
                NodeRoles.place(member.address()),
                what);
    }
}
