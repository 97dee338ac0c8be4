package io.headwater.cluster;

import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.StreamEvents;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.Peer;
import java.net.BindException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lives of a control plane, one after another: whenever one is downed, fails to start, or is ended for another cluster
 * or group, the next one follows, until {@link #stop}. One thread starts and ends them, so that these never overlap.
 */
final class Lives {
    private static final Logger LOG = LoggerFactory.getLogger(Lives.class);
    private static final long FIRST_BACKOFF_MS = 200;

    private final ClusterSettings settings;
    private final Counters counters;
    private final StreamEvents events;
    private final Survivors survivors;
    private final Supplier<LocalState> state;
    private final ScheduledExecutorService lifecycle =
            Executors.newSingleThreadScheduledExecutor(task -> ControlPlane.daemon(task, "headwater-control"));

    private volatile @Nullable Incarnation current;
    private volatile Members lastSeen;
    private volatile CompletableFuture<Members> up = new CompletableFuture<>();
    private volatile boolean stopped;
    private volatile boolean draining;

    // Only touched on the lifecycle thread.
    private @Nullable Peer self;
    private @Nullable NodeRoles roles;
    private int port;
    private long backoffMs = FIRST_BACKOFF_MS;

    /**
     * @param state what other nodes are told about this one; read when a life begins
     * @param nobody what is seen before the first life
     */
    Lives(
            ClusterSettings settings,
            Counters counters,
            StreamEvents events,
            Survivors survivors,
            Supplier<LocalState> state,
            Members nobody) {
        this.settings = settings;
        this.counters = counters;
        this.events = events;
        this.survivors = survivors;
        this.state = state;
        this.lastSeen = nobody;
        this.port = settings.port();
    }

    /** Begins the first life; see {@link ControlPlane#start}. */
    CompletionStage<Integer> start(Peer newSelf, NodeRoles newRoles) {
        return onLifecycle(() -> {
            self = newSelf;
            roles = newRoles;
            lastSeen = Members.nobody(newSelf);
            return begin(List.of());
        });
    }

    /** Completes when this node is a full member and reaches its group's entities. */
    CompletionStage<Void> joined() {
        return up.thenAccept(members -> {});
    }

    boolean isUp() {
        return up.isDone() && seen().selfIsUp();
    }

    /** Ends this life for one in the other group. @return completes when this node is a member there */
    CompletionStage<Void> changeGroup(NodeGroup group) {
        return onLifecycle(() -> {
                    Peer old = Objects.requireNonNull(self, "not started");
                    if (!old.group().equals(group)) {
                        LOG.info("node {} goes from group {} to {}", old.node(), old.group(), group);
                        self = new Peer(old.node(), group, old.host(), old.relayPort());
                        restart(List.of());
                    }
                    return this;
                })
                .thenCompose(done -> joined());
    }

    /** All nodes are told, in this life and the next ones, that this one takes no new work. */
    void drain() {
        draining = true;
        Routes routes = routes();
        if (routes != null) {
            routes.drain();
        }
    }

    /** Leaves the cluster for good. */
    CompletionStage<Void> stop() {
        stopped = true;
        return onLifecycle(() -> {
                    survivors.desk().detach();
                    end();
                    return this;
                })
                .thenAccept(done -> lifecycle.shutdown());
    }

    /** As if the process were killed. */
    CompletionStage<Void> kill() {
        stopped = true;
        Incarnation life = current;
        return onLifecycle(() -> {
                    if (life != null) {
                        life.kill();
                    }
                    return this;
                })
                .thenAccept(done -> lifecycle.shutdown());
    }

    /** The cluster as this life sees it; while it sees none, as it was seen last. */
    Members seen() {
        Incarnation now = current;
        return now == null ? lastSeen : now.members(lastSeen);
    }

    /** The ways to the other nodes; null while this node is in no cluster. */
    @Nullable
    Routes routes() {
        Incarnation now = current;
        return now == null ? null : now.up().toCompletableFuture().getNow(null);
    }

    /** The running life, for tests that end it in ways nobody would wish for. */
    @Nullable
    Incarnation current() {
        return current;
    }

    // All on the lifecycle thread.

    private int begin(List<String> firstTry) throws BindException {
        Peer me = Objects.requireNonNull(self);
        List<String> known = Stream.concat(
                        firstTry.stream(),
                        lastSeen.nodes().stream()
                                .filter(other -> !other.id().equals(me.node()))
                                .map(ClusterNode::clusterAddress))
                .distinct()
                .toList();
        List<String> seeds = settings.seedNodes().stream()
                .map(ClusterSettings.HostPort::toString)
                .toList();
        var birth = new Incarnation.Birth(
                me,
                port,
                Objects.requireNonNull(roles),
                seeds,
                known,
                lastSeen.view().groups());
        Incarnation life = Incarnation.start(
                birth,
                settings,
                survivors.entrance(),
                survivors.desk(),
                survivors.registry(),
                state.get(),
                counters,
                events,
                this::startAgain);
        LOG.debug("the next life has begun");
        port = settings.advertisedPort().isPresent() ? settings.port() : life.port();
        current = life;
        survivors.begun(life.system());
        life.up()
                .thenAccept(routes -> onLifecycle(() -> {
                    joined(life, routes);
                    return this;
                }));
        life.terminated()
                .whenComplete((done, failure) -> onLifecycle(() -> {
                    ended(life);
                    return this;
                }));
        return port;
    }

    private void joined(Incarnation life, Routes routes) {
        if (life == current) {
            LOG.info(
                    "node {} of group {} is up in a cluster of {}",
                    routes.self().node(),
                    routes.self().group(),
                    routes.members().nodes().size());
            backoffMs = FIRST_BACKOFF_MS;
            survivors.desk().attach(routes);
            if (draining) {
                routes.drain();
            }
            CompletableFuture<Members> reached = up;
            routes.reachEntities(settings.publishWait()).thenAccept(done -> reached.complete(routes.members()));
        }
    }

    /** A life ended that nobody ended: it was downed. The next one follows. */
    private void ended(Incarnation life) {
        if (life == current && !stopped) {
            LOG.warn(
                    "node {} was taken out of the cluster, joins again",
                    Objects.requireNonNull(self).node());
            remember(life);
            again(List.of());
        }
    }

    private void startAgain(List<String> firstTry) {
        onLifecycle(() -> {
            restart(firstTry);
            return this;
        });
    }

    private void restart(List<String> firstTry) {
        Incarnation life = current;
        if (life != null) {
            remember(life);
            try {
                life.leave(settings.leaveWithin());
                LOG.debug("the last life is over");
            } catch (RuntimeException failure) {
                LOG.warn("the control plane could not leave the cluster in good order", failure);
            }
        }
        again(firstTry);
    }

    /** From here on {@code life} is over: calls wait for the next one. */
    private void remember(Incarnation life) {
        survivors.over();
        if (up.isDone()) {
            up = new CompletableFuture<>();
        }
        Members seen = life.lastUp(lastSeen);
        lastSeen = new Members(Objects.requireNonNull(self), seen.nodes(), seen.uids(), seen.view());
        current = null;
    }

    /** What keeps a life from starting (a port that is taken, a certificate that cannot be read, a starved machine) may pass. */
    private void again(List<String> firstTry) {
        counters.increment(Metric.CLUSTER_RESTARTS);
        try {
            begin(firstTry);
        } catch (BindException | RuntimeException failure) {
            LOG.warn("the control plane cannot start ({}); tries again in {} ms", failure.getMessage(), backoffMs);
            lifecycle.schedule(() -> againUnlessStopped(firstTry), backoffMs, TimeUnit.MILLISECONDS);
            backoffMs = Math.min(2 * backoffMs, settings.restartBackoffMax().toMillis());
        }
    }

    private void againUnlessStopped(List<String> firstTry) {
        if (!stopped && current == null) {
            again(firstTry);
        }
    }

    private void end() {
        Incarnation life = current;
        if (life != null) {
            remember(life);
            life.leave(settings.leaveWithin());
        }
    }

    /** Work that may throw what its stage then fails with. */
    private interface Work<T> {
        T run() throws BindException;
    }

    private <T> CompletionStage<T> onLifecycle(Work<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        try {
            lifecycle.execute(() -> {
                try {
                    done.complete(work.run());
                } catch (BindException | RuntimeException failure) {
                    done.completeExceptionally(failure);
                }
            });
        } catch (RejectedExecutionException ended) {
            done.completeExceptionally(new IllegalStateException("the control plane has stopped"));
        }
        return done;
    }
}
