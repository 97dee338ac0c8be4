package io.headwater.cluster;

import io.headwater.cluster.registry.Registry;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.stream.StreamEvents;
import io.headwater.topology.Peer;
import java.net.BindException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.remote.RemoteTransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One life of a control plane: an actor system from its first attempt to join until it left or was downed. */
final class Incarnation {
    private static final Logger LOG = LoggerFactory.getLogger(Incarnation.class);

    /** Leaving needs the others of the group; when all of them leave as well, or are gone, it is not waited for longer. */
    private static final Duration LEAVE_ALONE = Duration.ofSeconds(2);

    private static final Duration LEAVE_LOOK = Duration.ofMillis(50);

    /** What a life is started with. */
    record Birth(Peer self, int port, NodeRoles roles, List<String> seeds, List<String> known) {}

    private final ActorSystem<Void> system;
    private final CompletableFuture<Routes> routes;
    private final CompletableFuture<Routes> up;

    private Incarnation(ActorSystem<Void> system, CompletableFuture<Routes> routes, CompletableFuture<Routes> up) {
        this.system = system;
        this.routes = routes;
        this.up = up;
    }

    /**
     * Starts and begins to join; blocks until the port is bound.
     *
     * @param startAgain told to leave this cluster for another one, and the places to try first
     * @throws BindException if the port cannot be bound
     */
    static Incarnation start(
            Birth birth,
            ClusterSettings settings,
            Desk desk,
            Registry registry,
            LocalState state,
            Counters counters,
            StreamEvents events,
            Consumer<List<String>> startAgain)
            throws BindException {
        CompletableFuture<Routes> routes = new CompletableFuture<>();
        CompletableFuture<Routes> up = new CompletableFuture<>();
        Behavior<Void> guardian = Behaviors.setup(context -> {
            Routes own = new Routes(context.getSystem(), birth.self, settings);
            ActorRef<MembershipView.Command> membership = context.spawn(
                    MembershipView.create(birth.self, members -> {
                        own.changed(members);
                        if (members.selfIsUp()) {
                            up.complete(own);
                        }
                    }),
                    "membership");
            own.host(entity -> StreamEntity.create(
                    StreamKey.parse(entity.getEntityId()).orElseThrow(),
                    entity.getShard(),
                    membership,
                    own,
                    counters,
                    events));
            JoinPlan plan = new JoinPlan(
                    own.place(),
                    birth.seeds,
                    birth.known,
                    settings.formAfter().toMillis(),
                    settings.aloneAfter().toMillis() / (birth.known.isEmpty() ? 1 : 3));
            ActorRef<Joining.Command> joining = context.spawn(
                    Joining.create(plan, settings.mergeInterval(), own, membership, startAgain), "joining");
            context.spawn(NodeAgent.create(own, desk, joining, membership), NodeAgent.NAME);
            context.spawn(GroupRevival.create(own.members(), membership, own, counters), "revival");
            registry.attach(context.getSystem());
            context.spawn(Reporter.create(birth.self, state), Reporter.NAME);
            routes.complete(own);
            return Behaviors.empty();
        });
        try {
            var config =
                    Remoting.config(settings, birth.port, birth.self.group().name(), birth.roles);
            return new Incarnation(ActorSystem.create(guardian, Remoting.SYSTEM, config), routes, up);
        } catch (RemoteTransportException failure) {
            throw new BindException("headwater.cluster.port: cannot listen on " + settings.bindHost() + ":" + birth.port
                    + ": " + rootMessage(failure));
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    ActorSystem<Void> system() {
        return system;
    }

    /** The port remoting is bound to. */
    int port() {
        return system.address().getPort().orElse(0);
    }

    /** Completes when this node is a full member. */
    CompletionStage<Routes> up() {
        return up;
    }

    CompletionStage<Done> terminated() {
        return system.getWhenTerminated();
    }

    /** The membership as it was seen last. */
    Members members(Members fallback) {
        Routes now = routes.getNow(null);
        return now == null ? fallback : now.members();
    }

    /** The membership to come back to. */
    Members lastUp(Members fallback) {
        Routes now = routes.getNow(null);
        return now == null || !now.lastUp().joined() ? fallback : now.lastUp();
    }

    /** Leaves the cluster in good order, and cuts that short after {@code within}. Blocks. */
    void leave(Duration within) {
        CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.clusterLeavingReason());
        long startedNanos = System.nanoTime();
        long aloneSinceNanos = startedNanos;
        while (!awaitEnd(LEAVE_LOOK)) {
            long now = System.nanoTime();
            if (somebodyStays()) {
                aloneSinceNanos = now;
            }
            boolean late = now - startedNanos > within.toNanos();
            if (late || now - aloneSinceNanos > LEAVE_ALONE.toNanos()) {
                LOG.info(
                        "leaving the cluster {}, ends it",
                        late ? "took longer than " + within : "with nobody left who could take note of it");
                system.terminate();
                awaitEnd(within);
                return;
            }
        }
    }

    /** Whether a node of the own group stays, which takes the entities over and sees this one off. */
    private boolean somebodyStays() {
        Routes now = routes.getNow(null);
        return now != null
                && now.members().nodes().stream()
                        .anyMatch(other -> !other.id().equals(now.self().node())
                                && other.peer().group().equals(now.self().group())
                                && (other.status() == NodeStatus.UP || other.status() == NodeStatus.DRAINING));
    }

    /** Ends without a word to the others, as a killed process does. */
    void kill() {
        system.terminate();
        awaitEnd(Duration.ofSeconds(20));
    }

    /** Takes the member at {@code place} out of the cluster, as the split-brain resolver does. */
    void down(String place) {
        Cluster.get(system)
                .manager()
                .tell(new Down(AddressFromURIString.parse("pekko://" + system.name() + "@" + place)));
    }

    private boolean awaitEnd(Duration within) {
        try {
            system.getWhenTerminated().toCompletableFuture().get(within.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException failed) {
            LOG.warn("the control plane ended with {}", rootMessage(failed));
            return true;
        }
    }
}
