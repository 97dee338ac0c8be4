package io.headwater.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.demo.ClipPublisher;
import io.headwater.demo.FlvViewer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** One node that was told nothing is a complete server. */
class AloneIT {

    @Test
    void scriptsNodeTakesAPublisherServesPlayersAndReadsItsFileAgain() throws Exception {
        // the tests may not claim the default ports; nothing else is set
        Map<String, String> ports = new TreeMap<>();
        for (String port : new String[] {"rtmp", "live", "http", "relay", "cluster"}) {
            ports.put("headwater." + port + ".port", "0");
        }
        // the checkout's configuration, which sets nothing, where a line can be added to it
        Path conf = Files.createDirectories(Path.of("target", "multi-jvm-homes"))
                .resolve("alone-" + System.nanoTime() + ".conf");
        String asItIs = Files.readString(Path.of("conf", "headwater.conf"));
        Files.writeString(conf, asItIs);
        try (NodeProcess node =
                NodeProcess.startByScript("default", conf, ports).awaitReady()) {
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

                // one player is enough from now on: readiness says so, takes more since nobody else does, and the
                // player stays
                Files.writeString(conf, asItIs + "\nheadwater.overload.max-viewers = 1\n");
                node.signal("HUP");
                Await.until(
                        "SIGHUP takes over what the file says",
                        TestCluster.LIMIT,
                        () -> node.rest().get("/rest/v2/readiness").body().has("note"));
                Files.writeString(conf, "headwater.overload { max-viewers = many\n colour = blue }\n");
                node.signal("HUP");
                Await.until(
                        "a mistake is told",
                        TestCluster.LIMIT,
                        () -> node.log().contains("headwater.overload.colour is not a known key"));
                assertTrue(
                        node.log()
                                .contains("headwater.overload.max-viewers is 'many' (" + conf.toAbsolutePath() + ":1)"),
                        node::log);
                Rest.Answer ready = node.rest().get("/rest/v2/readiness");
                assertEquals(200, ready.status());
                assertTrue(ready.body().path("note").asText().contains("viewers 1, the limit is 1"), ready::toString);
                TestCluster.sees(viewer, 25, "the player is not disturbed");
            }
        }
    }
}
