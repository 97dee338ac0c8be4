package io.headwater;

import io.headwater.api.DrainControl;
import io.headwater.api.LocalNode;
import io.headwater.cluster.GroupOrder;
import io.headwater.cluster.LocalState;
import io.headwater.cluster.NodeReport;
import io.headwater.cluster.ViewerReport;
import io.headwater.config.NodeConfig;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.observe.Machine;
import io.headwater.relay.RelayLinkSnapshot;
import io.headwater.stream.Directory;
import io.headwater.stream.EventLog;
import io.headwater.stream.HubSnapshot;
import io.headwater.stream.Sessions;
import io.headwater.stream.StreamEvent;
import io.headwater.stream.StreamHubs;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Role;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What this node says about itself, to its own REST callers and to other nodes. */
final class SelfReport implements LocalNode, LocalState {
    private final NodeConfig config;
    private final Supplier<NodeGroup> group;
    private final StreamHubs hubs;
    private final EventLog events;
    private final Counters counters;
    private final Machine machine = new Machine();
    private volatile Map<String, Integer> ports = Map.of();
    private volatile Supplier<List<RelayLinkSnapshot>> links = List::of;
    private volatile Supplier<DrainControl.State> state = () -> DrainControl.State.RUNNING;
    private volatile Supplier<List<String>> full = List::of;
    private volatile BooleanSupplier othersTakePlayers = () -> true;
    private volatile Supplier<Map<String, String>> forwards = Map::of;
    private volatile Function<NodeGroup, CompletionStage<GroupOrder>> move = LocalState.super::changeGroup;
    private volatile @Nullable DrainControl drain;
    private volatile List<Sessions> viewers = List.of();
    private volatile boolean stopping;

    SelfReport(NodeConfig config, Supplier<NodeGroup> group, StreamHubs hubs, EventLog events, Counters counters) {
        this.config = config;
        this.group = group;
        this.hubs = hubs;
        this.events = events;
        this.counters = counters;
    }

    void bound(Map<String, Integer> newPorts) {
        ports = newPorts;
    }

    void links(Supplier<List<RelayLinkSnapshot>> newLinks) {
        links = newLinks;
    }

    void state(Supplier<DrainControl.State> newState) {
        state = newState;
    }

    /** Sets who says why the node has enough, and whether there is another one for players. */
    void full(Supplier<List<String>> newFull, BooleanSupplier others) {
        full = newFull;
        othersTakePlayers = others;
    }

    void stopping() {
        stopping = true;
    }

    static Version softwareVersion() {
        Package own = SelfReport.class.getPackage();
        return new Version(Optional.ofNullable(own.getImplementationVersion()).orElse("development"), "");
    }

    @Override
    public NodeId id() {
        return config.nodeId();
    }

    @Override
    public NodeGroup group() {
        return group.get();
    }

    @Override
    public String host() {
        return config.addresses().advertisedHost();
    }

    @Override
    public Version version() {
        return softwareVersion();
    }

    @Override
    public Map<String, Integer> ports() {
        return ports;
    }

    @Override
    public Optional<HubSnapshot> stream(StreamKey key) {
        return hubs.snapshot(key);
    }

    @Override
    public List<HubSnapshot> streams(int limit) {
        return hubs.snapshots(limit);
    }

    @Override
    public List<StreamEvent> events(StreamKey key) {
        return events.of(key);
    }

    List<RelayLinkSnapshot> links() {
        return links.get();
    }

    /** Of the whole machine, 0 to 100; -1 if unknown. */
    int cpuPercent() {
        return machine.cpuPercent();
    }

    @Override
    public Map<String, String> forwards() {
        return forwards.get();
    }

    /** Sets who knows the players. */
    void viewers(Sessions... all) {
        viewers = List.of(all);
    }

    @Override
    public List<ViewerReport> viewers(StreamKey key, int most) {
        return viewers.stream()
                .flatMap(some -> some.of(key).stream())
                .sorted(Comparator.comparingLong(Sessions.Session::sinceMs).thenComparing(Sessions.Session::id))
                .limit(most)
                .map(one -> new ViewerReport(one.id(), id(), group(), one.protocol(), one.address(), one.sinceMs()))
                .toList();
    }

    @Override
    public int endViewers(StreamKey key, Optional<String> id) {
        return viewers.stream().mapToInt(some -> some.end(key, id)).sum();
    }

    /** Sets who moves the node to another group. */
    void moves(Function<NodeGroup, CompletionStage<GroupOrder>> newMove) {
        move = newMove;
    }

    @Override
    public CompletionStage<GroupOrder> changeGroup(NodeGroup wanted) {
        return move.apply(wanted);
    }

    void drains(DrainControl newDrain) {
        drain = newDrain;
    }

    @Override
    public String drain(Optional<Duration> within) {
        DrainControl known = drain;
        return known == null ? "" : known.drain(within);
    }

    void forwards(Supplier<Map<String, String>> newForwards) {
        forwards = newForwards;
    }

    @Override
    public List<RelayLink> relayLinks() {
        return links.get().stream()
                .map(link -> new RelayLink(
                        link.key().toString(),
                        link.peer().name(),
                        link.group().name(),
                        link.direction() == RelayLinkSnapshot.Direction.IN ? "in" : "out",
                        link.bytes(),
                        link.frames(),
                        link.sequence()))
                .toList();
    }

    @Override
    public Map<String, Long> inUse() {
        StreamHubs.Usage usage = hubs.usage();
        Map<String, Long> inUse = new LinkedHashMap<>();
        inUse.put("hubs", (long) usage.hubs());
        inUse.put("viewers", (long) usage.viewers());
        inUse.put("relays", (long) usage.relays());
        inUse.put("standbys", (long) usage.standbys());
        inUse.put("encodedBuffers", usage.encodedBuffers());
        inUse.put("encodedBytes", usage.encodedBytes());
        inUse.put("rtmpConnections", open(Metric.RTMP_CONNECTIONS_OPENED, Metric.RTMP_CONNECTIONS_CLOSED));
        inUse.put("liveConnections", open(Metric.LIVE_CONNECTIONS_OPENED, Metric.LIVE_CONNECTIONS_CLOSED));
        inUse.put("relayLinks", (long) links.get().size());
        return inUse;
    }

    /** Connections of publishers and players that are open now. */
    long clients() {
        return open(Metric.RTMP_CONNECTIONS_OPENED, Metric.RTMP_CONNECTIONS_CLOSED)
                + open(Metric.LIVE_CONNECTIONS_OPENED, Metric.LIVE_CONNECTIONS_CLOSED);
    }

    @Override
    public Optional<String> notReady() {
        return switch (state.get()) {
            case DRAINED -> Optional.of("the node is out of service");
            case DRAINING -> Optional.of("the node is draining: it is being taken out of service");
            case RUNNING -> stopping ? Optional.of("the node shuts down") : overloaded();
        };
    }

    private Optional<String> overloaded() {
        List<String> reasons = full.get();
        return reasons.isEmpty() || !othersTakePlayers.getAsBoolean()
                ? Optional.empty()
                : Optional.of("the node has enough: " + String.join("; ", reasons));
    }

    /** If all said no, nobody would take players. */
    @Override
    public Optional<String> readyAllTheSame() {
        List<String> reasons = full.get();
        return reasons.isEmpty() || othersTakePlayers.getAsBoolean()
                ? Optional.empty()
                : Optional.of("the node has enough, and no other node of its group takes players: "
                        + String.join("; ", reasons));
    }

    @Override
    public NodeReport node() {
        StreamHubs.Usage usage = hubs.usage();
        List<Directory.Holding> holdings = hubs.holdings();
        return new NodeReport(
                machine.usedMemoryMb(),
                machine.maxMemoryMb(),
                machine.cpuPercent(),
                usage.hubs(),
                usage.viewers(),
                System.currentTimeMillis(),
                ports.getOrDefault("live", 0),
                !full.get().isEmpty(),
                heldAs(Role.MAIN_ORIGIN, holdings),
                heldAs(Role.SECONDARY_ORIGIN, holdings));
    }

    private static int heldAs(Role role, List<Directory.Holding> holdings) {
        return (int) holdings.stream().filter(holding -> holding.role() == role).count();
    }

    private long open(Metric opened, Metric closed) {
        return counters.get(opened) - counters.get(closed);
    }

    static Stream<RelayLinkSnapshot> both(List<RelayLinkSnapshot> first, List<RelayLinkSnapshot> second) {
        return Stream.concat(first.stream(), second.stream());
    }
}
