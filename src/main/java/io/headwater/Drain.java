package io.headwater;

import io.headwater.api.DrainControl;
import io.headwater.cluster.ClusterNode;
import io.headwater.cluster.ControlPlane;
import io.headwater.cluster.NodeState;
import io.headwater.cluster.NodeStatus;
import io.headwater.config.DrainSettings;
import io.headwater.stream.StreamHubs;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a node out of service so that viewers of other nodes do not notice.
 *
 * <p>Nothing new is taken; the streams' entities move the node's roles to others, whose downstreams follow; publishers and
 * players that can be asked go to another node. What cannot be asked stays for as long as the bound allows: players to
 * its end, publishers until a little before it, so that they are back elsewhere while those who are fed from here still
 * hold. Waits as long as there is something to wait for.
 */
final class Drain implements DrainControl {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    private static final Duration PUBLISHERS_BEFORE = Duration.ofSeconds(3);
    private static final Duration PLACES_WITHIN = Duration.ofSeconds(2);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private volatile DrainSettings settings;
    private final StreamHubs hubs;
    private final ControlPlane control;
    private final Runnable service;
    private volatile Consumer<Supplier<Optional<String>>> reconnect = places -> {};
    private volatile Consumer<List<NodeState>> placement = nodes -> {};
    private volatile State state = State.RUNNING;
    private volatile boolean cutShort;
    private Duration within = Duration.ZERO;

    /** @param service ends everything but what tells how the node is; told when nothing is left to wait for */
    Drain(DrainSettings settings, StreamHubs hubs, ControlPlane control, Runnable service) {
        this.settings = settings;
        this.hubs = hubs;
        this.control = control;
        this.service = service;
    }

    /** Sets who asks clients to reconnect; it is given the places they may go to. */
    void reconnecting(Consumer<Supplier<Optional<String>>> newReconnect) {
        reconnect = newReconnect;
    }

    /** Sets who sends away the players that come from then on; it is given the nodes they may go to. */
    void placing(Consumer<List<NodeState>> newPlacement) {
        placement = newPlacement;
    }

    void change(DrainSettings newSettings) {
        settings = newSettings;
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public synchronized String drain(Optional<Duration> limit) {
        switch (state) {
            case RUNNING -> {
                within = limit.orElse(settings.within());
                state = State.DRAINING;
                Thread thread = new Thread(this::run, "drain");
                thread.setDaemon(true);
                thread.start();
                return "the node is being taken out of service, within " + within.toMillis() + " ms";
            }
            case DRAINING -> {
                return "the node is being taken out of service already, within " + within.toMillis() + " ms";
            }
            default -> {
                return "the node is out of service";
            }
        }
    }

    /** Waits until the node is out of service. */
    synchronized void await() throws InterruptedException {
        while (state != State.DRAINED) {
            wait();
        }
    }

    /** The node ends now: nothing is waited for any more. */
    void cutShort() {
        cutShort = true;
    }

    private void run() {
        try {
            move();
            service.run();
        } catch (RuntimeException bug) {
            LOG.error("draining failed", bug);
        } finally {
            synchronized (this) {
                state = State.DRAINED;
                notifyAll();
            }
        }
    }

    private void move() {
        long startedNanos = System.nanoTime();
        LOG.info("drains within {} ms: {}", within.toMillis(), left());
        // known before players are refused: the first one that comes is sent there already
        List<NodeState> nodes = states();
        if (!nodes.isEmpty()) { // this one is always among them, unless nobody answered in time
            placement.accept(nodes);
        }
        hubs.drain();
        control.drain();
        reconnect.accept(places(nodes));
        Duration margin = min(PUBLISHERS_BEFORE, within.dividedBy(4));
        long publishersUntil = within.minus(margin).toNanos();
        boolean publishersMoved = false;
        while (!cutShort && !isEmpty()) {
            long passed = System.nanoTime() - startedNanos;
            if (passed >= within.toNanos() || control.others().isEmpty()) {
                LOG.info(
                        "{}, left: {}",
                        passed >= within.toNanos() ? "the time to drain is over" : "no node is there to take over",
                        left());
                return;
            }
            if (!publishersMoved && passed >= publishersUntil) {
                publishersMoved = true;
                hubs.movePublishers();
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        LOG.info("drained after {} ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos));
    }

    private boolean isEmpty() {
        StreamHubs.Usage usage = hubs.usage();
        return hubs.publishers() == 0 && usage.relays() == 0 && usage.viewers() == 0;
    }

    private String left() {
        StreamHubs.Usage usage = hubs.usage();
        return hubs.publishers() + " publishers, " + usage.relays() + " nodes fed, " + usage.viewers() + " players";
    }

    /** Nodes to send clients to, in turn: of the own group if there are any, the least busy first. */
    private Supplier<Optional<String>> places(List<NodeState> nodes) {
        if (!settings.redirect()) {
            return Optional::empty;
        }
        List<String> places = places(control.node(), control.group(), nodes);
        AtomicInteger turn = new AtomicInteger();
        return () -> places.isEmpty()
                ? Optional.empty()
                : Optional.of(places.get(Math.floorMod(turn.getAndIncrement(), places.size())));
    }

    /** @param self still seems to take work where the news of its drain has not come yet */
    static List<String> places(NodeId self, NodeGroup group, List<NodeState> states) {
        List<NodeState> able = states.stream()
                .filter(one -> !one.node().id().equals(self))
                .filter(one ->
                        one.node().status() == NodeStatus.UP && one.node().rtmpPort() > 0)
                .sorted(Comparator.comparingInt(Drain::load))
                .toList();
        List<NodeState> near = able.stream()
                .filter(one -> one.node().peer().group().equals(group))
                .toList();
        return (near.isEmpty() ? able : near)
                .stream().map(one -> place(one.node())).toList();
    }

    private static int load(NodeState one) {
        return one.report().map(report -> report.viewers() + report.streams()).orElse(Integer.MAX_VALUE);
    }

    private static String place(ClusterNode node) {
        String host = node.peer().host();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + node.rtmpPort();
    }

    private List<NodeState> states() {
        try {
            return control.nodeStates().toCompletableFuture().get(PLACES_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException unknown) {
            return List.of();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
