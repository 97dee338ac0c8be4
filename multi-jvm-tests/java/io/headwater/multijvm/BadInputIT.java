package io.headwater.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.demo.ClipPublisher;
import io.headwater.demo.FlvViewer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One node, nothing else: a complete server, which strangers cannot disturb. */
class BadInputIT {
    private static final String HOST = "127." + (10 + ProcessHandle.current().pid() % 200) + ".11.1";
    private static final int STRANGERS = 50;
    private static NodeProcess node;

    @BeforeAll
    static void startOneNode() {
        Map<String, String> settings = new TreeMap<>(NodeProcess.at("alone", HOST));
        settings.put("headwater.apps.default.publisher-grace", "1s");
        settings.put("headwater.apps.default.park", "1s");
        node = NodeProcess.start("alone", HOST, settings).awaitReady();
    }

    @AfterAll
    static void stopTheNode() {
        if (node != null) {
            node.close();
        }
    }

    @Test
    void strangersOnEveryPortCostAStreamBesideThemNoPicture() throws Exception {
        SplittableRandom random = new SplittableRandom(Long.getLong("seed", 1));
        List<Socket> strangers = new ArrayList<>();
        try (ClipPublisher publisher = publish();
                FlvViewer viewer = FlvViewer.start(TestCluster.CLIP, HOST, node.port("live"), "/live/beside.flv")) {
            TestCluster.sees(viewer, 25, "the stream runs");
            for (int i = 0; i < STRANGERS; i++) {
                for (String port : List.of("rtmp", "live", "http", "relay", "cluster")) {
                    strangers.add(say(port, garbage(i, random)));
                }
            }
            TestCluster.sees(viewer, 50, "the stream goes on");
            FlvViewer.Seen seen = viewer.seen();
            assertEquals(0, seen.missing() + seen.repeated() + seen.falls() + seen.restarts(), seen::toString);
            assertFalse(publisher.ended().isDone());
        } finally {
            for (Socket stranger : strangers) {
                stranger.close();
            }
        }
        Await.value("nothing is left", TestCluster.LIMIT, () -> node.self().path("inUse"), inUse -> {
            boolean[] clean = {inUse.size() > 0};
            inUse.forEach(count -> clean[0] &= count.asLong() == 0);
            return clean[0];
        });
        assertTrue(node.counter("rtmp.malformed") > 0, "malformed RTMP was counted");
        assertFalse(node.log().contains("\tat "), "a stack trace is in the log");
    }

    private static ClipPublisher publish() {
        RtmpUrl url = RtmpUrl.parse(node.rtmpUrl("live/beside")).orElseThrow();
        ClipPublisher publisher = ClipPublisher.start(TestCluster.CLIP, url);
        Await.until("published", TestCluster.LIMIT, () -> publisher.pictures() > 0);
        return publisher;
    }

    /** Random bytes, requests that are nearly right, half a handshake, and silence. */
    private static byte[] garbage(int kind, SplittableRandom random) {
        byte[] bytes = new byte[4096];
        random.nextBytes(bytes);
        switch (kind % 5) {
            case 0 -> bytes[0] = 3;
            case 1 -> {
                return "GET /live/../../etc/passwd HTTP/9.9\r\nX: \u0000\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
            }
            case 2 -> {
                return new byte[] {3, 0, 0};
            }
            case 3 -> {
                return new byte[0];
            }
            default -> bytes[0] = 'G';
        }
        return bytes;
    }

    private static Socket say(String port, byte[] bytes) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(HOST, node.port(port)), 5_000);
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException refused) {
            // the node was quicker to close it
        }
        return socket;
    }

    @Test
    void aStartWithAnUnknownKeyIsRefusedAndTheKeyIsNamed() {
        String said = refused(Map.of("headwater.rtmp.prot", "1935"));
        assertTrue(said.contains("headwater.rtmp.prot") && said.contains("headwater.rtmp.port"), said);
    }

    @Test
    void aStartWithAValueOutOfRangeIsRefusedAndKeyAndValueAreNamed() {
        String said = refused(Map.of("headwater.rtmp.port", "70000"));
        assertTrue(said.contains("headwater.rtmp.port") && said.contains("70000"), said);
    }

    @Test
    void aStartOnATakenPortIsRefusedAndPortAndKeyAreNamed() {
        String taken = Integer.toString(node.port("live"));
        String said = refused(Map.of("headwater.live.port", taken));
        assertTrue(said.contains("headwater.live.port") && said.contains(taken), said);
    }

    private static String refused(Map<String, String> settings) {
        Map<String, String> all = new TreeMap<>(NodeProcess.at("refused", HOST));
        all.putAll(settings);
        try (NodeProcess refused = NodeProcess.start("refused", HOST, all)) {
            int exit = refused.awaitExit(NodeProcess.START_LIMIT);
            assertTrue(exit == 1 || exit == 2, () -> "exit " + exit + "\n" + refused.log());
            assertFalse(refused.log().contains("\tat "), refused::log);
            return refused.log();
        }
    }
}
