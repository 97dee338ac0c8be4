package io.headwater.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.demo.ClipPublisher;
import io.headwater.demo.FlvViewer;
import io.headwater.topology.NodeId;
import io.headwater.topology.Rendezvous;
import java.io.IOException;
import java.nio.file.Files;
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
            settings.put("headwater.apps.signed.jwt-secret", "a-secret-of-the-tests-that-is-long-enough");
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

    @Test
    @Order(6)
    void everyCallOfTheDescriptionAnswersOnANodeThatDoesNotHoldTheStream() throws Exception {
        Calls n3 = new Calls(NODES.get("n3"));
        assertTrue(Calls.done(n3.get("/rest/v2/cluster-mode-status")));
        for (String path : List.of(
                "/rest/v2/node",
                "/rest/v2/version",
                "/rest/v2/liveness",
                "/rest/v2/readiness",
                "/rest/v2/server-settings",
                "/rest/v2/log-level",
                "/metrics")) {
            n3.get(path);
        }
        n3.events("/rest/v2/cluster/events");
        n3.events("/rest/v2/console/events");
        n3.get("/{app}/rest/v2/version", "live");
        assertTrue(Calls.done(n3.post("{\"level\":\"INFO\",\"logger\":\"io.headwater.relay\"}", "/rest/v2/log-level")));
        assertTrue(Calls.done(n3.post("", "/rest/v2/reload")));
        for (String path : List.of("/rest/v2/server-settings", "/rest/changeServerSettings")) {
            assertTrue(Calls.done(n3.post("{\"nodeGroup\":\"region2\"}", path)));
        }
        assertTrue(Calls.done(n3.post(n3.get("/rest/v2/backup").toString(), "/rest/v2/restore")));
        aStreamOnAnotherNode(n3);
        tokens(n3);
        aNodeIsMovedByAnother(n3);
        nodesThatEnd(n3);
        assertEquals("", String.join("\n", n3.missing()), "calls that nobody made");
    }

    /** Every call about streams, made of a node that does not have this one. */
    private static void aStreamOnAnotherNode(Calls n3) {
        String one = "/{app}/rest/v2/broadcasts/{streamId}";
        n3.post("{\"streamId\":\"covered\"}", "/{app}/rest/v2/broadcasts/create", "live");
        n3.post("{\"streamId\":\"spare\"}", "/{app}/rest/v2/broadcasts/create", "live");
        eventually("n1", LIVE + "/covered", made -> made.path("status").asText().equals("created"));
        try (ClipPublisher publisher = publish("n1", "live/covered");
                FlvViewer viewer = watch("n2", "live/covered")) {
            eventually(
                    "n3",
                    LIVE + "/covered",
                    live -> live.path("status").asText().equals("broadcasting"));
            assertEquals(
                    "broadcasting",
                    n3.get(one, "live", "covered").path("status").asText());
            assertTrue(Calls.done(n3.put("{\"name\":\"Covered\"}", one, "live", "covered")));
            assertEquals(
                    "n1",
                    n3.get(one + "/topology", "live", "covered")
                            .path("mainOrigin")
                            .asText());
            assertFalse(n3.get(one + "/events", "live", "covered").isEmpty());
            assertEquals(
                    1,
                    n3.get(one + "/broadcast-statistics", "live", "covered")
                            .path("totalHttpFlvWatchersCount")
                            .asInt());
            n3.get("/{app}/rest/v2/broadcasts/total-broadcast-statistics", "live");
            assertEquals(1, n3.get(one + "/stream-info", "live", "covered").size());
            n3.get("/{app}/rest/v2/broadcasts/{id}/place", "live", "covered");
            n3.get("/{app}/rest/v2/broadcasts/list/{offset}/{size}", "live", "0", "10");
            n3.get("/{app}/rest/v2/broadcasts/count", "live");
            n3.get("/{app}/rest/v2/broadcasts/count/{search}", "live", "cover");
            assertEquals(
                    1,
                    n3.get("/{app}/rest/v2/broadcasts/active-live-stream-count", "live")
                            .path("number")
                            .asInt());
            String target = "{\"endpointUrl\":\"" + NODES.get("n2").rtmpUrl("mirror/covered") + "\"}";
            String id = n3.post(target, one + "/endpoint", "live", "covered")
                    .path("dataId")
                    .asText();
            assertEquals(1, n3.get(one + "/endpoint", "live", "covered").size());
            assertTrue(Calls.done(n3.delete(one + "/endpoint?endpointServiceId=" + id, "live", "covered")));

            source("covered", NODES.get("n1").rtmpUrl("live/covered"), false);
            assertTrue(Calls.done(n3.post("", one + "/start", "pull", "covered")));
            // stopped before it plays, its play may yet arrive, and it would be a viewer for a moment
            eventually(
                    "n3",
                    "/pull/rest/v2/broadcasts/covered",
                    pulled -> pulled.path("status").asText().equals("broadcasting"));
            assertTrue(Calls.done(n3.post("", one + "/stop", "pull", "covered")));

            // ended where they are, by a node that does not hold the stream; the pull that was stopped is no viewer any
            // more
            eventually("n3", LIVE + "/covered/viewers/0/10", viewers -> viewers.size() == 1);
            JsonNode watching = n3.get(one + "/viewers/{offset}/{size}", "live", "covered", "0", "10");
            assertEquals(1, watching.size(), watching::toString);
            assertEquals("n2", watching.path(0).path("nodeId").asText());
            assertTrue(Calls.done(n3.delete(
                    one + "/viewers/{viewerId}",
                    "live",
                    "covered",
                    watching.path(0).path("viewerId").asText())));
            Await.until("the viewer is ended", LIMIT, () -> viewer.ended().isDone());
            try (FlvViewer again = watch("n2", "live/covered")) {
                JsonNode ended = n3.delete(one + "/viewers", "live", "covered");
                assertEquals("1 viewer was ended", ended.path("message").asText());
                Await.until("all viewers are ended", LIMIT, () -> again.ended().isDone());
            }
            assertFalse(publisher.ended().isDone(), "the stream goes on");

            for (JsonNode held : NODES.get("n3").self().path("streams")) {
                assertNotEquals(
                        "live/covered",
                        held.path("app").asText() + "/" + held.path("streamId").asText());
            }
            assertTrue(Calls.done(n3.post("", one + "/stop", "live", "covered")));
            Await.until(
                    "the publisher is sent away", LIMIT, () -> publisher.ended().isDone());
            assertTrue(viewer.seen().pictures() > 0);
        }
        assertTrue(Calls.done(n3.delete(one, "live", "covered")));
        assertTrue(Calls.done(n3.delete("/{app}/rest/v2/broadcasts?ids=spare", "live")));
    }

    private static void tokens(Calls n3) {
        String one = "/{app}/rest/v2/broadcasts/{id}";
        String asked = "?type=play&expireDate=" + (System.currentTimeMillis() / 1000 + 3600);
        String token =
                n3.get(one + "/token" + asked, "signed", "x").path("tokenId").asText();
        assertFalse(n3.get(one + "/jwt-token" + asked, "signed", "x")
                .path("tokenId")
                .asText()
                .isEmpty());
        assertEquals(
                1,
                n3.get(one + "/tokens/list/{offset}/{size}", "signed", "x", "0", "10")
                        .size());
        assertTrue(Calls.done(n3.post(
                "{\"streamId\":\"x\",\"tokenId\":\"" + token + "\"}",
                "/{app}/rest/v2/broadcasts/validate-token",
                "signed")));
        assertTrue(Calls.done(n3.post("{\"tokenId\":\"" + token + "\"}", one + "/tokens/revoke", "signed", "x")));
        assertTrue(Calls.done(n3.delete(one + "/tokens", "signed", "x")));
        assertFalse(n3.post("", one + "/stream-key", "signed", "x")
                .path("streamKey")
                .asText()
                .isEmpty());
        assertTrue(Calls.done(n3.delete(one + "/stream-key", "signed", "x")));
    }

    /** It answers as the node itself would, after the node left the cluster and joined it again. */
    private static void aNodeIsMovedByAnother(Calls n3) throws IOException {
        String one = "/rest/v2/cluster/node/{id}/server-settings";
        ObjectNode own = (ObjectNode) ok(rest("n2").get("/rest/v2/server-settings"));
        own.putNull("sslEnabled").putNull("logLevel"); // only the node itself knows these
        assertEquals(own, n3.get(one, "n2"), "the settings that n2 says it has");
        try (ClipPublisher publisher = publish("n2", "live/moved")) {
            assertTrue(Calls.done(n3.post("{\"nodeGroup\":\"region2\"}", one, "n2")));
            for (String name : NODES.keySet()) {
                eventually(name, "/rest/v2/cluster/nodes/0/10", all -> all.size() == 3 && isIn("n2", "region2", all));
            }
            assertEquals(
                    "region2",
                    ok(rest("n2").get("/rest/v2/server-settings"))
                            .path("nodeGroup")
                            .asText());
            assertFalse(publisher.ended().isDone(), "its publisher stays");
        }
        String kept = Files.readString(HOMES.get("n2").resolve("conf/red5.properties"));
        assertTrue(kept.contains("nodeGroup=region2"), kept);
        Rest n1 = rest("n1");
        String unknown = one.replace("{id}", "n9");
        assertEquals(404, n1.get(unknown).status());
        assertEquals(404, n1.post(unknown, "{\"nodeGroup\":\"region2\"}").status());
        assertEquals(
                400, n1.post(one.replace("{id}", "n3"), "{\"nodeGroup\":7}").status());
    }

    private static boolean isIn(String node, String group, JsonNode nodes) {
        for (JsonNode one : nodes) {
            if (one.path("id").asText().equals(node)) {
                return one.path("state").asText().equals("up")
                        && one.path("nodeGroup").asText().equals(group);
            }
        }
        return false;
    }

    /** A node that was killed is shown as down by all others, until an operator takes it out. */
    private static void nodesThatEnd(Calls n3) {
        NODES.get("n2").kill();
        for (String name : List.of("n1", "n3")) {
            JsonNode nodes = eventually(
                    name,
                    "/rest/v2/cluster/nodes/0/10",
                    all -> stateOf("n2", all).equals("down"));
            assertEquals(3, nodes.size());
            assertEquals(
                    503,
                    rest(name)
                            .post("/rest/v2/cluster/node/n2/server-settings", "{\"nodeGroup\":\"region1\"}")
                            .status());
            assertEquals("dead", nodes.path(1).path("status").asText());
            assertEquals(
                    2,
                    ok(rest(name).get("/rest/v2/cluster/node-count"))
                            .path("number")
                            .asInt());
        }
        assertEquals(
                3, n3.get("/rest/v2/cluster/nodes/{offset}/{size}", "0", "10").size());
        assertEquals(3, n3.get("/rest/cluster/nodes/{offset}/{size}", "0", "10").size());
        for (String path : List.of("/rest/v2/cluster/node-count", "/rest/cluster/node-count")) {
            assertEquals(2, n3.get(path).path("number").asInt());
        }
        assertFalse(Calls.done(n3.get("/rest/cluster/deleteNode/{id}", "n1")), "it is alive");
        assertTrue(Calls.done(n3.delete("/rest/v2/cluster/node/{id}", "n2")));
        for (String name : List.of("n1", "n3")) {
            eventually(name, "/rest/v2/cluster/nodes/0/10", all -> all.size() == 2);
        }
        assertTrue(Calls.done(n3.post("", "/rest/v2/cluster/node/{id}/drain?within=1s", "n1")));
        assertTrue(Calls.done(n3.post("", "/rest/v2/node/drain?within=1s")));
    }

    private static String stateOf(String node, JsonNode nodes) {
        for (JsonNode one : nodes) {
            if (one.path("id").asText().equals(node)) {
                return one.path("state").asText();
            }
        }
        return "";
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
