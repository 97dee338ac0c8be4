package io.headwater.cluster;

import io.headwater.net.Counters;
import io.headwater.net.Metric;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
 * Brings a group back to life whose full members are all gone. Where the smaller half of a group survives the larger one
 * (of two nodes: the one without the lowest address), the split-brain resolver takes the survivors out. They join again,
 * but become full members only once the dead ones are taken out, and nobody of the group is left to do that. So they do
 * it, if no node of another group reaches the dead ones either: then this is no cut within the group.
 */
final class GroupRevival extends AbstractBehavior<GroupRevival.Command> {
    sealed interface Command {}

    record Viewed(Members members) implements Command {}

    record Look() implements Command {}

    /** @param reached empty if nobody could say */
    private record Said(List<ClusterNode> lost, Optional<Boolean> reached) implements Command {}

    /** What the rest of the cluster is needed for. */
    interface Cluster {
        /** Whether {@code witness} gets an answer from {@code lost}; empty if {@code witness} does not say so. */
        CompletionStage<Optional<Boolean>> reaches(ClusterNode witness, ClusterNode lost);

        void takeOut(ClusterNode lost);
    }

    /** From when it looks hopeless to the first question, and between questions. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** So many rounds of questions have to end with no. */
    static final int ROUNDS = 2;

    private static final int WITNESSES = 3;
    private static final int MOST_LOST = 16;
    private static final Logger LOG = LoggerFactory.getLogger(GroupRevival.class);

    private final TimerScheduler<Command> timers;
    private final Cluster cluster;
    private final Counters counters;
    private Members members;
    private boolean looking;
    private int hopeless;

    private GroupRevival(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Members members,
            Cluster cluster,
            Counters counters) {
        super(context);
        this.timers = timers;
        this.members = members;
        this.cluster = cluster;
        this.counters = counters;
    }

    static Behavior<Command> create(
            Members members, ActorRef<MembershipView.Command> membership, Cluster cluster, Counters counters) {
        return Behaviors.setup(context -> {
            membership.tell(new MembershipView.Watch(context.messageAdapter(Members.class, Viewed::new)));
            return Behaviors.withTimers(timers -> new GroupRevival(context, timers, members, cluster, counters));
        });
    }

    /** The dead members that keep this node from becoming a full one; empty if it is one, or waits for something else. */
    static List<ClusterNode> lost(Members members) {
        List<ClusterNode> others = members.nodes().stream()
                .filter(node -> node.peer().group().equals(members.self().group()))
                .filter(node -> node.status() != NodeStatus.JOINING)
                .toList();
        boolean joining = members.node(members.self().node())
                .filter(self -> self.status() == NodeStatus.JOINING)
                .isPresent();
        return joining && others.stream().allMatch(other -> other.status() == NodeStatus.UNREACHABLE)
                ? others
                : List.of();
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Viewed.class, this::onViewed)
                .onMessage(Look.class, look -> onLook())
                .onMessage(Said.class, this::onSaid)
                .build();
    }

    private Behavior<Command> onViewed(Viewed viewed) {
        members = viewed.members;
        if (!looking && !lost(members).isEmpty()) {
            looking = true;
            timers.startSingleTimer(new Look(), PATIENCE);
        }
        return this;
    }

    private Behavior<Command> onLook() {
        List<ClusterNode> lost = lost(members).stream().limit(MOST_LOST).toList();
        looking = !lost.isEmpty();
        if (looking) {
            getContext().pipeToSelf(reached(lost), (reached, never) -> new Said(lost, reached));
        }
        return this;
    }

    private CompletionStage<Optional<Boolean>> reached(List<ClusterNode> lost) {
        List<ClusterNode> witnesses = new ArrayList<>(members.reachable());
        witnesses.removeIf(node -> node.peer().group().equals(members.self().group()));
        Collections.shuffle(witnesses);
        CompletionStage<Optional<Boolean>> any = CompletableFuture.completedFuture(Optional.empty());
        for (ClusterNode witness : witnesses.subList(0, Math.min(WITNESSES, witnesses.size()))) {
            for (ClusterNode one : lost) {
                any = any.thenCombine(cluster.reaches(witness, one), GroupRevival::either);
            }
        }
        return any;
    }

    private static Optional<Boolean> either(Optional<Boolean> one, Optional<Boolean> other) {
        return one.isPresent() && other.isPresent() ? Optional.of(one.get() || other.get()) : one.or(() -> other);
    }

    private Behavior<Command> onSaid(Said said) {
        boolean no = said.reached.filter(reached -> !reached).isPresent();
        hopeless = no && lost(members).containsAll(said.lost) ? hopeless + 1 : 0;
        if (hopeless >= ROUNDS) {
            for (ClusterNode one : said.lost) {
                LOG.warn(
                        "takes out node {} of group {} at {}, which nobody reaches: the group has no other full member",
                        one.id(),
                        one.peer().group(),
                        one.clusterAddress());
                counters.increment(Metric.CLUSTER_DEAD_TAKEN_OUT);
                cluster.takeOut(one);
            }
        }
        timers.startSingleTimer(new Look(), PATIENCE);
        return this;
    }
}
