package io.headwater.cluster;

import io.headwater.cluster.registry.Registry;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.stream.StreamEvents;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.Peer;
import java.net.BindException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.io.Tcp;
import org.apache.pekko.remote.RemoteTransportException;
import org.apache.pekko.remote.artery.tcp.SSLEngineProviderSetup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One life of a control plane: an actor system from its first attempt to join until it left or was downed. */
final class Incarnation {
    private static final Logger LOG = LoggerFactory.getLogger(Incarnation.class);

    /** Leaving needs the others of the group; when all of them leave as well, or are gone, it is not waited for longer. */
    private static final Duration LEAVE_ALONE = Duration.ofSeconds(2);

    private static final Duration LEAVE_LOOK = Duration.ofMillis(50);

    /** What remoting may take to close its connections once the actor system ends. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(3);

    /** What is left may take so long once the connections are cut off, before the next life does not wait for it. */
    private static final Duration GIVE_UP_AFTER = Duration.ofSeconds(10);

    /** What a life is started with; what is known and remembered is of the life before it. */
    record Birth(
            Peer self, int port, NodeRoles roles, List<String> seeds, List<String> known, Set<NodeGroup> remembered) {}

    private final ActorSystem<Void> system;
    private final CompletableFuture<Routes> routes;
    private final CompletableFuture<Routes> up;
    private final CompletableFuture<Done> over = new CompletableFuture<>();
    private final AtomicBoolean closing = new AtomicBoolean();

    private Incarnation(ActorSystem<Void> system, CompletableFuture<Routes> routes, CompletableFuture<Routes> up) {
        this.system = system;
        this.routes = routes;
        this.up = up;
        system.getWhenTerminated().whenComplete((done, failure) -> over.complete(Done.getInstance()));
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "close connections within", () -> {
                    closeWithin();
                    return CompletableFuture.completedFuture(Done.getInstance());
                });
    }

    /**
     * Closes the sockets of an actor system that does not end: remoting waits without a limit for its peers to close their
     * side of a connection too, and the kernel of a peer beyond a cut link answers minutes after that is whole again. If
     * that does not end it either, the life is {@linkplain #terminated over} all the same.
     */
    private void closeWithin() {
        if (closing.compareAndSet(false, true)) {
            unlessEndedWithin(CLOSE_WITHIN, this::cutOff);
            unlessEndedWithin(CLOSE_WITHIN.plus(GIVE_UP_AFTER), this::giveUp);
        }
    }

    private void unlessEndedWithin(Duration within, Runnable step) {
        CompletableFuture.runAsync(
                        () -> {
                            if (!system.getWhenTerminated()
                                    .toCompletableFuture()
                                    .isDone()) {
                                step.run();
                            }
                        },
                        CompletableFuture.delayedExecutor(within.toMillis(), TimeUnit.MILLISECONDS))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.warn("the end of the control plane's actor system cannot be hastened", failure);
                    }
                });
    }

    private void cutOff() {
        LOG.info(
                "the control plane's actor system has not ended within {}: its connections are cut off, whatever it waits for",
                CLOSE_WITHIN);
        Tcp.get(Adapter.toClassic(system))
                .manager()
                .tell(PoisonPill.getInstance(), org.apache.pekko.actor.ActorRef.noSender());
    }

    private void giveUp() {
        if (over.complete(Done.getInstance())) {
            LOG.warn(
                    "the control plane's actor system has not ended {} after its connections were cut off: it is left to itself",
                    GIVE_UP_AFTER);
        }
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
            Entrance entrance,
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
                    MembershipView.create(birth.self, birth.remembered, members -> {
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
            context.spawn(PlainPeers.create(entrance.tls().isPresent(), entrance.refusals()), "plain-peers");
            context.spawn(Reporter.create(birth.self, state), Reporter.NAME);
            routes.complete(own);
            return Behaviors.empty();
        });
        try {
            var config =
                    Remoting.config(settings, birth.port, birth.self.group().name(), birth.roles);
            ActorSystemSetup setup = ActorSystemSetup.create(BootstrapSetup.create(config));
            Optional<SSLEngineProviderSetup> tls = entrance.tls();
            if (tls.isPresent()) {
                setup = setup.withSetup(tls.get());
            }
            return new Incarnation(ActorSystem.create(guardian, Remoting.SYSTEM, setup), routes, up);
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

    /**
     * Completes when the actor system has ended, or was given up. A life that was given up has no connections any more, so
     * that another one beside it is the only one others hear of; should it still hold the port, that one cannot bind, says
     * so, and is tried again.
     */
    CompletionStage<Done> terminated() {
        return over;
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
                closeWithin();
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
        closeWithin();
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
