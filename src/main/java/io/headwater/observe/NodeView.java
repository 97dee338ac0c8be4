package io.headwater.observe;

import io.headwater.cluster.ClusterNode;
import io.headwater.gateway.hls.HlsServer;
import io.headwater.relay.RelayLinkSnapshot;
import io.headwater.stream.HubSnapshot;
import io.headwater.stream.StreamHubs;
import java.util.List;
import java.util.Map;

/** What a metrics page is made of, read anew for each page. Any thread; must not block. */
public interface NodeView {
    /** Names and versions, which do not change while the process lives, by label. */
    Map<String, String> info();

    /** Whether the node takes publishers and players. */
    boolean ready();

    /** {@code running}, {@code draining} or {@code drained}. */
    String state();

    /** Whether the node is a full member of its cluster. */
    boolean inCluster();

    /** Every node of the cluster as this one sees it, and those that were lost lately. */
    List<ClusterNode> members();

    /** Streams whose deciding is done on this node. */
    int entities();

    /** Plays of this node that wait for a publisher. */
    int parkedPlays();

    StreamHubs.Usage usage();

    /** Streams on this node, at most so many. */
    List<HubSnapshot> streams();

    List<RelayLinkSnapshot> relayLinks();

    HlsServer.Usage hls();

    /** Of all cores, 0 to 100; -1 if unknown. */
    int cpuPercent();
}
