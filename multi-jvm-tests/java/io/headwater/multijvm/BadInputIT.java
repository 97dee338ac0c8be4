package io.headwater.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.relay.EndCode;
import io.headwater.codec.relay.RelayMessage;
import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.demo.ClipPublisher;
import io.headwater.demo.FlvViewer;
import java.nio.charset.StandardCharsets;
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
        settings.put("headwater.cluster.secret", "the-secret-of-this-cluster");
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
        long malformed = node.counter("rtmp.malformed");
        SplittableRandom random = new SplittableRandom(Long.getLong("seed", 1));
        besideAStream(strangers -> {
            for (int i = 0; i < STRANGERS; i++) {
                for (String port : List.of("rtmp", "live", "http", "relay", "cluster")) {
                    strangers.say(port, garbage(i, random));
                }
            }
        });
        assertTrue(node.counter("rtmp.malformed") > malformed, "malformed RTMP was counted");
    }

    @Test
    void aRelayPeerWithAnotherSecretIsToldSoAndCounted() throws Exception {
        long refused = node.counter("relay.refused.secret");
        besideAStream(strangers -> {
            for (int i = 0; i < STRANGERS; i++) {
                RelayPeer peer = new RelayPeer(strangers.say("relay", RelayPeer.opening(1)));
                assertInstanceOf(RelayMessage.Challenge.class, peer.next());
                peer.hello("beside", "another secret");
                RelayMessage.Refuse refusal = assertInstanceOf(RelayMessage.Refuse.class, peer.next());
                assertEquals(EndCode.SECRET.wireId(), refusal.code(), refusal.text());
            }
        });
        assertEquals(refused + STRANGERS, node.counter("relay.refused.secret"));
    }

    @Test
    void aRelayPeerOfAnotherVersionIsToldSoAndCounted() throws Exception {
        long refused = node.counter("relay.refused.version");
        besideAStream(strangers -> {
            for (int i = 0; i < STRANGERS; i++) {
                RelayPeer peer = new RelayPeer(strangers.say("relay", RelayPeer.opening(2 + i)));
                RelayMessage.Refuse refusal = assertInstanceOf(RelayMessage.Refuse.class, peer.next());
                assertEquals(EndCode.VERSION.wireId(), refusal.code(), refusal.text());
            }
        });
        assertEquals(refused + STRANGERS, node.counter("relay.refused.version"));
    }

    @Test
    void rtmpBombsAreRefusedAndLeaveNoMemoryBehind() throws Exception {
        long malformed = node.counter("rtmp.malformed");
        long heap = node.heapAfterCollection();
        List<byte[]> bombs = RtmpBombs.all();
        besideAStream(strangers -> {
            for (int round = 0; round < 5; round++) {
                for (byte[] bomb : bombs) {
                    Strangers.awaitClosed(strangers.say("rtmp", bomb));
                }
            }
        });
        assertEquals(malformed + 5L * bombs.size(), node.counter("rtmp.malformed"));
        assertGrewBy(heap, 16);
    }

    @Test
    void messagesThatAreNeverFinishedCostWhatCameOfThemAndNotWhatTheySay() throws Exception {
        long heap = node.heapAfterCollection();
        besideAStream(strangers -> {
            for (int i = 0; i < STRANGERS; i++) {
                strangers.say("rtmp", RtmpBombs.unfinished());
            }
            assertGrewBy(heap, 48); // they say 400 MB and send 5
        });
        assertGrewBy(heap, 16);
    }

    @Test
    void strangersOfTheClustersPortCostNoMemory() throws Exception {
        SplittableRandom random = new SplittableRandom(Long.getLong("seed", 1));
        long heap = node.heapAfterCollection();
        besideAStream(strangers -> {
            for (int i = 0; i < STRANGERS; i++) {
                byte[] bytes = new byte[8 << 10];
                random.nextBytes(bytes);
                strangers.say("cluster", bytes);
            }
            assertGrewBy(heap, 16);
        });
        Await.until(
                "the node is ready",
                TestCluster.LIMIT,
                () -> node.rest().get("/rest/v2/readiness").status() == 200);
    }

    private static void assertGrewBy(long heapBefore, int mostMiB) {
        long grown = (node.heapAfterCollection() - heapBefore) >> 20;
        assertTrue(grown <= mostMiB, "the heap grew by " + grown + " MiB");
    }

    /** What strangers do while a stream runs beside them. */
    private interface Trouble {
        void make(Strangers strangers) throws Exception;
    }

    /** Checks that a viewer loses no picture over it, and that the node is as empty afterwards as it was. */
    private static void besideAStream(Trouble trouble) throws Exception {
        try (Strangers strangers = new Strangers(node);
                ClipPublisher publisher = publish();
                FlvViewer viewer = FlvViewer.start(TestCluster.CLIP, HOST, node.port("live"), "/live/beside.flv")) {
            TestCluster.sees(viewer, 25, "the stream runs");
            trouble.make(strangers);
            TestCluster.sees(viewer, 50, "the stream goes on");
            FlvViewer.Seen seen = viewer.seen();
            assertEquals(0, seen.missing() + seen.repeated() + seen.falls() + seen.restarts(), seen::toString);
            assertFalse(publisher.ended().isDone());
        }
        Await.value("nothing is left", TestCluster.LIMIT, () -> node.self().path("inUse"), inUse -> {
            boolean[] clean = {inUse.size() > 0};
            inUse.forEach(count -> clean[0] &= count.asLong() == 0);
            return clean[0];
        });
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
