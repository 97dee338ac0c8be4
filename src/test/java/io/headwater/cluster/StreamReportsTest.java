package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.headwater.media.StreamKey;
import io.headwater.stream.Directory;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import io.headwater.topology.Role;
import io.headwater.topology.StreamView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StreamReportsTest {
    private static final StreamKey KEY = new StreamKey("live", "s");

    private static StreamReport report(String node, String group, long epoch, Role role) {
        var holding = new Directory.Holding(
                KEY, epoch, role, role == Role.MAIN_ORIGIN, Optional.empty(), 1, 0, 0, 0, false, 0);
        var peer = new Peer(new NodeId(node), new NodeGroup(group), "h", 1);
        return new StreamReport(peer, holding, List.of(), List.of(), Optional.empty(), Map.of(), 0, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void whatTheNodesReportIsATopologyOfItsOwn() {
        StreamView view = StreamReports.seen(List.of(
                report("e11", "r1", 5, Role.EDGE),
                report("e21", "r2", 5, Role.SECONDARY_ORIGIN),
                report("e22", "r2", 5, Role.EDGE),
                report("o1", "r1", 5, Role.MAIN_ORIGIN)));
        assertEquals(Optional.of(new NodeId("o1")), view.mainOrigin());
        assertEquals(new NodeGroup("r1"), view.homeGroup());
        assertEquals(5, view.epoch());
        assertEquals(
                List.of(Optional.of(new NodeId("o1")), Optional.of(new NodeId("e21"))),
                view.groups().stream().map(StreamView.Group::origin).toList());
    }
}
