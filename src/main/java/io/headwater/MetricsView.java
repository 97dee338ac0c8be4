package io.headwater;

import io.headwater.cluster.ClusterNode;
import io.headwater.cluster.ControlPlane;
import io.headwater.cluster.NodeState;
import io.headwater.gateway.hls.HlsServer;
import io.headwater.observe.NodeView;
import io.headwater.relay.RelayLinkSnapshot;
import io.headwater.stream.HubSnapshot;
import io.headwater.stream.StreamHubs;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the metrics page reads of this node. */
final class MetricsView implements NodeView {
    private static final int MOST_STREAMS = 100_000;

    private final SelfReport self;
    private final StreamHubs hubs;
    private final ControlPlane control;
    private final Drain drain;
    private final HlsServer hls;

    MetricsView(SelfReport self, StreamHubs hubs, ControlPlane control, Drain drain, HlsServer hls) {
        this.hls = hls;
        this.self = self;
        this.hubs = hubs;
        this.control = control;
        this.drain = drain;
    }

    @Override
    public Map<String, String> info() {
        Map<String, String> info = new TreeMap<>();
        info.put("node", self.id().name());
        info.put("group", self.group().name());
        info.put("version", self.version().name());
        return info;
    }

    @Override
    public boolean ready() {
        return control.isUp() && self.notReady().isEmpty();
    }

    @Override
    public String state() {
        return drain.state().wireName();
    }

    @Override
    public boolean inCluster() {
        return control.isUp();
    }

    @Override
    public List<ClusterNode> members() {
        return Stream.concat(
                        control.nodes().stream(), control.lostNodes().stream().map(NodeState::node))
                .toList();
    }

    @Override
    public int entities() {
        return control.entityHosts().here().size();
    }

    @Override
    public int parkedPlays() {
        return control.parkedPlays();
    }

    @Override
    public StreamHubs.Usage usage() {
        return hubs.usage();
    }

    @Override
    public List<HubSnapshot> streams() {
        return hubs.snapshots(MOST_STREAMS);
    }

    @Override
    public List<RelayLinkSnapshot> relayLinks() {
        return self.links();
    }

    @Override
    public HlsServer.Usage hls() {
        return hls.usage();
    }

    @Override
    public int cpuPercent() {
        return self.cpuPercent();
    }
}
