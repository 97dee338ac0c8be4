package io.headwater.cluster;

import io.headwater.net.Counters;
import io.headwater.net.Metric;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * Tells the other nodes of a note in the moment it is written, from actor to actor. Distributed data brings it to all of
 * them in the end, but stores it first, and tells what changed at a pace of its own.
 */
final class NoteCalls {
    private final String name;
    private final Counters counters;

    /** @param notes the name of the notes in the cluster; wire format */
    NoteCalls(String notes, Counters counters) {
        this.name = "told-" + notes;
        this.counters = counters;
    }

    /** @param written the note as distributed data has it */
    record Told(String note, String written, ActorRef<Taken> replyTo) implements ClusterMessage {}

    record Taken(String note) implements ClusterMessage {}

    /** Takes what other nodes tell in this life of the control plane. */
    void listen(ActorSystem<?> life, BiConsumer<String, String> heard) {
        life.systemActorOf(listening(heard), name, Props.empty());
    }

    private static Behavior<Told> listening(BiConsumer<String, String> heard) {
        return Behaviors.receiveMessage(told -> {
            heard.accept(told.note, told.written);
            told.replyTo.tell(new Taken(told.note));
            return Behaviors.same();
        });
    }

    /**
     * Tells every other node that can be reached.
     *
     * @return never fails; completes when all of them have it, after {@code limit} at the latest
     */
    CompletionStage<Void> tell(ActorSystem<?> life, String note, String written, Duration limit) {
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (Member other : others(life)) {
            answers.add(AskPattern.<Told, Taken>ask(
                            at(life, other), replyTo -> new Told(note, written, replyTo), limit, life.scheduler())
                    .handle((taken, late) -> {
                        if (late != null) {
                            counters.increment(Metric.CLUSTER_NOTES_UNANSWERED);
                        }
                        return taken;
                    })
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new));
    }

    private ActorRef<Told> at(ActorSystem<?> life, Member other) {
        return ActorRefResolver.get(life).resolveActorRef(other.address() + "/system/" + name);
    }

    private static List<Member> others(ActorSystem<?> life) {
        Cluster cluster = Cluster.get(life);
        List<Member> others = new ArrayList<>();
        cluster.state().getMembers().forEach(member -> {
            if (!member.uniqueAddress().equals(cluster.selfMember().uniqueAddress())
                    && !member.status().equals(MemberStatus.down())
                    && !isGone(cluster.state(), member)) {
                others.add(member);
            }
        });
        return others;
    }

    /** Whether a node of the cluster is known not to answer. */
    static boolean someAreGone(ActorSystem<?> life) {
        CurrentClusterState state = Cluster.get(life).state();
        return !state.getUnreachable().isEmpty()
                || !state.getUnreachableDataCenters().isEmpty();
    }

    /** Members of a group of which nobody can be reached are told by the group alone. */
    private static boolean isGone(CurrentClusterState state, Member member) {
        return state.getUnreachable().contains(member)
                || state.getUnreachableDataCenters().contains(member.dataCenter());
    }
}
