package io.headwater.observe;

import io.headwater.cluster.ClusterNode;
import io.headwater.cluster.NodeStatus;
import io.headwater.gateway.hls.HlsServer;
import io.headwater.media.StreamKey;
import io.headwater.net.DirectMemory;
import io.headwater.relay.RelayLinkSnapshot;
import io.headwater.stream.HubSnapshot;
import io.headwater.stream.StreamHubs;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The gauges of a page: what the node holds at this moment, in streams, links and memory, and how it sees the cluster. */
final class NodeCollector implements MultiCollector {
    private static final List<String> STATES = List.of("running", "draining", "drained");
    /** What stands for all streams, or nodes, beyond those that have series of their own. */
    private static final String OTHER = "other";
    /** Nodes this one has links with, at most: a cluster is smaller. */
    private static final int MOST_PEERS = 200;

    private final NodeView node;
    private final StreamLabels labels;

    NodeCollector(NodeView node, int streams) {
        this.node = node;
        this.labels = new StreamLabels(streams);
    }

    @Override
    public synchronized MetricSnapshots collect() {
        List<HubSnapshot> streams = node.streams();
        List<MetricSnapshot> all = new ArrayList<>();
        all.addAll(ofNode());
        all.addAll(ofCluster());
        all.addAll(ofAudience(streams));
        all.addAll(ofHls(node.hls()));
        all.addAll(ofStreams(streams));
        all.addAll(ofLinks(streams, node.relayLinks()));
        return new MetricSnapshots(all);
    }

    private List<GaugeSnapshot> ofNode() {
        StreamHubs.Usage usage = node.usage();
        Gauges state = Gauges.summed("headwater_node_state", "1 for the state the node is in");
        STATES.forEach(one -> state.add(one.equals(node.state()) ? 1 : 0, "state", one));
        return List.of(
                Gauges.summed("headwater_node", "always 1; who the node is")
                        .add(1, pairs(node.info()))
                        .snapshot(),
                state.snapshot(),
                Gauges.one("headwater_node_ready", "1 if the node takes publishers and players", one(node.ready())),
                Gauges.one("headwater_streams", "streams on this node, published here or pulled", usage.hubs()),
                Gauges.one("headwater_relays", "nodes that pull a stream from this one", usage.relays()),
                Gauges.one("headwater_standbys", "backup publishers that wait", usage.standbys()),
                Gauges.one("headwater_encoded_bytes", "frames kept in the formats of players", (double)
                        usage.encodedBytes()),
                Gauges.one("headwater_encoded_buffers", "the buffers of those", (double) usage.encodedBuffers()),
                Gauges.one("headwater_direct_memory_bytes", "memory of Netty's buffers", (double) DirectMemory.used()),
                Gauges.one(
                        "headwater_machine_cpu_ratio",
                        "use of all cores by everything on the machine, 0 to 1; -1 if unknown",
                        node.cpuPercent() < 0 ? -1 : node.cpuPercent() / 100.0));
    }

    private List<GaugeSnapshot> ofCluster() {
        Gauges members = Gauges.summed("headwater_cluster_members", "nodes of the cluster as this one sees them");
        for (NodeStatus status : NodeStatus.values()) {
            members.add(0, "status", status.wireName());
        }
        Gauges groups = Gauges.summed("headwater_cluster_group_members", "the same by node group");
        for (ClusterNode member : node.members()) {
            members.add(1, "status", member.status().wireName());
            if (member.status() != NodeStatus.DOWN) {
                groups.add(1, "group", member.peer().group().name());
            }
        }
        return List.of(
                Gauges.one("headwater_cluster_joined", "1 if the node is a full member", one(node.inCluster())),
                members.snapshot(),
                groups.snapshot(),
                Gauges.one("headwater_cluster_entities", "streams decided about on this node", node.entities()),
                Gauges.one("headwater_cluster_parked_plays", "plays that wait for a publisher", node.parkedPlays()));
    }

    private static List<GaugeSnapshot> ofHls(HlsServer.Usage hls) {
        return List.of(
                Gauges.one("headwater_hls_packaged_streams", "streams that are packaged for HLS here", hls.streams()),
                Gauges.one(
                        "headwater_hls_waiting_requests",
                        "requests that wait for a playlist or part still to come",
                        hls.blocked()),
                Gauges.one("headwater_hls_segment_bytes", "parts and segments kept in memory", (double) hls.bytes()));
    }

    private static List<GaugeSnapshot> ofAudience(List<HubSnapshot> streams) {
        Gauges viewers = Gauges.summed("headwater_viewers", "players of this node by protocol");
        for (String protocol : List.of("rtmp", "http-flv", "ws-flv", "hls")) {
            viewers.add(0, "protocol", protocol);
        }
        Gauges publishers = Gauges.summed("headwater_publishers", "publishers of this node by protocol");
        publishers.add(0, "protocol", "rtmp");
        for (HubSnapshot stream : streams) {
            stream.viewersByProtocol().forEach((protocol, count) -> viewers.add(count, "protocol", protocol));
            stream.publisher().ifPresent(publisher -> publishers.add(1, "protocol", publisher.protocol()));
        }
        return List.of(viewers.snapshot(), publishers.snapshot());
    }

    private List<GaugeSnapshot> ofStreams(List<HubSnapshot> streams) {
        labels.update(streams.stream().map(stream -> stream.holding().key()).toList());
        Gauges viewers = Gauges.summed("headwater_stream_viewers", "players of a stream on this node");
        Gauges relays = Gauges.summed("headwater_stream_relays", "nodes that pull it from this one");
        Gauges rate =
                Gauges.summed("headwater_stream_input_bytes_per_second", "payload of the feed over the last seconds");
        Gauges dropped = Gauges.summed(
                "headwater_stream_dropped_frames", "frames that slow players of it did not get since it began here");
        Gauges ring = Gauges.summed("headwater_stream_ring_bytes", "what it keeps in memory");
        for (HubSnapshot stream : streams) {
            String[] who = who(stream.holding().key());
            viewers.add(stream.holding().viewers(), who);
            relays.add(stream.holding().relays(), who);
            rate.add(stream.bitrateIn() / 8.0, who);
            dropped.add((double) stream.framesDropped(), who);
            ring.add((double) stream.ringBytes(), who);
        }
        return List.of(viewers.snapshot(), relays.snapshot(), rate.snapshot(), dropped.snapshot(), ring.snapshot());
    }

    private String[] who(StreamKey key) {
        Optional<StreamKey> shown = labels.of(key);
        return new String[] {
            "app",
            shown.map(StreamKey::app).orElse(OTHER),
            "stream",
            shown.map(StreamKey::streamId).orElse(OTHER)
        };
    }

    private static List<GaugeSnapshot> ofLinks(List<HubSnapshot> streams, List<RelayLinkSnapshot> links) {
        Map<StreamKey, HubSnapshot> byKey = new HashMap<>();
        streams.forEach(stream -> byKey.put(stream.holding().key(), stream));
        Gauges open = Gauges.summed("headwater_relay_links", "links with another node; in: pulled from there");
        Gauges trip = Gauges.highest(
                "headwater_relay_round_trip_seconds", "of the slowest link with a node, by its last keep-alive");
        Gauges lag = Gauges.highest(
                "headwater_relay_lag_frames", "frames that are here and not yet on their way on the slowest link");
        open.add(0, "direction", "in", "peer", "none").add(0, "direction", "out", "peer", "none");
        Set<String> peers = new HashSet<>();
        for (RelayLinkSnapshot link : links) {
            String peer = link.peer().name();
            String shown = peers.contains(peer) || peers.size() < MOST_PEERS ? peer : OTHER;
            peers.add(shown);
            String direction = link.direction().name().toLowerCase(Locale.ROOT);
            open.add(1, "direction", direction, "peer", shown);
            if (link.roundTripUs() >= 0) {
                trip.add(link.roundTripUs() / 1e6, "direction", direction, "peer", shown);
            }
            HubSnapshot hub = byKey.get(link.key());
            if (link.direction() == RelayLinkSnapshot.Direction.OUT && hub != null) {
                lag.add((double) lag(hub, link), "peer", shown);
            }
        }
        return List.of(open.snapshot(), trip.snapshot(), lag.snapshot());
    }

    /** Of another session all frames of the hub's are still to come. */
    private static long lag(HubSnapshot hub, RelayLinkSnapshot link) {
        long newest = hub.holding().lastSequence();
        return Math.max(0, hub.holding().epoch() == link.epoch() ? newest - link.sequence() : newest + 1);
    }

    private static double one(boolean yes) {
        return yes ? 1 : 0;
    }

    private static String[] pairs(Map<String, String> labels) {
        return labels.entrySet().stream()
                .flatMap(label -> Arrays.asList(label.getKey(), label.getValue()).stream())
                .toArray(String[]::new);
    }
}
