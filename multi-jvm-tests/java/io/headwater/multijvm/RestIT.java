package io.headwater.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.demo.ClipPublisher;
import io.headwater.demo.FlvViewer;
import io.headwater.topology.NodeId;
import io.headwater.topology.Rendezvous;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * REST on a cluster of three: {@code n1} and {@code n2} in one region, {@code n3} in another. Every call is made on a node
 * that does not hold the stream. The tests follow each other, since starting a cluster takes longer than most of them.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RestIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String LIVE = "/live/rest/v2/broadcasts";
    private static final Map<String, NodeProcess> NODES = new LinkedHashMap<>();
    private static final Map<String, Path> HOMES = new LinkedHashMap<>();
    private static final Map<String, Map<String, String>> SETTINGS = new LinkedHashMap<>();

    @BeforeAll
    static void startCluster() {
        String net = "127." + (10 + ProcessHandle.current().pid() % 200) + ".60.";
        List<String> places = IntStream.rangeClosed(1, 3)
                .mapToObj(i -> net + i + ":" + TestCluster.freePort(net + i))
                .toList();
        for (int i = 1; i <= 3; i++) {
            String name = "n" + i;
            Map<String, String> settings = new TreeMap<>(NodeProcess.at(name, net + i));
            settings.put("headwater.node-group", i < 3 ? "region1" : "region2");
            settings.put("headwater.cluster.secret", "a-secret-of-the-tests");
            settings.put("headwater.cluster.downing", "keep-oldest");
            settings.put("headwater.apps.strict.accept-only-registered", "on");
            settings.put("headwater.remote.retry-max", "1s");
            settings.put("headwater.cluster.seed-nodes.0", places.get(0));
            settings.put("headwater.cluster.seed-nodes.1", places.get(1));
            // a node that is killed comes back to its place
            settings.put("headwater.cluster.port", places.get(i - 1).replaceFirst(".*:", ""));
            SETTINGS.put(name, settings);
            HOMES.put(
                    name,
                    Path.of("target", "multi-jvm-homes", "rest-" + name + "-" + System.nanoTime())
                            .toAbsolutePath());
            start(name);
        }
        awaitAll();
    }

    @AfterAll
    static void stopCluster() {
        NODES.values().parallelStream().forEach(NodeProcess::close);
    }

    private static void start(String name) {
        Map<String, String> settings = SETTINGS.get(name);
        NODES.put(name, NodeProcess.start(name, settings.get("headwater.bind-host"), HOMES.get(name), settings));
    }

    private static void awaitAll() {
        NODES.values().forEach(NodeProcess::awaitReady);
        for (String name : NODES.keySet()) {
            eventually(name, "/rest/v2/cluster/nodes/0/10", nodes -> nodes.size() == 3 && all(nodes, "state", "up"));
        }
    }

    private static boolean all(JsonNode list, String field, String value) {
        for (JsonNode one : list) {
            if (!one.path(field).asText().equals(value)) {
                return false;
            }
        }
        return true;
    }

    @Test
    @Order(1)
    void theCallsOfTheWireDocumentAnswerAsItSays() {
        try (ClipPublisher publisher = publish("n1", "live/stream1");
                FlvViewer viewer = watch("n2", "live/stream1")) {
            JsonNode live = eventually(
                    "n3", LIVE + "/stream1", one -> one.path("status").asText().equals("broadcasting"));
            assertEquals("RTMP", live.path("publishType").asText());
            assertTrue(live.path("zombi").asBoolean());
            assertEquals(NODES.get("n1").host(), live.path("originAdress").asText());

            JsonNode made = ok(rest("n3").post(LIVE + "/create", "{\"streamId\":\"match1\",\"name\":\"Final\"}"));
            assertEquals("created", made.path("status").asText());
            String random =
                    ok(rest("n2").post(LIVE + "/create")).path("streamId").asText();
            for (String name : NODES.keySet()) {
                eventually(
                        name, LIVE + "/match1", one -> one.path("name").asText().equals("Final"));
                eventually(name, LIVE + "/count", count -> count.path("number").asInt() == 3);
                eventually(name, LIVE + "/list/0/10?sort_by=status&order_by=desc", list -> list.size() == 3);
            }
            Rest.Answer duplicate = rest("n2").post(LIVE + "/create", "{\"streamId\":\"match1\"}");
            assertEquals(400, duplicate.status());
            assertEquals(
                    "Stream id is already being used. Please change stream id or keep it empty",
                    duplicate.body().path("message").asText());
            assertEquals(
                    400,
                    rest("n2").post(LIVE + "/create", "{\"streamId\":\"a b\"}").status());
            assertTrue(ok(rest("n2").put(LIVE + "/match1", "{\"description\":\"D\"}"))
                    .path("success")
                    .asBoolean());
            eventually(
                    "n1",
                    LIVE + "/match1",
                    one -> one.path("description").asText().equals("D")
                            && one.path("name").asText().equals("Final"));
            assertEquals(
                    1, ok(rest("n1").get(LIVE + "/count/fina")).path("number").asInt());
            assertEquals(
                    1,
                    ok(rest("n3").get(LIVE + "/active-live-stream-count"))
                            .path("number")
                            .asInt());

            JsonNode statistics = eventually(
                    "n3",
                    LIVE + "/stream1/broadcast-statistics",
                    one -> one.path("totalHttpFlvWatchersCount").asInt() == 1);
            assertEquals(0, statistics.path("totalRTMPWatchersCount").asInt());
            assertEquals(
                    -1,
                    ok(rest("n3").get(LIVE + "/nobody/broadcast-statistics"))
                            .path("totalHLSWatchersCount")
                            .asInt());
            JsonNode total = ok(rest("n3").get(LIVE + "/total-broadcast-statistics"));
            assertEquals(1, total.path("activeLiveStreamCount").asInt());
            assertEquals(1, total.path("totalHttpFlvWatchersCount").asInt());
            JsonNode info = ok(rest("n3").get(LIVE + "/stream1/stream-info"));
            assertTrue(info.path(0).path("videoHeight").asInt() > 0, info::toString);

            assertTrue(ok(rest("n3").delete(LIVE + "/?ids=match1," + random))
                    .path("success")
                    .asBoolean());
            eventually("n2", LIVE + "/count", count -> count.path("number").asInt() == 1);
            assertEquals(404, rest("n1").get(LIVE + "/match1").status());

            assertTrue(viewer.seen().pictures() > 0);
            // ended where it is, by a node that does not hold it
            assertTrue(
                    ok(rest("n3").post(LIVE + "/stream1/stop")).path("success").asBoolean());
            Await.until(
                    "the publisher is sent away", LIMIT, () -> publisher.ended().isDone());
            assertTrue(publisher.ended().join().contains("stopped"), publisher.ended()::join);
            eventually(
                    "n2",
                    LIVE + "/active-live-stream-count",
                    count -> count.path("number").asInt() == 0);
            assertFalse(
                    ok(rest("n3").post(LIVE + "/stream1/stop")).path("success").asBoolean());
        }
        assertTrue(ok(rest("n1").get("/rest/v2/cluster-mode-status"))
                .path("success")
                .asBoolean());
        for (String path : List.of("/rest/v2/cluster/node-count", "/rest/cluster/node-count")) {
            assertEquals(3, ok(rest("n2").get(path)).path("number").asInt());
        }
        assertTrue(ok(rest("n1").post("/rest/v2/server-settings", "{\"nodeGroup\":\"region1\"}"))
                .path("success")
                .asBoolean());
        for (String path : List.of("/rest/v2/server-settings", "/rest/v2/version", "/rest/v2/liveness")) {
            ok(rest("n3").get(path));
        }
    }

    @Test
    @Order(2)
    void anApplicationTakesOnlyWhatWasCreated() {
        RtmpUrl url = RtmpUrl.parse(NODES.get("n2").rtmpUrl("strict/known")).orElseThrow();
        try (ClipPublisher refused = ClipPublisher.start(TestCluster.CLIP, url)) {
            Await.until("the publisher is refused", LIMIT, () -> refused.ended().isDone());
            assertTrue(refused.ended().join().contains("no broadcast that was created"), refused.ended()::join);
        }
        assertEquals(1, NODES.get("n2").counter("publish.unregistered.refused"));
        ok(rest("n3").post("/strict/rest/v2/broadcasts/create", "{\"streamId\":\"known\"}"));
        try (ClipPublisher taken = publish("n2", "strict/known")) {
            eventually(
                    "n1",
                    "/strict/rest/v2/broadcasts/known",
                    one -> one.path("status").asText().equals("broadcasting"));
            assertTrue(taken.pictures() > 0);
        }
        eventually(
                "n1",
                "/strict/rest/v2/broadcasts/known",
                one -> !one.path("status").asText().equals("broadcasting"));
    }

    @Test
    @Order(3)
    void aStreamIsForwardedFromWhereverItIsPublished() {
        ok(rest("n3").post(LIVE + "/create", "{\"streamId\":\"fwd\"}"));
        String target = NODES.get("n3").rtmpUrl("mirror/copy");
        JsonNode added = ok(rest("n3").post(LIVE + "/fwd/endpoint", "{\"endpointUrl\":\"" + target + "\"}"));
        String id = added.path("dataId").asText();
        assertTrue(added.path("success").asBoolean() && !id.isEmpty(), added::toString);
        try (ClipPublisher first = publish("n1", "live/fwd")) {
            eventually(
                    "n2",
                    LIVE + "/fwd",
                    one -> one.path("endPointList")
                            .path(0)
                            .path("status")
                            .asText()
                            .equals("broadcasting"));
            try (FlvViewer viewer = watch("n2", "mirror/copy")) {
                first.abort();
                try (ClipPublisher second = publish("n2", "live/fwd")) {
                    // the viewer of the copy is held for its publisher, which is another node now
                    TestCluster.sees(viewer, 25, "the copy goes on");
                    assertTrue(second.pictures() > 0);
                    String shown = rest("n3").get(LIVE + "/fwd/endpoint").body().toString();
                    assertFalse(shown.contains("copy"), shown);
                    assertTrue(ok(rest("n3").delete(LIVE + "/fwd/endpoint?endpointServiceId=" + id))
                            .path("success")
                            .asBoolean());
                    eventually(
                            "n1",
                            "/mirror/rest/v2/broadcasts/active-live-stream-count",
                            count -> count.path("number").asInt() == 0);
                }
            }
        }
        assertFalse(ok(rest("n1").delete(LIVE + "/fwd/endpoint?endpointServiceId=" + id))
                .path("success")
                .asBoolean());
        ok(rest("n1").delete(LIVE + "/fwd"));
    }

    @Test
    @Order(4)
    void aSourceIsFetchedByOneNodeAndByAnotherWhenThatDiesAndANodeThatWasAwayLearns() {
        try (ClipPublisher original = publish("n1", "live/original")) {
            NodeProcess n1 = NODES.get("n1");
            String byFlv = "http://" + n1.host() + ":" + n1.port("live") + "/live/original.flv";
            String one = ownedBy("n3", "rtmp");
            String other = ownedBy("n2", "flv");
            source(one, n1.rtmpUrl("live/original"), true);
            source(other, byFlv, false);
            assertTrue(ok(rest("n1").post("/pull/rest/v2/broadcasts/" + other + "/start"))
                    .path("success")
                    .asBoolean());
            mainOrigin(one, "n3");
            mainOrigin(other, "n2");
            for (String id : List.of(one, other)) {
                try (FlvViewer viewer = watch("n1", "pull/" + id)) {
                    assertTrue(viewer.seen().pictures() > 0);
                }
            }
            ok(rest("n1").post(LIVE + "/create", "{\"streamId\":\"old\",\"name\":\"before\"}"));
            ok(rest("n1").post(LIVE + "/create", "{\"streamId\":\"gone\"}"));
            eventually(
                    "n3", LIVE + "/gone", gone -> gone.path("streamId").asText().equals("gone"));

            NODES.get("n3").kill();
            JsonNode moved = eventually(
                    "n1",
                    "/pull/rest/v2/broadcasts/" + one + "/topology",
                    tree -> !tree.path("mainOrigin").asText("n3").equals("n3"));
            assertNotEquals("n3", moved.path("mainOrigin").asText());
            assertFalse(ok(rest("n1").delete("/rest/v2/cluster/node/n2"))
                    .path("success")
                    .asBoolean());
            ok(rest("n1").delete(LIVE + "/gone"));
            ok(rest("n2").put(LIVE + "/old", "{\"name\":\"after\"}"));
            ok(rest("n2").post(LIVE + "/create", "{\"streamId\":\"new\"}"));
            start("n3");
            awaitAll();
            eventually("n3", LIVE + "/old", old -> old.path("name").asText().equals("after"));
            eventually("n3", LIVE + "/new", made -> made.path("status").asText().equals("created"));
            eventuallyGone("n3", LIVE + "/gone");
            mainOrigin(one, "n3");
            for (String id : List.of(one, other)) {
                assertTrue(ok(rest("n1").post("/pull/rest/v2/broadcasts/" + id + "/stop"))
                        .path("success")
                        .asBoolean());
                eventually(
                        "n1",
                        "/pull/rest/v2/broadcasts/" + id,
                        stopped -> stopped.path("status").asText().equals("finished"));
            }
            assertTrue(original.pictures() > 0);
        }
    }

    @Test
    @Order(5)
    void aClusterThatWasKilledAsAWholeHasItsBroadcastsAgain() {
        JsonNode before = ok(rest("n1").get("/rest/v2/backup")).path("broadcasts");
        assertTrue(before.size() >= 3, before::toString);
        List.copyOf(NODES.values()).forEach(NodeProcess::kill);
        NODES.keySet().stream().toList().forEach(RestIT::start);
        awaitAll();
        for (String name : NODES.keySet()) {
            eventually(
                    name, "/rest/v2/backup", backup -> backup.path("broadcasts").equals(before));
            eventuallyGone(name, LIVE + "/gone");
        }
        // and back from a file into an empty cluster
        String backup = ok(rest("n2").get("/rest/v2/backup")).toString();
        ok(rest("n3").delete(LIVE + "/old"));
        eventuallyGone("n1", LIVE + "/old");
        assertTrue(
                ok(rest("n1").post("/rest/v2/restore", backup)).path("success").asBoolean());
        eventually("n3", LIVE + "/old", old -> old.path("name").asText().equals("after"));
    }

    private static void source(String id, String url, boolean autoStart) {
        ok(rest("n1")
                .post(
                        "/pull/rest/v2/broadcasts/create?autoStart=" + autoStart,
                        "{\"streamId\":\"" + id + "\",\"type\":\"streamSource\",\"streamUrl\":\"" + url + "\"}"));
    }

    /** A name that all nodes together give to that one. */
    private static String ownedBy(String node, String prefix) {
        List<NodeId> nodes = Stream.of("n1", "n2", "n3").map(NodeId::new).toList();
        return IntStream.range(0, 1000)
                .mapToObj(i -> prefix + i)
                .filter(id ->
                        Rendezvous.of("pull/" + id, nodes).orElseThrow().name().equals(node))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until it is fetched by that node, and sees that no other node fetches it too. */
    private static void mainOrigin(String id, String node) {
        eventually(
                "n1",
                "/pull/rest/v2/broadcasts/" + id + "/topology",
                tree -> tree.path("mainOrigin").asText().equals(node));
        List<String> pulling = new ArrayList<>();
        for (NodeProcess one : NODES.values()) {
            one.self().path("streams").forEach(stream -> {
                if (stream.path("streamId").asText().equals(id)
                        && stream.path("feed").asText().equals("publisher")) {
                    pulling.add(one.name());
                }
            });
        }
        assertEquals(List.of(node), pulling);
    }

    private static Rest rest(String node) {
        return NODES.get(node).rest();
    }

    private static JsonNode ok(Rest.Answer answer) {
        assertEquals(200, answer.status(), () -> answer.body().toString());
        return answer.body();
    }

    private static JsonNode eventually(String node, String path, Predicate<JsonNode> wanted) {
        return Await.value(
                path + " at " + node, LIMIT, () -> rest(node).get(path).body(), wanted);
    }

    private static void eventuallyGone(String node, String path) {
        Await.value(path + " at " + node, LIMIT, () -> rest(node).get(path).status(), status -> status == 404);
    }

    private static ClipPublisher publish(String node, String stream) {
        RtmpUrl url = RtmpUrl.parse(NODES.get(node).rtmpUrl(stream)).orElseThrow();
        ClipPublisher publisher = ClipPublisher.start(TestCluster.CLIP, url);
        Await.until(stream + " is published to " + node, LIMIT, () -> {
            if (publisher.ended().isDone()) {
                throw new AssertionError(publisher.ended().join());
            }
            return publisher.started().isDone() && publisher.pictures() > 0;
        });
        return publisher;
    }

    private static FlvViewer watch(String node, String stream) {
        NodeProcess at = NODES.get(node);
        FlvViewer viewer = FlvViewer.start(TestCluster.CLIP, at.host(), at.port("live"), "/" + stream + ".flv");
        TestCluster.sees(viewer, 25, node + " shows " + stream);
        return viewer;
    }
}
