package io.headwater;

import io.headwater.api.ClusterQueries;
import io.headwater.cluster.ClusterNode;
import io.headwater.cluster.ControlPlane;
import io.headwater.cluster.EventReport;
import io.headwater.cluster.NodeReport;
import io.headwater.cluster.NodeState;
import io.headwater.cluster.NodeStatus;
import io.headwater.cluster.StreamReport;
import io.headwater.cluster.StreamTopology;
import io.headwater.media.StreamKey;
import io.headwater.stream.Streams;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts what the nodes report into the shapes REST shows. */
final class ClusterAnswers implements ClusterQueries {
    private final ControlPlane control;
    private final boolean meantForSeveral;
    private final BooleanSupplier outOfService;

    /** @param outOfService whether this node has left the cluster for good and only tells how it is */
    ClusterAnswers(ControlPlane control, boolean meantForSeveral, BooleanSupplier outOfService) {
        this.control = control;
        this.meantForSeveral = meantForSeveral;
        this.outOfService = outOfService;
    }

    @Override
    public boolean clusterMode() {
        return meantForSeveral || control.nodes().size() > 1;
    }

    @Override
    public CompletionStage<List<Member>> members() {
        if (outOfService.getAsBoolean()) {
            // what it knew of the others when it left is not how they are
            return CompletableFuture.completedFuture(control.nodes().stream()
                    .filter(node -> node.id().equals(control.node()))
                    .map(node -> member(new NodeState(node, Optional.empty()), "drained"))
                    .toList());
        }
        return control.nodeStates()
                .thenApply(states -> Stream.concat(states.stream(), control.lostNodes().stream())
                        .map(state -> member(state, state.node().status().wireName()))
                        .toList());
    }

    @Override
    public List<String> hosts() {
        return control.nodes().stream()
                .map(node -> node.peer().host())
                .distinct()
                .toList();
    }

    @Override
    public CompletionStage<List<LiveStream>> streams() {
        return streams(report -> true);
    }

    @Override
    public CompletionStage<List<LiveStream>> streams(String app) {
        return streams(report -> report.key().app().equals(app));
    }

    private CompletionStage<List<LiveStream>> streams(Predicate<StreamReport> wanted) {
        return control.streams()
                .thenApply(reports ->
                        reports.stream()
                                .filter(wanted)
                                .collect(Collectors.groupingBy(StreamReport::key))
                                .values()
                                .stream()
                                .flatMap(ofOne -> liveStream(ofOne).stream())
                                .toList());
    }

    @Override
    public CompletionStage<Optional<LiveStream>> stream(StreamKey key) {
        return control.streams(key).thenApply(ClusterAnswers::liveStream);
    }

    @Override
    public CompletionStage<Optional<StreamTree>> tree(StreamKey key) {
        return control.topology(key).thenApply(found -> found.map(topology -> tree(key, topology)));
    }

    @Override
    public CompletionStage<List<Event>> events(StreamKey key) {
        return control.events(key)
                .thenApply(
                        reports -> reports.stream().map(ClusterAnswers::event).toList());
    }

    @Override
    public CompletionStage<List<Viewer>> viewers(StreamKey key) {
        return control.viewers(key)
                .thenApply(reports -> reports.stream()
                        .map(one -> new Viewer(
                                one.id(), one.node(), one.group(), one.protocol(), one.address(), one.sinceMs()))
                        .toList());
    }

    private static Event event(EventReport report) {
        return new Event(
                Instant.ofEpochMilli(report.atMs()),
                report.kind(),
                report.node().node(),
                report.node().group(),
                Optional.of(report.from()).filter(name -> !name.isEmpty()),
                Optional.of(report.to()).filter(name -> !name.isEmpty()),
                report.why(),
                measured(report.gapMs()),
                measured(report.framesLost()),
                report.epoch());
    }

    private static OptionalLong measured(long value) {
        return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }

    @Override
    public CompletionStage<Map<String, String>> forwards() {
        return control.forwards();
    }

    @Override
    public Optional<String> notReady() {
        return control.isUp() ? Optional.empty() : Optional.of("not a member of the cluster yet, or not any more");
    }

    @Override
    public EntityHosts entityHosts() {
        var hosts = control.entityHosts();
        return new EntityHosts(hosts.coordinator(), hosts.here());
    }

    private static Member member(NodeState state, String shown) {
        ClusterNode node = state.node();
        NodeReport report = state.report().orElse(new NodeReport(0, 0, -1, 0, 0, node.sinceMs()));
        return new Member(
                node.id(),
                node.peer().group(),
                node.peer().host(),
                node.status() != NodeStatus.UNREACHABLE && node.status() != NodeStatus.DOWN,
                shown,
                node.version(),
                new Ports(node.httpPort(), node.peer().relayPort(), node.rtmpPort(), report.livePort()),
                report.usedMemoryMb(),
                report.maxMemoryMb(),
                Math.max(0, report.cpuPercent()),
                report.streams(),
                report.viewers(),
                new Roles(
                        report.mainOriginOf(),
                        report.secondaryOriginOf(),
                        Math.max(0, report.streams() - report.mainOriginOf() - report.secondaryOriginOf())),
                report.atMs());
    }

    /** Nothing if nobody has ever published it while these nodes held it: players that wait are no stream. */
    private static Optional<LiveStream> liveStream(List<StreamReport> reports) {
        Optional<StreamReport> origin = reports.stream()
                .filter(report -> report.holding().published())
                .max(Comparator.comparingLong(report -> report.holding().epoch()));
        Optional<StreamReport> best = origin.or(() -> reports.stream()
                .filter(report -> report.holding().epoch() > 0)
                .max(Comparator.comparingLong(report -> report.holding().epoch())));
        return best.map(report -> new LiveStream(
                report.key(),
                origin.isPresent(),
                report.node().host(),
                report.publisher().map(Streams.PeerInfo::protocol).orElse(""),
                report.publisher().map(Streams.PeerInfo::address).orElse(""),
                viewers(reports),
                report.startedAtMs(),
                report.bytesIn(),
                report.bitrateIn(),
                largest(report, StreamReport.TrackReport::width),
                largest(report, StreamReport.TrackReport::height),
                report.tracks().stream()
                        .map(track -> new StreamTrack(
                                track.codec(), track.width(), track.height(), track.sampleRate(), track.channels()))
                        .toList(),
                report.picturesPerSecond(),
                report.audioBitrateIn()));
    }

    private static Map<String, Integer> viewers(List<StreamReport> reports) {
        Map<String, Integer> sum = new TreeMap<>();
        for (StreamReport report : reports) {
            report.viewersByProtocol().forEach((protocol, count) -> sum.merge(protocol, count, Integer::sum));
        }
        return sum;
    }

    private static int largest(StreamReport report, java.util.function.ToIntFunction<StreamReport.TrackReport> size) {
        return report.tracks().stream().mapToInt(size).max().orElse(0);
    }

    private static StreamTree tree(StreamKey key, StreamTopology topology) {
        long newest = topology.nodes().stream()
                .filter(report -> report.holding().published())
                .mapToLong(report -> report.holding().lastSequence())
                .max()
                .orElse(-1);
        return new StreamTree(
                key,
                topology.view().epoch(),
                Optional.of(topology.view().homeGroup()),
                topology.view().mainOrigin(),
                topology.view().groups().stream()
                        .map(group -> new GroupOrigin(group.group(), group.origin(), group.successor()))
                        .toList(),
                topology.nodes().stream()
                        .map(report -> branch(report, topology.view().epoch(), newest))
                        .toList());
    }

    private static Branch branch(StreamReport report, long epoch, long newest) {
        var holding = report.holding();
        // the nodes are asked one after another: one that answered later may be ahead of the main origin's answer
        long lag = holding.epoch() == epoch ? Math.max(0, newest - holding.lastSequence()) : Math.max(0, newest + 1);
        return new Branch(
                report.node().node(),
                report.node().group(),
                holding.role().wireName(),
                holding.published() ? Optional.of("publisher") : holding.feed().map(Object::toString),
                holding.viewers(),
                holding.standbys(),
                holding.backup(),
                lag,
                report.bitrateIn());
    }
}
