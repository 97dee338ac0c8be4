package io.headwater.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.demo.ClipPublisher;
import io.headwater.demo.FlvViewer;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** One node that was told nothing is a complete server. */
class AloneIT {

    @Test
    void scriptsNodeWithoutConfigurationTakesAPublisherAndServesPlayers() {
        // the tests may not claim the default ports; nothing else is set
        Map<String, String> ports = new TreeMap<>();
        for (String port : new String[] {"rtmp", "live", "http", "relay", "cluster"}) {
            ports.put("headwater." + port + ".port", "0");
        }
        try (NodeProcess node = NodeProcess.startByScript("default", ports).awaitReady()) {
            assertEquals("default", node.self().path("nodeGroup").asText());
            assertEquals(
                    1,
                    node.rest()
                            .get("/rest/v2/cluster/node-count")
                            .body()
                            .path("number")
                            .asInt());
            RtmpUrl url = RtmpUrl.parse(node.rtmpUrl("live/stream1")).orElseThrow();
            try (ClipPublisher publisher = ClipPublisher.start(TestCluster.CLIP, url);
                    FlvViewer viewer =
                            FlvViewer.start(TestCluster.CLIP, node.host(), node.port("live"), "/live/stream1.flv")) {
                TestCluster.sees(viewer, 50, "a player of the one node");
                FlvViewer.Seen seen = viewer.seen();
                assertEquals(0, seen.missing() + seen.repeated() + seen.falls() + seen.restarts(), seen::toString);
                assertTrue(publisher.pictures() > 0);
            }
        }
    }
}
