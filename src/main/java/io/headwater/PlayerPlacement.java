package io.headwater;

import io.headwater.cluster.ClusterNode;
import io.headwater.cluster.ControlPlane;
import io.headwater.cluster.NodeReport;
import io.headwater.cluster.NodeState;
import io.headwater.cluster.NodeStatus;
import io.headwater.config.OverloadSettings;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.observe.Machine;
import io.headwater.observe.Overload;
import io.headwater.stream.Admission;
import io.headwater.stream.HubSnapshot;
import io.headwater.stream.StreamHubs;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Placement;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Sends players elsewhere when this node has enough, or is being taken out of service, if another node is better. A player
 * that was sent here is taken, so nobody goes round; and one that no other node can take is taken too, up to
 * {@code hub.max-viewers}.
 */
final class PlayerPlacement implements Admission, AutoCloseable {
    /** Protocols whose players can be sent on whenever they ask; those of HLS ask on and on, and only begin once. */
    private static final Set<String> CAN_BE_SENT = Set.of("rtmp", "http-flv", "ws-flv");

    private static final String TARGET = "target";
    private static final long LOOK_MS = 1_000;

    private final Admission next;
    private volatile OverloadSettings settings;
    private final ControlPlane control;
    private final StreamHubs hubs;
    private final Counters counters;
    private final BooleanSupplier leaving;
    private final Machine machine = new Machine();
    private Overload overload;
    private final ScheduledExecutorService clock;
    private final Map<NodeId, Integer> sent = new HashMap<>();
    private List<NodeState> others = List.of();

    /**
     * @param next asked whether a player that stays may play
     * @param leaving whether the node is being taken out of service
     */
    PlayerPlacement(
            Admission next,
            OverloadSettings settings,
            ControlPlane control,
            StreamHubs hubs,
            Counters counters,
            BooleanSupplier leaving) {
        this.next = next;
        this.settings = settings;
        this.control = control;
        this.hubs = hubs;
        this.counters = counters;
        this.leaving = leaving;
        this.overload = new Overload(settings.limits());
        this.clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "headwater-placement");
            thread.setDaemon(true);
            return thread;
        });
        clock.scheduleWithFixedDelay(this::look, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    }

    /** What was reached of the old limits is forgotten. */
    synchronized void change(OverloadSettings newSettings) {
        settings = newSettings;
        overload = new Overload(newSettings.limits());
    }

    private synchronized boolean isLimited() {
        return overload.isLimited();
    }

    /** Why this node has enough; empty if it takes players. */
    synchronized List<String> full() {
        overload.measured(Overload.Resource.VIEWERS, hubs.usage().viewers());
        return overload.reasons();
    }

    @Override
    public CompletionStage<Decision> ask(Request request) {
        boolean player = request.action() == Action.PLAY
                && CAN_BE_SENT.contains(request.peer().protocol());
        Optional<Decision.Elsewhere> elsewhere = player ? elsewhere(request) : Optional.empty();
        return elsewhere.isPresent() ? CompletableFuture.completedFuture(elsewhere.get()) : next.ask(request);
    }

    /** Where a player that begins should go; nothing if it is taken here. */
    Optional<Decision.Elsewhere> elsewhere(Request request) {
        Optional<String> why = why();
        if (why.isEmpty()) {
            return Optional.empty();
        }
        Optional<Place> place = request.credentials().containsKey(REDIRECTED) || !settings.redirect()
                ? Optional.empty()
                : place(request.key(), request.peer().protocol(), target(request));
        counters.increment(place.isPresent() ? Metric.PLACEMENT_REDIRECTED : Metric.PLACEMENT_KEPT);
        return place.map(there -> new Decision.Elsewhere(there, why.get()));
    }

    @Override
    public boolean isOpen(Action action, String app) {
        return next.isOpen(action, app);
    }

    /** Where a player of the stream should go from here; nothing if it is served here as well as anywhere. */
    Optional<Place> better(StreamKey key, Placement.Target target) {
        return why().flatMap(reason -> place(key, "", target));
    }

    private Optional<String> why() {
        if (leaving.getAsBoolean()) {
            return Optional.of("this node is being taken out of service");
        }
        List<String> full = full();
        return full.isEmpty() ? Optional.empty() : Optional.of("this node has enough: " + String.join("; ", full));
    }

    private synchronized Optional<Place> place(StreamKey key, String protocol, Placement.Target target) {
        Optional<NodeId> origin = hubs.snapshot(key)
                .map(HubSnapshot::path)
                .flatMap(path -> path.stream().findFirst());
        List<Placement.Candidate> candidates = others.stream()
                .map(state -> new Placement.Candidate(
                        state.node().id(),
                        state.node().peer().group(),
                        isAble(state, protocol),
                        state.report().map(NodeReport::viewers).orElse(0)
                                + sent.getOrDefault(state.node().id(), 0)))
                .toList();
        Optional<NodeId> chosen = Placement.choose(control.group(), origin, target, candidates);
        chosen.ifPresent(node -> sent.merge(node, 1, Integer::sum));
        return chosen.flatMap(node -> others.stream()
                .filter(state -> state.node().id().equals(node))
                .findFirst()
                .map(PlayerPlacement::placeOf));
    }

    private static boolean isAble(NodeState state, String protocol) {
        Place place = placeOf(state);
        int port = switch (protocol) {
            case "rtmp" -> place.rtmpPort();
            case "hls" -> place.httpPort();
            default -> place.livePort();
        };
        return port > 0 && takesPlayers(state);
    }

    private static boolean takesPlayers(NodeState state) {
        return state.node().status() == NodeStatus.UP
                && state.report().filter(report -> !report.full()).isPresent();
    }

    /** Whether who finds this node not ready has another one of its group to bring players to. */
    synchronized boolean othersTakePlayers() {
        return takePlayers(control.group(), others);
    }

    static boolean takePlayers(NodeGroup group, List<NodeState> others) {
        return others.stream().anyMatch(state -> state.node().peer().group().equals(group) && takesPlayers(state));
    }

    private static Place placeOf(NodeState state) {
        ClusterNode node = state.node();
        return new Place(
                node.peer().host(),
                node.rtmpPort(),
                state.report().map(NodeReport::livePort).orElse(0),
                node.httpPort());
    }

    private static Placement.Target target(Request request) {
        return target(request.credentials().getOrDefault(TARGET, ""));
    }

    /** What is no target is none: players bring all kinds of parameters. */
    static Placement.Target target(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "edge" -> Placement.Target.EDGE;
            case "origin" -> Placement.Target.ORIGIN;
            default -> Placement.Target.ANY;
        };
    }

    private void look() {
        synchronized (this) {
            overload.measured(Overload.Resource.CPU, machine.cpuPercent())
                    .measured(Overload.Resource.MEMORY, machine.memoryPercent());
        }
        if (isLimited() || leaving.getAsBoolean()) {
            control.nodeStates().thenAccept(this::seen);
        }
    }

    /** How the nodes are now, this one among them. */
    synchronized void seen(List<NodeState> states) {
        others = states.stream()
                .filter(state -> control.others().stream()
                        .anyMatch(other -> other.id().equals(state.node().id())))
                .toList();
        sent.clear();
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
