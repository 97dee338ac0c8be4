package io.headwater;

import io.headwater.api.Registered;
import io.headwater.cluster.ClusterNode;
import io.headwater.cluster.ControlPlane;
import io.headwater.cluster.NodeStatus;
import io.headwater.config.RemoteSettings;
import io.headwater.gateway.outbound.FlvPull;
import io.headwater.gateway.outbound.RemoteListener;
import io.headwater.gateway.outbound.RemoteTrust;
import io.headwater.gateway.outbound.RemoteUrl;
import io.headwater.gateway.outbound.RtmpPull;
import io.headwater.gateway.outbound.RtmpPush;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.EventLoops;
import io.headwater.net.Metric;
import io.headwater.stream.HubSnapshot;
import io.headwater.stream.StreamHubs;
import io.headwater.topology.NodeId;
import io.headwater.topology.Rendezvous;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps up the connections to other servers that the broadcasts ask for: what is published on this node goes to its
 * endpoints, and the sources this node is chosen for are fetched.
 *
 * <p>Nobody hands this work out. Every node compares, again and again, what the broadcasts say with what it holds and
 * which nodes there are: a stream's endpoints follow its main origin, and a dead node's sources go to others. All state
 * belongs to one thread.
 */
final class RemoteStreams implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteStreams.class);
    private static final long LOOK_MS = 500;

    private final RemoteSettings settings;
    private final EventLoops loops;
    private final RemoteTrust trust;
    private final StreamHubs hubs;
    private final ControlPlane control;
    private final BroadcastAnswers broadcasts;
    private final Counters counters;
    private final BooleanSupplier inService;
    private final ScheduledExecutorService clerk;
    private final Map<String, Wanted> connections = new HashMap<>();
    private volatile boolean changed = true;
    private volatile Map<String, String> statuses = Map.of();
    private List<Registered> concerned = List.of();

    RemoteStreams(
            RemoteSettings settings,
            EventLoops loops,
            RemoteTrust trust,
            StreamHubs hubs,
            ControlPlane control,
            BroadcastAnswers broadcasts,
            Counters counters,
            BooleanSupplier inService) {
        this.settings = settings;
        this.loops = loops;
        this.trust = trust;
        this.hubs = hubs;
        this.control = control;
        this.broadcasts = broadcasts;
        this.counters = counters;
        this.inService = inService;
        this.clerk = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "headwater-remote");
            thread.setDaemon(true);
            return thread;
        });
        control.registry().watch(() -> changed = true);
    }

    /** From now on. */
    void start() {
        clerk.scheduleWithFixedDelay(this::look, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    }

    /** How the forwarding to each endpoint of a stream of this node stands, by the endpoints' ids. */
    Map<String, String> statuses() {
        return statuses;
    }

    private void look() {
        try {
            if (changed) {
                changed = false;
                concerned = broadcasts.last().stream()
                        .filter(one ->
                                one.pulledFrom().isPresent() || !one.endpoints().isEmpty())
                        .toList();
            }
            Map<String, Job> jobs = inService.getAsBoolean() ? jobs() : Map.of();
            List.copyOf(connections.values()).stream()
                    .filter(wanted -> !wanted.job.equals(jobs.get(wanted.job.id)))
                    .forEach(this::drop);
            jobs.values().forEach(this::pursue);
            Map<String, String> next = new HashMap<>();
            connections.values().forEach(wanted -> next.put(wanted.job.id, wanted.status));
            statuses = Map.copyOf(next);
        } catch (RuntimeException bug) {
            LOG.error("connections to other servers were not looked after", bug);
        }
    }

    /** One connection that should be there. */
    private record Job(String id, StreamKey key, RemoteUrl url, boolean push) {
        @Override
        public String toString() {
            return key + (push ? " to " : " from ") + url.place();
        }
    }

    private Map<String, Job> jobs() {
        Map<String, Job> jobs = new LinkedHashMap<>();
        List<NodeId> nodes = control.isUp()
                ? control.nodes().stream()
                        .filter(node -> node.status() == NodeStatus.UP)
                        .map(ClusterNode::id)
                        .toList()
                : List.of();
        for (Registered one : concerned) {
            source(one, nodes).ifPresent(job -> add(jobs, job));
            if (!one.endpoints().isEmpty() && isPublishedHere(one.key())) {
                for (Registered.Endpoint endpoint : one.endpoints()) {
                    RemoteUrl.parse(endpoint.url())
                            .filter(url -> url.rtmp().isPresent())
                            .ifPresent(url -> add(jobs, new Job(endpoint.id(), one.key(), url, true)));
                }
            }
        }
        return jobs;
    }

    private void add(Map<String, Job> jobs, Job job) {
        if (jobs.size() < settings.maxConnections()) {
            jobs.put(job.id, job);
        } else {
            counters.increment(Metric.REMOTE_REFUSED);
        }
    }

    /** A node that is in no cluster at the moment goes on with what it does, and takes nothing new. */
    private Optional<Job> source(Registered one, List<NodeId> nodes) {
        Optional<RemoteUrl> url = one.pulledFrom().flatMap(RemoteUrl::parse);
        String id = "source " + one.key();
        boolean mine = nodes.isEmpty()
                ? connections.containsKey(id)
                : Rendezvous.of(one.key().toString(), nodes)
                        .filter(owner -> owner.equals(control.self()))
                        .isPresent();
        return url.filter(there -> mine).map(there -> new Job(id, one.key(), there, false));
    }

    private boolean isPublishedHere(StreamKey key) {
        return hubs.snapshot(key)
                .map(HubSnapshot::holding)
                .filter(holding -> holding.published())
                .isPresent();
    }

    /** A connection, or the wait for the next attempt. */
    private static final class Wanted {
        final Job job;
        String status = "preparing";
        int failures;
        long nextAtNanos = System.nanoTime();
        long attempt;
        java.util.Optional<AutoCloseable> open = Optional.empty();

        Wanted(Job job) {
            this.job = job;
        }
    }

    private void pursue(Job job) {
        Wanted wanted = connections.computeIfAbsent(job.id, id -> new Wanted(job));
        if (wanted.open.isPresent() || System.nanoTime() - wanted.nextAtNanos < 0) {
            return;
        }
        long attempt = ++wanted.attempt;
        counters.increment(Metric.REMOTE_ATTEMPTS);
        RemoteListener listener = new RemoteListener() {
            @Override
            public void started() {
                clerk.execute(() -> onStarted(wanted, attempt));
            }

            @Override
            public void ended(String why) {
                if (!clerk.isShutdown()) {
                    clerk.execute(() -> onEnded(wanted, attempt, why));
                }
            }
        };
        wanted.open = Optional.of(open(job, listener));
    }

    private AutoCloseable open(Job job, RemoteListener listener) {
        if (job.push) {
            return RtmpPush.start(loops, trust, job.url, hubs, job.key, listener);
        }
        return job.url.rtmp().isPresent()
                ? RtmpPull.start(loops, trust, job.url, hubs, job.key, listener)
                : FlvPull.start(loops, trust, job.url, hubs, job.key, listener);
    }

    private void onStarted(Wanted wanted, long attempt) {
        if (wanted.attempt == attempt && wanted.open.isPresent()) {
            wanted.status = "broadcasting";
            wanted.failures = 0;
            LOG.info("{}: flows", wanted.job);
        }
    }

    private void onEnded(Wanted wanted, long attempt, String why) {
        if (wanted.attempt != attempt || connections.get(wanted.job.id) != wanted) {
            return;
        }
        wanted.open = Optional.empty();
        wanted.status = "failed";
        wanted.failures++;
        counters.increment(Metric.REMOTE_FAILURES);
        long waitMs = Math.min(settings.retryMax().toMillis(), 500L << Math.min(wanted.failures, 20));
        wanted.nextAtNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMs);
        LOG.info("{}: {}; tries again in {} ms", wanted.job, why, waitMs);
    }

    private void drop(Wanted wanted) {
        connections.remove(wanted.job.id);
        wanted.open.ifPresent(RemoteStreams::closeQuietly);
        LOG.info("{}: not wanted here any more", wanted.job);
    }

    private static void closeQuietly(AutoCloseable connection) {
        try {
            connection.close();
        } catch (Exception impossible) {
            LOG.error("a connection to another server did not close", impossible);
        }
    }

    /** Ends all of them. */
    @Override
    public void close() {
        clerk.execute(() -> new ArrayList<>(connections.values()).forEach(this::drop));
        clerk.shutdown();
    }
}
