package io.headwater.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.codec.relay.EndCode;
import io.headwater.codec.relay.RelayMessage;
import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.demo.ClipPublisher;
import io.headwater.demo.FlvViewer;
import io.headwater.net.TestCertificates;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Two nodes that know each other by certificates, and everybody who should not get anywhere, on every port. All the while a stream is published to the first
 * node and watched on the second, and must not lose a picture.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecurityIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String NET = "127." + (10 + ProcessHandle.current().pid() % 200) + ".65.";
    private static final String CLUSTER_SECRET = "cluster-secret-4711-of-the-tests";
    private static final String JWT_SECRET = "jwt-secret-4711-that-is-long-enough-for-it";
    private static final String HASH_SECRET = "hash-secret-4711-of-the-tests";
    private static final String ADMIN = "admin-token-4711-of-the-tests";
    private static final int HANDSHAKES = 150;
    private static final String GUARDED = "/guarded/rest/v2/broadcasts/x";
    private static final List<NodeProcess> NODES = new ArrayList<>();
    private static final Set<String> SECRETS =
            new LinkedHashSet<>(List.of(CLUSTER_SECRET, JWT_SECRET, HASH_SECRET, ADMIN));
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static ClipPublisher publisher;
    private static FlvViewer viewer;

    private record Said(int status, String text) {
        JsonNode json() {
            try {
                return new ObjectMapper().readTree(text);
            } catch (IOException malformed) {
                throw new AssertionError("no JSON: " + text, malformed);
            }
        }
    }

    @BeforeAll
    static void startTwoNodes() {
        int seed = TestCluster.freePort(NET + 1);
        for (int i = 1; i <= 2; i++) {
            Map<String, String> settings = new TreeMap<>(NodeProcess.at("s" + i, NET + i));
            settings.put("headwater.cluster.secret", CLUSTER_SECRET);
            settings.put("headwater.cluster.seed-nodes.0", NET + "1:" + seed);
            settings.put("headwater.cluster.port", i == 1 ? Integer.toString(seed) : "0");
            settings.put("headwater.http.write-from.0", NET + "0/28");
            settings.put("headwater.http.admin-tokens.0", ADMIN);
            settings.put(
                    "headwater.tls.certificate",
                    TestCertificates.file("first.pem").toString());
            settings.put("headwater.tls.key", TestCertificates.file("first.key").toString());
            settings.put(
                    "headwater.tls.cluster-certificate",
                    TestCertificates.file("first.pem").toString());
            settings.put(
                    "headwater.tls.cluster-key",
                    TestCertificates.file("first.key").toString());
            settings.put(
                    "headwater.tls.cluster-authority",
                    TestCertificates.file("ca.pem").toString());
            for (String port : List.of("rtmps", "live", "https")) {
                settings.put("headwater.tls." + port + "-port", "0");
            }
            settings.put("headwater.apps.guarded.publish-auth.0", "jwt");
            settings.put("headwater.apps.guarded.publish-auth.1", "key");
            settings.put("headwater.apps.guarded.play-auth.0", "jwt");
            settings.put("headwater.apps.guarded.play-auth.1", "token");
            settings.put("headwater.apps.guarded.play-auth.2", "hash");
            settings.put("headwater.apps.guarded.jwt-secret", JWT_SECRET);
            settings.put("headwater.apps.guarded.hash-secret", HASH_SECRET);
            settings.put("headwater.apps.default.park", "1s");
            settings.put("headwater.limits.trusted.0", "127.0.0.1");
            settings.put("headwater.limits.trusted.1", NET + "0/28");
            settings.put("headwater.limits.requests-per-second", "20");
            settings.put("headwater.limits.requests-at-once", "200");
            for (String port : List.of("http", "live", "rtmp")) {
                settings.put("headwater." + port + ".max-connections-per-address", "30");
            }
            settings.put("headwater.relay.max-links-per-address", "30");
            settings.put("headwater.rtmp.handshake-timeout", "6s");
            settings.put("headwater.live.head-timeout", "6s");
            settings.put("headwater.http.first-request-timeout", "6s");
            settings.put("headwater.relay.handshake-timeout", "6s");
            NODES.add(NodeProcess.start("s" + i, NET + i, settings));
        }
        NODES.forEach(NodeProcess::awaitReady);
        Await.until(
                "both are one cluster",
                LIMIT,
                () -> one().rest()
                                .get("/rest/v2/cluster/node-count")
                                .body()
                                .path("number")
                                .asInt()
                        == 2);
        publisher = publish("live/beside");
        viewer = FlvViewer.start(TestCluster.CLIP, two().host(), two().port("live"), "/live/beside.flv");
        TestCluster.sees(viewer, 25, "the stream runs");
    }

    @AfterAll
    static void stopThem() {
        if (publisher != null) {
            publisher.close();
        }
        if (viewer != null) {
            viewer.close();
        }
        NODES.parallelStream().forEach(NodeProcess::close);
    }

    @AfterEach
    void theStreamBesideLostNothing() {
        TestCluster.sees(viewer, 10, "the stream goes on");
        FlvViewer.Seen seen = viewer.seen();
        assertEquals(0, seen.missing() + seen.repeated() + seen.falls() + seen.restarts(), seen::toString);
        assertFalse(publisher.ended().isDone());
        for (NodeProcess node : NODES) {
            assertFalse(node.log().contains("\tat "), () -> "a stack trace is in the log of " + node);
        }
    }

    @Test
    @Order(1)
    void strangersAndThoseWithAWrongSecretAreToldSoOnEveryPort() throws Exception {
        Said wrong = call(one(), "GET", "/rest/v2/cluster-mode-status", "", "");
        assertEquals(200, wrong.status(), "reading is open");
        counts(one(), "api.refused.unauthorized", 2, () -> {
            for (String token : List.of("", "a-wrong-token-of-a-stranger")) {
                Said refused = call(one(), "POST", "/live/rest/v2/broadcasts/create", token, "{}");
                assertEquals(401, refused.status());
                assertFalse(refused.json().path("success").asBoolean(true));
            }
        });
        counts(one(), "access.publish.refused", 2, () -> {
            for (String name : List.of("guarded/x", "guarded/x?token=aWrong.Token.OfAStranger")) {
                ended(name, "");
            }
        });
        try (Attacker stranger = new Attacker(NET + 99)) {
            counts(two(), "access.play.refused", 5, () -> {
                for (String path : List.of("/guarded/x.flv", "/guarded/x.flv?token=aWrong.Token.OfAStranger")) {
                    String refused = stranger.hear(two(), "live", "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
                    assertTrue(refused.startsWith("HTTP/1.1 403 ") && refused.contains("\"reason\":"), refused);
                    String beforeTheUpgrade = overTls(stranger, two(), "live-tls", upgrade(path));
                    assertTrue(beforeTheUpgrade.startsWith("HTTP/1.1 403 "), beforeTheUpgrade);
                }
                String unknown = overTls(stranger, two(), "live-tls", upgrade("/live/nobody.flv"));
                assertTrue(unknown.startsWith("HTTP/1.1 404 ") && unknown.contains("nobody publishes"), unknown);
                Said hls = call(two(), "GET", "/guarded/streams/x.m3u8", "", "");
                assertEquals(403, hls.status(), hls::text);
                hls.json();
            });
            counts(one(), "relay.refused.secret", 2, () -> {
                for (Optional<String> certificate : List.of(Optional.<String>empty(), Optional.of("stranger"))) {
                    Attacker.hear(Attacker.say(stranger.secured(one(), "relay", certificate), RelayPeer.opening(1)));
                }
            });
            counts(
                    one(),
                    "relay.refused.malformed",
                    1,
                    () -> stranger.hear(one(), "relay", "let me in, I am a node, and this is no TLS"));
            counts(one(), "relay.refused.secret", 1, () -> {
                Socket socket =
                        Attacker.say(stranger.secured(one(), "relay", Optional.of("second")), RelayPeer.opening(1));
                RelayPeer peer = new RelayPeer(socket);
                assertInstanceOf(RelayMessage.Challenge.class, peer.next());
                peer.hello("beside", "another secret");
                RelayMessage.Refuse refusal = assertInstanceOf(RelayMessage.Refuse.class, peer.next());
                assertEquals(EndCode.SECRET.wireId(), refusal.code(), refusal.text());
            });
            counts(one(), "tls.handshakes.failed", 2, () -> {
                stranger.hear(one(), "rtmps", "\u0003 this is no TLS record, whatever it may be");
                stranger.hear(one(), "live-tls", "GET /live/beside.flv HTTP/1.1\r\nHost: h\r\n\r\n");
            });
            counts(
                    one(),
                    "http.connections.unused",
                    1,
                    () -> stranger.hear(one(), "https", "GET /rest/v2/node HTTP/1.1\r\nHost: h\r\n\r\n"));
            stranger.hear(one(), "cluster", "\u0000\u0000\u0000\u0000 let me in, I am a node \u0000\u0000\u0000\u0000");
            for (Optional<String> certificate : List.of(Optional.<String>empty(), Optional.of("stranger"))) {
                Attacker.hear(Attacker.say(stranger.secured(one(), "cluster", certificate), new byte[64]));
            }
        }
        assertEquals(
                2,
                one().rest()
                        .get("/rest/v2/cluster/node-count")
                        .body()
                        .path("number")
                        .asInt());
    }

    @Test
    @Order(2)
    void aTokenThatExpiresOrIsTakenBackEndsItsSessionsOnEveryNodeWithinASecond() throws Exception {
        String key = admin("POST", GUARDED + "/stream-key").path("streamKey").asText();
        SECRETS.add(key);
        try (ClipPublisher owner = publish("guarded/x?key=" + key)) {
            List<String> expiring = new ArrayList<>();
            long until = System.currentTimeMillis() / 1000 + 8;
            for (int i = 0; i < 2; i++) {
                expiring.add(token("jwt-token", until));
            }
            String playlist = "/guarded/streams/x/media.m3u8?token=" + expiring.get(0);
            counts(
                    one(),
                    "access.sessions.expired",
                    3,
                    () -> counts(two(), "access.sessions.expired", 2, () -> {
                        try (FlvViewer first = watch(one(), expiring.get(0));
                                FlvViewer second = watch(two(), expiring.get(1));
                                Attacker others = new Attacker(NET + 14)) {
                            CompletableFuture<?>[] ends = {
                                first.ended(),
                                second.ended(),
                                rtmp(others, one(), "rtmp", expiring.get(0)),
                                rtmp(others, one(), "rtmps", expiring.get(1)),
                                webSocket(others, two(), expiring.get(0))
                            };
                            assertEquals(
                                    200, call(two(), "GET", playlist, "", "").status());
                            CompletableFuture<Void> all = CompletableFuture.allOf(ends);
                            Await.until("expired", LIMIT, all::isDone);
                            all.join();
                            endedAfter(System.currentTimeMillis() - until * 1000, "their tokens expired");
                            assertEquals(
                                    403, call(two(), "GET", playlist, "", "").status());
                        }
                    }));
            try (Attacker late = new Attacker(NET + 99)) {
                String refused = late.hear(
                        two(), "live", "GET /guarded/x.flv?token=" + expiring.get(1) + " HTTP/1.1\r\nHost: h\r\n\r\n");
                assertTrue(refused.startsWith("HTTP/1.1 403 "), refused);
            }
            long day = System.currentTimeMillis() / 1000 + 86_400;
            counts(
                    one(),
                    "access.sessions.revoked",
                    3,
                    () -> counts(two(), "access.sessions.revoked", 3, () -> {
                        String reload = "/guarded/streams/x/media.m3u8?token=" + token("token", day);
                        try (FlvViewer first = watch(one(), token("token", day));
                                FlvViewer second = watch(two(), token("token", day));
                                Attacker others = new Attacker(NET + 14)) {
                            CompletableFuture<?>[] ends = {
                                first.ended(),
                                second.ended(),
                                rtmp(others, one(), "rtmp", token("token", day)),
                                webSocket(others, two(), token("token", day)),
                                heldReload(reload)
                            };
                            // asked of a node the publisher and some of the players are not on
                            endedAfter(revocation("/tokens", ends), "their tokens were taken back");
                            assertEquals(403, call(two(), "GET", reload, "", "").status());
                            endedAfter(revocation("/stream-key", owner.ended()), "the stream key was taken back");
                        }
                    }));
            Said list = call(two(), "GET", GUARDED + "/tokens/list/0/50", ADMIN, "");
            assertEquals(200, list.status());
            nothingSecret("the list", list.text());
        }
    }

    @Test
    @Order(3)
    void whatIsTooLargeIsRefusedOnEveryPort() throws Exception {
        String long20k = "x".repeat(20_000);
        counts(one(), "api.refused", 1, () -> {
            Said refused = call(
                    one(),
                    "POST",
                    "/live/rest/v2/broadcasts/create",
                    ADMIN,
                    "{\"name\":\"" + long20k.repeat(4) + "\"}");
            assertEquals(413, refused.status(), refused::text);
            refused.json();
        });
        try (Attacker attacker = new Attacker(NET + 99)) {
            String head = "GET /live/beside.flv HTTP/1.1\r\nHost: h\r\nX: " + long20k + "\r\n\r\n";
            counts(one(), "api.malformed", 1, () -> {
                String refused = attacker.hear(one(), "http", head);
                assertTrue(refused.matches("(?s)HTTP/1.1 4(00|31) .*\"success\":false.*"), refused);
            });
            counts(one(), "live.requests.refused", 1, () -> {
                String refused = attacker.hear(one(), "live", head);
                assertTrue(refused.startsWith("HTTP/1.1 431 ") && refused.contains("\"reason\""), refused);
            });
            counts(one(), "live.requests.refused", 1, () -> {
                String refused = overTls(attacker, one(), "live-tls", head);
                assertTrue(refused.startsWith("HTTP/1.1 431 "), refused);
            });
            counts(one(), "api.malformed", 1, () -> {
                String refused = overTls(attacker, one(), "https", head);
                assertTrue(refused.matches("(?s)HTTP/1.1 4(00|31) .*\"success\":false.*"), refused);
            });
            List<byte[]> bombs = RtmpBombs.all();
            counts(
                    one(),
                    "rtmp.malformed",
                    1,
                    () -> Attacker.hear(
                            Attacker.say(attacker.secured(one(), "rtmps", Optional.empty()), bombs.get(0))));
            counts(
                    one(),
                    "rtmp.malformed",
                    bombs.size(),
                    () -> bombs.forEach(bomb -> Attacker.hear(Attacker.say(attacker.connect(one(), "rtmp"), bomb))));
            counts(one(), "relay.refused.malformed", 1, () -> {
                Socket socket = attacker.secured(one(), "relay", Optional.of("second"));
                Attacker.say(socket, new byte[] {0x7f, -1, -1, -1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
                RelayMessage.Refuse refusal = assertInstanceOf(RelayMessage.Refuse.class, new RelayPeer(socket).next());
                assertEquals(EndCode.MALFORMED.wireId(), refusal.code(), refusal.text());
            });
        }
    }

    @Test
    @Order(4)
    void whoDawdlesIsSentAwayOnEveryPort() throws Exception {
        try (Attacker slow = new Attacker(NET + 99)) {
            Map<String, Socket> dawdling = new TreeMap<>();
            Map<String, String> counters = new TreeMap<>(Map.of(
                    "rtmp", "rtmp.timeouts",
                    "rtmps", "tls.handshakes.failed",
                    "live", "live.requests.refused",
                    "http", "http.connections.idle",
                    "relay", "relay.refused.timeout"));
            Map<String, Long> before = new TreeMap<>();
            counters.forEach((port, counter) -> before.put(port, metric(one(), counter)));
            for (String port : List.of("rtmp", "rtmps", "live", "live-tls", "http", "https", "relay")) {
                String word = port.equals("rtmp") ? "\u0003" : port.matches("live|http") ? "GET /li" : "\u0016";
                byte[] begun = word.getBytes(StandardCharsets.ISO_8859_1);
                dawdling.put(port, Attacker.say(slow.connect(one(), port), begun));
            }
            // and those that are quick about TLS
            for (String port : List.of("rtmps", "live-tls", "https")) {
                Socket socket = slow.secured(one(), port, Optional.empty());
                dawdling.put(port + " after TLS", Attacker.say(socket, new byte[] {
                    (byte) (port.equals("rtmps") ? 3 : 'G')
                }));
            }
            dawdling.put(
                    "relay after TLS",
                    Attacker.say(
                            slow.secured(one(), "relay", Optional.of("second")),
                            Arrays.copyOf(RelayPeer.opening(1), 3)));
            for (Map.Entry<String, Socket> each : dawdling.entrySet()) {
                String heard = Attacker.hear(each.getValue());
                if (List.of("http", "live", "live-tls after TLS").contains(each.getKey())) {
                    assertTrue(heard.startsWith("HTTP/1.1 408 ") && heard.contains("{\""), heard);
                }
            }
            counters.forEach((port, counter) ->
                    assertTrue(metric(one(), counter) > before.get(port), () -> counter + " did not count " + port));
            assertTrue(metric(one(), counters.get("http")) >= before.get("http") + 3, "https is counted with http");
            for (String port : List.of("rtmp", "live", "relay")) {
                assertTrue(
                        metric(one(), counters.get(port)) >= before.get(port) + 2, () -> port + " over TLS counts too");
            }
        }
    }

    @Test
    @Order(5)
    void aFloodOfConnectionsOrRequestsOfOneAddressIsCutOff() throws Exception {
        Map<String, String> counters = new TreeMap<>(Map.of(
                "rtmp", "rtmp.connections.refused",
                "rtmps", "rtmp.connections.refused",
                "live", "live.connections.refused",
                "live-tls", "live.connections.refused",
                "http", "http.connections.refused",
                "https", "http.connections.refused",
                "relay", "relay.refused.limit"));
        int from = 70;
        for (Map.Entry<String, String> each : counters.entrySet()) {
            // an address of its own for each: the connections of the one before are not all forgotten yet
            try (Attacker flood = new Attacker(NET + from++)) {
                counts(one(), each.getValue(), 10, () -> {
                    Socket last = null;
                    for (int i = 0; i < 40; i++) {
                        last = flood.connect(one(), each.getKey());
                    }
                    String heard = Attacker.hear(last);
                    String expected =
                            each.getKey().equals("http") ? "429" : each.getKey().equals("live") ? "503" : "";
                    assertTrue(heard.contains(expected), heard);
                });
            }
        }
        for (String port : List.of("http", "live")) {
            try (Attacker flood = new Attacker(NET + (port.equals("http") ? 96 : 97))) {
                long before = metric(one(), "limits.requests.refused");
                Socket socket = flood.connect(one(), port);
                String one = "OPTIONS /live/beside.flv HTTP/1.1\r\nHost: h\r\n\r\n";
                Attacker.say(socket, one.repeat(300).getBytes(StandardCharsets.US_ASCII));
                Attacker.say(
                        socket, one.replace("Host", "Connection: close\r\nHost").getBytes(StandardCharsets.US_ASCII));
                String heard = Attacker.hear(socket);
                assertTrue(heard.contains("HTTP/1.1 429 ") && heard.contains("Retry-After: 1"), port + ": " + heard);
                assertTrue(metric(one(), "limits.requests.refused") > before);
            }
        }
        try (Attacker flood = new Attacker(NET + 95)) {
            long before = metric(one(), "live.connections.opened");
            for (int i = 0; i < HANDSHAKES; i++) {
                try (Socket socket = flood.secured(one(), "live-tls", Optional.empty())) {
                    ((SSLSocket) socket).startHandshake();
                }
            }
            assertTrue(metric(one(), "live.connections.opened") >= before + HANDSHAKES);
        }
        assertEquals(200, one().rest().get("/rest/v2/liveness").status(), "others are served");
    }

    /** Two nodes without certificates, and a third that is started with another secret. */
    @Test
    @Order(6)
    void theClusterPortTakesNobodyWithoutTheSecret() throws Exception {
        int seed = TestCluster.freePort(NET + 11);
        try (NodeProcess first = secretive(11, seed, CLUSTER_SECRET).awaitReady();
                NodeProcess second = secretive(12, seed, CLUSTER_SECRET).awaitReady()) {
            Await.until("both are one cluster", LIMIT, () -> size(first) == 2);
            try (ClipPublisher owner = ClipPublisher.start(
                            TestCluster.CLIP,
                            RtmpUrl.parse(first.rtmpUrl("live/secretive")).orElseThrow());
                    FlvViewer watching = FlvViewer.start(
                            TestCluster.CLIP, second.host(), second.port("live"), "/live/secretive.flv");
                    NodeProcess other = secretive(13, seed, "cluster-secret-of-a-stranger");
                    Attacker stranger = new Attacker(NET + 99)) {
                TestCluster.sees(watching, 10, "the stream runs");
                Await.until("refused", LIMIT, () -> metric(first, "cluster.connections.refused") > 0);
                Await.until(
                        "it says so", LIMIT, () -> other.log().contains("no cluster with the node at " + NET + "11:"));
                Await.until(
                        "so does who refused it",
                        LIMIT,
                        () -> first.log()
                                .contains("the cluster port refused a node that says it is at " + NET + "13:"));
                other.awaitReady();
                assertEquals(1, size(other));
                other.kill();
                counts(second, "cluster.connections.refused", 4, () -> {
                    stranger.hear(second, "cluster", "AKKA\u0001\u0000\u0000\u0000\u0000");
                    stranger.hear(second, "cluster", "let me in, I am a node, and this is no TLS");
                    for (Optional<String> certificate : List.of(Optional.<String>empty(), Optional.of("stranger"))) {
                        Attacker.hear(Attacker.say(stranger.secured(second, "cluster", certificate), new byte[64]));
                    }
                });
                assertEquals(2, size(first));
                assertEquals(2, size(second));
                TestCluster.sees(watching, 25, "the stream goes on");
                FlvViewer.Seen seen = watching.seen();
                assertEquals(0, seen.missing() + seen.repeated() + seen.falls() + seen.restarts(), seen::toString);
                assertFalse(owner.ended().isDone());
                for (NodeProcess node : List.of(first, second, other)) {
                    assertFalse(node.log().contains("\tat "), () -> "a stack trace is in the log of " + node);
                    nothingSecret("the log of " + node, node.log());
                    assertFalse(node.log().contains("secret-of-a-stranger"), node::log);
                }
            }
        }
    }

    private static NodeProcess secretive(int i, int seed, String secret) {
        Map<String, String> settings = new TreeMap<>(NodeProcess.at("s" + i, NET + i));
        settings.put("headwater.cluster.secret", secret);
        settings.put("headwater.cluster.seed-nodes.0", NET + "11:" + seed);
        settings.put("headwater.cluster.port", i == 11 ? Integer.toString(seed) : "0");
        settings.put("headwater.cluster.alone-after", "4s");
        return NodeProcess.start("s" + i, NET + i, settings);
    }

    private static int size(NodeProcess node) {
        return node.rest()
                .get("/rest/v2/cluster/node-count")
                .body()
                .path("number")
                .asInt();
    }

    @Test
    @Order(7)
    void noSecretIsInALogOrAnAnswer() {
        String log = one().log();
        assertTrue(log.contains("headwater.tls: no TLS with ") && log.contains("what it sends is not TLS"), log);
        for (NodeProcess node : NODES) {
            nothingSecret("the log of " + node, node.log());
            for (String path : List.of(
                    "/rest/v2/server-settings",
                    "/rest/v2/node",
                    "/rest/v2/cluster/nodes/0/10",
                    "/guarded/rest/v2/broadcasts/list/0/50",
                    "/live/rest/v2/broadcasts/list/0/50",
                    GUARDED + "/topology",
                    "/rest/v2/backup",
                    "/metrics")) {
                nothingSecret(path, call(node, "GET", path, ADMIN, "").text());
            }
        }
    }

    /** Milliseconds from the call that takes something back to the last of these ends, which may be before its answer. */
    private static long revocation(String what, CompletableFuture<?>... ends) {
        long from = System.nanoTime();
        CompletableFuture<Long> last =
                CompletableFuture.allOf(ends).thenApply(ended -> (System.nanoTime() - from) / 1_000_000);
        admin("DELETE", GUARDED + what);
        System.out.println(what + " taken back, answered after " + (System.nanoTime() - from) / 1_000_000 + " ms");
        Await.until("sessions end without their " + what, LIMIT, last::isDone);
        return last.join();
    }

    private static CompletableFuture<Void> rtmp(Attacker from, NodeProcess node, String port, String token) {
        Socket socket = port.equals("rtmp") ? from.connect(node, port) : from.secured(node, port, Optional.empty());
        RtmpUrl url = RtmpUrl.parse(node.rtmpUrl("guarded/x?token=" + token)).orElseThrow();
        return began(Watching.rtmp(socket, url));
    }

    private static CompletableFuture<Void> webSocket(Attacker from, NodeProcess node, String token) {
        Socket socket = from.secured(node, "live-tls", Optional.empty());
        return began(Watching.http(socket, upgrade("/guarded/x.flv?token=" + token), "HTTP/1.1 101 "));
    }

    private static CompletableFuture<Void> began(Watching player) {
        Await.until("a player of the guarded stream", LIMIT, player.began()::isDone);
        player.began().join();
        return player.ended();
    }

    /** A playlist request that waits for a segment after the next, which takes seconds; done when it is refused. */
    private static CompletableFuture<Void> heldReload(String path) {
        Said now =
                Await.value("a playlist", LIMIT, () -> call(two(), "GET", path, "", ""), said -> said.status() == 200);
        long first = now.text()
                .lines()
                .filter(line -> line.startsWith("#EXT-X-MEDIA-SEQUENCE:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
                .findFirst()
                .orElseThrow();
        long segments =
                now.text().lines().filter(line -> line.startsWith("#EXTINF:")).count();
        String held = path + "&_HLS_msn=" + (first + segments + 1);
        CompletableFuture<Void> refused = CompletableFuture.runAsync(() -> {
            Said said = call(two(), "GET", held, "", "");
            assertEquals(403, said.status(), said::text);
        });
        Await.until(
                "the playlist is waited for",
                LIMIT,
                () -> call(two(), "GET", "/metrics", "", "").text().contains("\nheadwater_hls_waiting_requests 1"));
        return refused;
    }

    private static void endedAfter(long ms, String what) {
        System.out.println("sessions ended " + ms + " ms after " + what);
        assertTrue(ms < 1_000, "sessions ended " + ms + " ms after " + what);
    }

    private static void nothingSecret(String what, String text) {
        assertFalse(text.isEmpty(), what);
        for (String secret : SECRETS) {
            String tail = secret.substring(Math.max(0, secret.length() - 16));
            assertFalse(text.contains(tail), () -> "..." + tail + " is in " + what);
        }
    }

    private static String overTls(Attacker attacker, NodeProcess node, String port, String request) {
        Socket socket = attacker.secured(node, port, Optional.empty());
        return Attacker.hear(Attacker.say(socket, request.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static String upgrade(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    }

    private interface Trouble {
        void make() throws Exception;
    }

    /** Sees on the metrics page that the counter has gone up by that much. */
    private static void counts(NodeProcess node, String counter, long more, Trouble trouble) throws Exception {
        long before = metric(node, counter);
        trouble.make();
        Await.value(counter + " at " + node, LIMIT, () -> metric(node, counter) - before, gone -> gone >= more);
        assertEquals(before + more, metric(node, counter), counter);
    }

    private static long metric(NodeProcess node, String counter) {
        boolean reason = counter.startsWith("relay.refused.");
        String name = "headwater_" + (reason ? "relay_serves_refused" : counter.replaceAll("[^a-z]", "_")) + "_total";
        String label = reason ? "reason=\"" + counter.substring("relay.refused.".length()) + "\"" : "";
        // a busy machine may take longer over a request than this test allows: it is asked again
        Said page = Await.value(
                "the metrics page of " + node,
                LIMIT,
                () -> call(node, "GET", "/metrics", "", ""),
                said -> said.status() == 200);
        return page.text()
                .lines()
                .filter(line -> line.startsWith(name) && line.contains(label))
                .map(line -> (long) Double.parseDouble(line.replaceFirst(".* ", "")))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not on the page"));
    }

    private static Said call(NodeProcess node, String method, String path, String token, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://" + node.host() + ":" + node.port("http") + path))
                .timeout(LIMIT)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            HttpResponse<String> answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Said(answer.statusCode(), answer.body());
        } catch (IOException failed) {
            throw new AssertionError(method + " " + path, failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** On the node that does not hold the stream. */
    private static JsonNode admin(String method, String path) {
        Said said = call(two(), method, path, ADMIN, "");
        assertEquals(200, said.status(), said::text);
        return said.json();
    }

    private static String token(String kind, long until) {
        String token = admin("GET", GUARDED + "/" + kind + "?type=play&expireDate=" + until)
                .path("tokenId")
                .asText();
        SECRETS.add(token);
        return token;
    }

    private static FlvViewer watch(NodeProcess node, String token) {
        FlvViewer watching =
                FlvViewer.start(TestCluster.CLIP, node.host(), node.port("live"), "/guarded/x.flv?token=" + token);
        TestCluster.sees(watching, 1, "the guarded stream at " + node);
        return watching;
    }

    private static ClipPublisher publish(String stream) {
        ClipPublisher publishing = ClipPublisher.start(
                TestCluster.CLIP, RtmpUrl.parse(one().rtmpUrl(stream)).orElseThrow());
        Await.until(stream.replaceAll("\\?.*", "") + " is published", LIMIT, () -> {
            if (publishing.ended().isDone()) {
                throw new AssertionError(publishing.ended().join());
            }
            return publishing.pictures() > 0;
        });
        return publishing;
    }

    private static void ended(String stream, String reason) {
        try (ClipPublisher refused = ClipPublisher.start(
                TestCluster.CLIP, RtmpUrl.parse(one().rtmpUrl(stream)).orElseThrow())) {
            Await.until("refused", LIMIT, () -> refused.ended().isDone());
            assertTrue(refused.ended().join().contains(reason), refused.ended()::join);
            assertEquals(0, refused.pictures());
        }
    }

    private static NodeProcess one() {
        return NODES.get(0);
    }

    private static NodeProcess two() {
        return NODES.get(1);
    }
}
