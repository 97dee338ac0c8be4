package io.headwater.cluster;

import io.headwater.net.Counters;
import io.headwater.net.Metric;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    private record Said(List<Answer> answers) implements Command {}

    /** @param reached whether somebody reaches it; empty if nobody could say */
    private record Answer(ClusterNode lost, long uid, Optional<Boolean> reached) {
        boolean isNo() {
            return reached.isPresent() && !reached.get();
        }

        boolean isYes() {
            return reached.orElse(false);
        }
    }

    /** What the rest of the cluster is needed for. */
    interface Cluster {
        /** Whether {@code witness} gets an answer from {@code lost}; empty if {@code witness} does not say so. */
        CompletionStage<Optional<Boolean>> reaches(ClusterNode witness, ClusterNode lost);

        void takeOut(ClusterNode lost);
    }

    /** From when it looks hopeless to the first question, and between questions. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** So many rounds of questions about a node have to end with no, one after another. */
    static final int ROUNDS = 2;

    private static final int WITNESSES = 3;
    private static final int MOST_LOST = 16;
    private static final Logger LOG = LoggerFactory.getLogger(GroupRevival.class);

    private final TimerScheduler<Command> timers;
    private final Cluster cluster;
    private final Counters counters;
    private Members members;
    private boolean looking;
    /** How often in a row the answer was no, by the unique number of the lost one's control plane. */
    private Map<Long, Integer> refusals = Map.of();

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
        boolean nobody = lost(members).isEmpty();
        if (nobody) {
            refusals = Map.of();
        } else if (!looking) {
            looking = true;
            timers.startSingleTimer(new Look(), PATIENCE);
        }
        return this;
    }

    private Behavior<Command> onLook() {
        List<ClusterNode> lost = lost(members).stream().limit(MOST_LOST).toList();
        looking = !lost.isEmpty();
        if (looking) {
            getContext().pipeToSelf(ask(lost), (answers, never) -> new Said(answers));
        }
        return this;
    }

    private CompletionStage<List<Answer>> ask(List<ClusterNode> lost) {
        List<ClusterNode> witnesses = new ArrayList<>(members.reachable());
        witnesses.removeIf(node -> node.peer().group().equals(members.self().group()));
        Collections.shuffle(witnesses);
        witnesses = witnesses.subList(0, Math.min(WITNESSES, witnesses.size()));
        CompletionStage<List<Answer>> all = CompletableFuture.completedFuture(List.of());
        for (ClusterNode one : lost) {
            long uid = uidOf(one);
            all = all.thenCombine(
                    reached(witnesses, one), (answers, reached) -> with(answers, new Answer(one, uid, reached)));
        }
        return all;
    }

    private CompletionStage<Optional<Boolean>> reached(List<ClusterNode> witnesses, ClusterNode lost) {
        CompletionStage<Optional<Boolean>> any = CompletableFuture.completedFuture(Optional.empty());
        for (ClusterNode witness : witnesses) {
            any = any.thenCombine(cluster.reaches(witness, lost), GroupRevival::either);
        }
        return any;
    }

    private static List<Answer> with(List<Answer> answers, Answer one) {
        return Stream.concat(answers.stream(), Stream.of(one)).toList();
    }

    private static Optional<Boolean> either(Optional<Boolean> one, Optional<Boolean> other) {
        return one.isPresent() && other.isPresent() ? Optional.of(one.get() || other.get()) : one.or(() -> other);
    }

    private long uidOf(ClusterNode node) {
        return members.uids().getOrDefault(node.id(), 0L);
    }

    private Behavior<Command> onSaid(Said said) {
        Set<Long> stillLost = lost(members).stream().map(this::uidOf).collect(Collectors.toSet());
        Map<Long, Integer> counted = new HashMap<>();
        // where one of them is reached this is a cut within the group, and nobody is dead for sure
        if (said.answers.stream().noneMatch(Answer::isYes)) {
            for (Answer answer : said.answers) {
                if (answer.isNo() && stillLost.contains(answer.uid)) {
                    int times = refusals.getOrDefault(answer.uid, 0) + 1;
                    if (times >= ROUNDS) {
                        takeOut(answer.lost);
                    } else {
                        counted.put(answer.uid, times);
                    }
                }
            }
        }
        refusals = counted;
        timers.startSingleTimer(new Look(), PATIENCE);
        return this;
    }

    private void takeOut(ClusterNode lost) {
        LOG.warn(
                "takes out node {} of group {} at {}, which nobody reaches: the group has no other full member",
                lost.id(),
                lost.peer().group(),
                lost.clusterAddress());
        counters.increment(Metric.CLUSTER_DEAD_TAKEN_OUT);
        cluster.takeOut(lost);
    }
}
