package io.headwater.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.net.Cidr;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.net.TestCertificates;
import io.headwater.net.Tls;
import io.headwater.topology.NodeGroup;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The REST API over real HTTP on loopback, with fakes behind its ports. */
class ApiServerTest {
    private static final String OF_EDGE11 = "/rest/v2/cluster/node/edge11/server-settings";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static ActorTestKit kit;
    private static HttpClient client;

    private final Counters counters = new Counters();
    private Fakes fakes;
    private ApiServer server;

    @BeforeAll
    static void startSystem() {
        kit = ActorTestKit.create("api-test");
        client = HttpClient.newBuilder().connectTimeout(LIMIT).build();
    }

    @AfterAll
    static void stopSystem() {
        kit.shutdownTestKit();
    }

    @BeforeEach
    void start() throws Exception {
        fakes = new Fakes();
        server = start(settings(List.of("127.0.0.0/8"), List.of()));
    }

    @AfterEach
    void stop() throws Exception {
        server.close(Duration.ofSeconds(1)).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void theSameIsServedOverHttpsWithHttp2() throws Exception {
        try (Tls tls = Tls.load("headwater.tls", TestCertificates.of("first", false), counters)) {
            int port = server.listen(0, tls).toCompletableFuture().get(30, TimeUnit.SECONDS);
            HttpClient secure = HttpClient.newBuilder()
                    .sslContext(TestCertificates.client(Optional.empty()))
                    .build();
            HttpResponse<String> answer = secure.send(
                    HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/rest/v2/version"))
                            .timeout(LIMIT)
                            .build(),
                    BodyHandlers.ofString());
            assertEquals(200, answer.statusCode());
            assertEquals(HttpClient.Version.HTTP_2, answer.version());
        }
    }

    @Test
    void theTopologyIsWrittenAsScriptsExpectIt() throws Exception {
        HttpResponse<String> answer = get("/live/rest/v2/broadcasts/stream1/topology");
        assertEquals(200, answer.statusCode());
        assertEquals(
                "application/json", answer.headers().firstValue("content-type").orElseThrow());
        assertEquals(JSON.readTree("""
                        {"streamId":"stream1","app":"live","epoch":1,"homeGroup":"region1","mainOrigin":"origin1",
                         "groups":[{"nodeGroup":"region1","origin":"origin1","successor":null},
                                   {"nodeGroup":"region2","origin":"edge21","successor":"edge22"}],
                         "nodes":[{"nodeId":"origin1","nodeGroup":"region1","role":"mainOrigin","feed":"publisher",
                                   "viewers":0,"standbys":0,"backup":false,"lagFrames":0,"bitrate":900},
                                  {"nodeId":"edge21","nodeGroup":"region2","role":"secondaryOrigin","feed":"origin1",
                                   "viewers":1,"standbys":1,"backup":false,"lagFrames":2,"bitrate":800}]}
                        """), JSON.readTree(answer.body()));
    }

    /** HAProxy's {@code option httpchk}. */
    @Test
    void aCheckInTheHttpOfTheNinetiesIsAnswered() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write("GET /rest/v2/readiness HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        }
    }

    @Test
    void everyAnswerIsToldWithItsStatusAndWhoGaveIt() throws Exception {
        assertEquals(200, get("/rest/v2/version").statusCode());
        assertEquals(404, get("/rest/v2/nothing").statusCode());
        assertEquals(200, get("/").statusCode());
        assertEquals(List.of("rest 200", "rest 404", "page 200"), fakes.answered);
    }

    @Test
    void theMetricsPageIsTextOfTheVersionPrometheusExpects() throws Exception {
        HttpResponse<String> answer = get("/metrics");
        assertEquals(200, answer.statusCode());
        assertEquals(
                "text/plain; version=0.0.4; charset=utf-8",
                answer.headers().firstValue("content-type").orElseThrow().toLowerCase(java.util.Locale.ROOT));
        assertEquals("up 1\n", answer.body());
    }

    @Test
    void whereAStreamIsServedBestIsToldWithTheAddressesOfThatNode() throws Exception {
        HttpResponse<String> answer = get("/live/rest/v2/broadcasts/stream1/place?target=edge");
        assertEquals(JSON.readTree("""
                        {"redirect":true,"host":"10.0.0.9","rtmpUrl":"rtmp://10.0.0.9:1935/live/stream1",
                         "flvUrl":"http://10.0.0.9:8080/live/stream1.flv","restUrl":"http://10.0.0.9:5080"}
                        """), JSON.readTree(answer.body()));
        assertEquals(400, get("/live/rest/v2/broadcasts/.hidden/place").statusCode());
    }

    @Test
    void theLevelOfALoggerIsSetByACall() throws Exception {
        assertEquals(200, post("/rest/v2/log-level", "{\"level\":\"DEBUG\"}").statusCode());
        post("/rest/v2/log-level", "{\"level\":\"WARN\",\"logger\":\"io.headwater.relay\"}");
        assertEquals(List.of("io.headwater DEBUG", "io.headwater.relay WARN"), fakes.levels);
        assertEquals("INFO", json(get("/rest/v2/log-level")).get("io.headwater").textValue());
    }

    @Test
    void whatAReloadTookOverIsToldAndSoIsWhatIsWrong() throws Exception {
        assertEquals(
                "in force now: drain",
                json(post("/rest/v2/reload", "{}")).get("message").textValue());
        fakes.badConfiguration = Optional.of("headwater.drain.within is 'x' (my.conf:3), expected a duration");
        HttpResponse<String> refused = post("/rest/v2/reload", "{}");
        assertEquals(400, refused.statusCode());
        assertTrue(refused.body().contains("my.conf:3"), refused.body());
    }

    @Test
    void aNodeIsTakenOutOfServiceByACallThatMayNameABound() throws Exception {
        assertEquals(
                "running",
                JSON.readTree(get("/rest/v2/node").body()).get("state").asText());
        HttpResponse<String> answer = post("/rest/v2/node/drain", "");
        assertEquals(
                JSON.readTree("{\"success\":true,\"message\":\"drains\",\"dataId\":\"\",\"errorId\":0}"),
                JSON.readTree(answer.body()));
        assertEquals(
                "draining",
                JSON.readTree(get("/rest/v2/node").body()).get("state").asText());
        post("/rest/v2/node/drain", "{\"within\":\"1500ms\"}");
        post("/rest/v2/node/drain?within=2m", "{}");
        assertEquals(
                List.of(Optional.empty(), Optional.of(Duration.ofMillis(1500)), Optional.of(Duration.ofMinutes(2))),
                fakes.drains);
        for (String wrong : List.of("soon", "11m", "-1s", "20", "")) {
            refused(post("/rest/v2/node/drain", "{\"within\":\"" + wrong + "\"}"), 400, "within");
        }
        refused(get("/rest/v2/node/drain"), 405, "POST");
        assertEquals(3, fakes.drains.size());
    }

    @Test
    void theEventsOfAStreamAreAListAndAnUnknownStreamIsNotFound() throws Exception {
        HttpResponse<String> answer = get("/live/rest/v2/broadcasts/stream1/events");
        assertEquals(200, answer.statusCode());
        assertEquals(JSON.readTree("""
                        [{"time":"1970-01-01T00:00:01Z","kind":"feedChanged","node":"edge21","nodeGroup":"region2",
                          "from":"origin1","to":null,"why":"origin1 was silent","gapMs":40,"framesLost":null,
                          "epoch":7}]
                        """), JSON.readTree(answer.body()));
        refused(get("/live/rest/v2/broadcasts/other/events"), 404, "live/other");
    }

    @Test
    void anUnknownStreamHasNoTopologyAndAnEmptyBroadcast() throws Exception {
        refused(get("/live/rest/v2/broadcasts/other/topology"), 404, "live/other");
        HttpResponse<String> broadcast = get("/live/rest/v2/broadcasts/other");
        assertEquals(404, broadcast.statusCode());
        assertEquals("", broadcast.body());
    }

    @Test
    void aBroadcastHasEveryFieldOfTheOriginal() throws Exception {
        JsonNode broadcast = json(get("/live/rest/v2/broadcasts/stream1"));
        for (String field : List.of(
                        "streamId status playListStatus type publishType name description publish date plannedStartDate "
                                + "plannedEndDate duration endPointList playListItemList publicStream is360 listenerHookURL "
                                + "category ipAddr username password quality speed streamUrl originAdress mp4Enabled webMEnabled "
                                + "seekTimeInMs subtracksLimit expireDurationMS rtmpURL zombi pendingPacketSize hlsViewerCount "
                                + "dashViewerCount webRTCViewerCount rtmpViewerCount startTime receivedBytes bitrate width height "
                                + "encoderQueueSize dropPacketCountInIngestion dropFrameCountInEncoding packetLostRatio "
                                + "packetsLost jitterMs rttMs userAgent remoteIp latitude longitude altitude mainTrackStreamId "
                                + "absoluteStartTimeMs webRTCViewerLimit hlsViewerLimit dashViewerLimit subFolder "
                                + "currentPlayIndex metaData playlistLoopEnabled updateTime role hlsParameters "
                                + "autoStartStopEnabled encoderSettingsList virtual maxIdleTime anyoneWatching")
                .get(0)
                .split(" ", -1)) {
            assertTrue(broadcast.has(field), field);
        }
        assertEquals("broadcasting", broadcast.get("status").textValue());
        assertEquals("RTMP", broadcast.get("publishType").textValue());
        assertEquals("rtmp://127.0.0.1/live/stream1", broadcast.get("rtmpURL").textValue());
        assertEquals("10.0.0.7", broadcast.get("remoteIp").textValue());
        assertEquals(2, broadcast.get("rtmpViewerCount").intValue());
        assertTrue(broadcast.get("anyoneWatching").booleanValue());
    }

    @Test
    void aListShowsAtMostFiftyInOrderFromItsOffset() throws Exception {
        assertEquals(50, json(get("/live/rest/v2/broadcasts/list/0/1000")).size());
        JsonNode page = json(get("/live/rest/v2/broadcasts/list/3/2"));
        assertEquals("s003", page.get(0).get("streamId").textValue());
        assertEquals("s004", page.get(1).get("streamId").textValue());
        assertEquals(2, page.size());
        assertEquals(0, json(get("/live/rest/v2/broadcasts/list/500/10")).size());
        assertEquals(
                120, json(get("/live/rest/v2/broadcasts/count")).get("number").intValue());
        refused(get("/live/rest/v2/broadcasts/list/-1/10"), 400, "offset is '-1'");
        refused(get("/live/rest/v2/broadcasts/list/0/ten"), 400, "size is 'ten'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/rest/v2/cluster/nodes/0/10", "/rest/cluster/nodes/0/10"})
    void theNodesAreListedUnderBothSpellings(String path) throws Exception {
        JsonNode nodes = json(get(path));
        assertEquals("edge21", nodes.get(0).get("id").textValue());
        assertEquals("dead", nodes.get(0).get("status").textValue());
        assertEquals("unreachable", nodes.get(0).get("state").textValue());
        assertEquals("dead", nodes.get(1).get("status").textValue());
        assertEquals("down", nodes.get(1).get("state").textValue());
        assertEquals("origin1", nodes.get(2).get("id").textValue());
        assertEquals(1, nodes.get(2).get("roles").get("mainOrigin").intValue());
        assertEquals(1, nodes.get(0).get("roles").get("secondaryOrigin").intValue());
        assertEquals("100/1000", nodes.get(2).get("memory").textValue());
        assertEquals("34", nodes.get(2).get("cpu").textValue());
        assertEquals("region1", nodes.get(2).get("nodeGroup").textValue());
        assertTrue(nodes.get(2).has("dbQueryAveargeTimeMs"));
    }

    @Test
    void countsAndModeAndVersionAnswer() throws Exception {
        assertEquals(2, json(get("/rest/v2/cluster/node-count")).get("number").intValue());
        assertEquals(2, json(get("/rest/cluster/node-count")).get("number").intValue());
        assertTrue(json(get("/rest/v2/cluster-mode-status")).get("success").booleanValue());
        assertEquals("0.1", json(get("/rest/v2/version")).get("versionName").textValue());
        assertEquals(
                "0.1", json(get("/live/rest/v2/version")).get("versionName").textValue());
    }

    @Test
    void readinessSaysWhatItWaitsForAndLivenessDoesNotCare() throws Exception {
        assertEquals(200, get("/rest/v2/readiness").statusCode());
        fakes.notReady = Optional.of("joining the cluster");
        HttpResponse<String> answer = get("/rest/v2/readiness");
        assertEquals(503, answer.statusCode());
        assertEquals(
                "joining the cluster",
                JSON.readTree(answer.body()).get("reason").textValue());
        assertEquals("ok", json(get("/rest/v2/liveness")).get("status").textValue());
    }

    @Test
    void aNodeThatIsReadyBecauseNobodyElseTakesPlayersSaysSo() throws Exception {
        assertFalse(json(get("/rest/v2/readiness")).has("note"));
        fakes.readyAllTheSame = Optional.of("all have enough");
        assertEquals(
                "all have enough", json(get("/rest/v2/readiness")).get("note").textValue());
    }

    @Test
    void aNodeTellsWhatItIsAndWhatItCounted() throws Exception {
        JsonNode node = json(get("/rest/v2/node"));
        assertEquals("origin1", node.get("nodeId").textValue());
        assertEquals("region1", node.get("nodeGroup").textValue());
        assertEquals(1935, node.get("ports").get("rtmp").intValue());
        assertEquals(4711, node.get("relayLinks").get(0).get("bytes").intValue());
        assertEquals("origin1", node.get("entities").get("coordinator").textValue());
        assertEquals(
                Fakes.KEY.toString(), node.get("entities").get("here").get(0).textValue());
        assertTrue(node.get("counters").has("api.requests"));
        assertTrue(node.get("memory").get("heapUsed").longValue() > 0);
    }

    @Test
    void theSettingsSayWhatIsSo() throws Exception {
        JsonNode plain = json(get("/rest/v2/server-settings"));
        assertFalse(plain.get("sslEnabled").booleanValue());
        assertEquals("INFO", plain.get("logLevel").textValue());
        fakes.tls = true;
        fakes.logLevel = "DEBUG";
        JsonNode other = json(get("/rest/v2/server-settings"));
        assertTrue(other.get("sslEnabled").booleanValue());
        assertEquals("DEBUG", other.get("logLevel").textValue());
        // what is not known of another node is not made up
        assertTrue(json(get(OF_EDGE11.replace("edge11", "edge21")))
                .get("sslEnabled")
                .isNull());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/rest/v2/server-settings", "/rest/changeServerSettings"})
    void theNodeGroupIsChangedUnderBothSpellings(String path) throws Exception {
        HttpResponse<String> answer = post(path, "{\"nodeGroup\":\"region7\"}");
        assertEquals("{\"success\":true,\"message\":\"\",\"dataId\":\"\",\"errorId\":0}", answer.body());
        assertEquals(List.of(new NodeGroup("region7")), fakes.changes);
        assertEquals(
                "region7",
                json(get("/rest/v2/server-settings")).get("nodeGroup").textValue());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"nodeGroup":null}                  | nodeGroup is null, expected
            {"nodeGroup":7}                     | nodeGroup is 7, expected
            {"nodeGroup":""}                    | nodeGroup is "", expected
            {"nodeGroup":"a b"}                 | nodeGroup is "a b", expected
            {"nodeGroup":"ä"}                   | nodeGroup is
            {"nodeGroup":["a"]}                 | nodeGroup is ["a"], expected
            {"nodeGroup":"a","nodeGroup":"b"}   | says nodeGroup twice
            {"nodeGroup":"a"} {}                | not JSON
            {"nodeGroup":                       | not JSON at line 1
            []                                  | not a JSON object
            "nodeGroup"                         | not a JSON object
            {"nodegroup":"a"}                   | names no setting
            {"nodeGroup":"a","rtmpPort":1936}   | rtmpPort is 1936, but cannot be changed by REST
            {"nodeGroup":"a","serverName":"x"}  | serverName is "x", but cannot be changed by REST
            """)
    void aBadBodyIsRefusedAndChangesNothing(String body, String reason) throws Exception {
        refused(post("/rest/v2/server-settings", body), 400, reason);
        assertEquals(List.of(), fakes.changes);
        fakes.more.add(Fakes.edge11());
        refused(post(OF_EDGE11, body), 400, reason);
        assertEquals(List.of(), fakes.moves);
    }

    @Test
    void theNodeGroupOfAnotherNodeIsChangedWithTheSameBodyAndAnswers() throws Exception {
        fakes.more.add(Fakes.edge11());
        HttpResponse<String> answer = post(OF_EDGE11, "{\"nodeGroup\":\"region7\"}");
        assertEquals("{\"success\":true,\"message\":\"\",\"dataId\":\"\",\"errorId\":0}", answer.body());
        fakes.changeMessage = "in force until the next start";
        assertEquals(
                "in force until the next start; ignored, not known here: colour",
                json(post(OF_EDGE11, "{\"nodeGroup\":\"region8\",\"colour\":\"red\"}"))
                        .get("message")
                        .textValue());
        assertEquals(List.of("edge11 to region7", "edge11 to region8"), fakes.moves);
        assertEquals(List.of(), fakes.changes);
        assertEquals(
                200,
                post("/rest/v2/cluster/node/origin1/server-settings", "{\"nodeGroup\":\"region9\"}")
                        .statusCode());
        assertEquals(List.of(new NodeGroup("region9")), fakes.changes);
    }

    @Test
    void theSettingsOfAnotherNodeAreItsOwnAndMayBeWrittenBackWithOneFieldChanged() throws Exception {
        fakes.more.add(Fakes.edge11());
        var all = (com.fasterxml.jackson.databind.node.ObjectNode) json(get(OF_EDGE11));
        assertEquals(28, all.size());
        assertEquals(1937, all.get("rtmpPort").intValue());
        assertEquals(5001, all.get("originServerPort").intValue());
        assertEquals("127.0.0.4", all.get("hostAddress").textValue());
        all.put("nodeGroup", "region9");
        assertEquals(200, post(OF_EDGE11, all.toString()).statusCode());
        assertEquals(List.of("edge11 to region9"), fakes.moves);
    }

    @Test
    void aNodeThatCannotBeMovedIsSaidToBeUnknownOrAwayOrSilentOrUnableToWrite() throws Exception {
        String body = "{\"nodeGroup\":\"region7\"}";
        refused(get(OF_EDGE11), 404, "there is no node edge11");
        refused(post(OF_EDGE11, body), 404, "there is no node edge11");
        refused(post("/rest/v2/cluster/node/edge21/server-settings", body), 503, "edge21 is unreachable");
        refused(post("/rest/v2/cluster/node/edge29/server-settings", body), 503, "edge29 is down");
        refused(post("/rest/v2/cluster/node/a%20b/server-settings", body), 400, "node id is 'a b'");
        refused(get("/rest/v2/cluster/node/a%20b/server-settings"), 400, "node id is 'a b'");
        fakes.more.add(Fakes.edge11());
        fakes.moveFailure = Optional.of(new CallRefused(504, "node edge11 did not answer"));
        refused(post(OF_EDGE11, body), 504, "edge11 did not answer");
        fakes.moveFailure = Optional.of(new java.io.IOException("node edge11: disk full"));
        refused(post(OF_EDGE11, body), 500, "nodeGroup was not changed: node edge11: disk full");
        assertEquals(List.of(), fakes.moves);
    }

    @Test
    void aGroupNameOfSixtyFiveLettersIsRefusedAndOneOfSixtyFourIsNot() throws Exception {
        refused(post("/rest/v2/server-settings", "{\"nodeGroup\":\"" + "a".repeat(65) + "\"}"), 400, "nodeGroup");
        assertEquals(
                200,
                post("/rest/v2/server-settings", "{\"nodeGroup\":\"" + "a".repeat(64) + "\"}")
                        .statusCode());
    }

    @Test
    void whatIsAbsentStaysAsItIs() throws Exception {
        assertEquals(200, post("/rest/v2/server-settings", "{}").statusCode());
        assertEquals(List.of(), fakes.changes);
    }

    @Test
    void aScriptMayWriteBackWhatItReadWithOneFieldChanged() throws Exception {
        var all = (com.fasterxml.jackson.databind.node.ObjectNode) json(get("/rest/v2/server-settings"));
        all.put("nodeGroup", "region9");
        assertEquals(200, post("/rest/v2/server-settings", all.toString()).statusCode());
        assertEquals(List.of(new NodeGroup("region9")), fakes.changes);
    }

    @Test
    void settingsShowRealPortsAndNoSecret() throws Exception {
        JsonNode settings = json(get("/rest/v2/server-settings"));
        assertEquals(5000, settings.get("originServerPort").intValue());
        assertEquals(1935, settings.get("rtmpPort").intValue());
        assertEquals(5080, settings.get("defaultHttpPort").intValue());
        assertTrue(settings.get("jwtServerSecretKey").isNull());
        assertEquals(28, settings.size());
    }

    @Test
    void aChangeThatCannotBeWrittenDownIsAnErrorOfTheServer() throws Exception {
        fakes.changeFailure = Optional.of("disk full");
        refused(post("/rest/v2/server-settings", "{\"nodeGroup\":\"b\"}"), 500, "disk full");
    }

    @Test
    void onlyConfiguredNetworksMayChangeSomething() throws Exception {
        stop();
        server = start(settings(List.of("10.0.0.0/8"), List.of()));
        refused(post("/rest/v2/server-settings", "{\"nodeGroup\":\"b\"}"), 403, "headwater.http.write-from");
        fakes.more.add(Fakes.edge11());
        refused(post(OF_EDGE11, "{\"nodeGroup\":\"b\"}"), 403, "headwater.http.write-from");
        assertEquals(List.of(), fakes.moves);
        assertEquals(200, get(OF_EDGE11).statusCode());
        assertEquals(List.of(), fakes.changes);
        assertEquals(200, get("/rest/v2/server-settings").statusCode());
    }

    @ParameterizedTest
    @CsvSource({
        "X-Forwarded-For,203.0.113.9",
        "Forwarded,for=203.0.113.9",
        "X-Real-Ip,203.0.113.9",
        "X-Forwarded-For,0.0.0.0/0"
    })
    void aCallerBehindALocalProxyIsNotLocal(String header, String value) throws Exception {
        HttpRequest request = request("/rest/v2/server-settings")
                .header("content-type", "application/json")
                .header(header, value)
                .POST(BodyPublishers.ofString("{\"nodeGroup\":\"b\"}"))
                .build();
        refused(client.send(request, BodyHandlers.ofString()), 403, "behind a proxy");
    }

    @Test
    void whatIsNotJsonByItsContentTypeIsRefused() throws Exception {
        HttpRequest request = request("/rest/v2/server-settings")
                .header("content-type", "text/plain")
                .POST(BodyPublishers.ofString("{\"nodeGroup\":\"b\"}"))
                .build();
        refused(client.send(request, BodyHandlers.ofString()), 415, "text/plain");
    }

    @Test
    void unknownPathsAndMethodsAreJsonErrors() throws Exception {
        refused(get("/rest/v2/nothing"), 404, "/rest/v2/nothing");
        refused(get("/none.html"), 404, "nothing at /none.html");
        refused(get("/live/rest/v2/broadcasts/a%21b"), 400, "stream id is 'a!b'");
        refused(get("/a%20b/rest/v2/broadcasts/x"), 400, "application is 'a b'");
        HttpResponse<String> answer =
                client.send(request("/rest/v2/node").DELETE().build(), BodyHandlers.ofString());
        refused(answer, 405, "expected GET");
        assertEquals("GET, HEAD", answer.headers().firstValue("allow").orElseThrow());
    }

    @Test
    void headAnswersWithoutABody() throws Exception {
        HttpResponse<String> answer = client.send(
                request("/rest/v2/version")
                        .method("HEAD", BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        assertEquals(200, answer.statusCode());
        assertEquals("", answer.body());
    }

    @Test
    void aBugOfOursIsFiveHundredWithoutAStackTrace() throws Exception {
        fakes.broken = true;
        HttpResponse<String> answer = get("/live/rest/v2/broadcasts/stream1");
        refused(answer, 500, "fault of the server");
        assertFalse(answer.body().contains("Exception"));
    }

    @Test
    void anOversizedBodyIsRefused() throws Exception {
        String body = "{\"nodeGroup\":\"" + "a".repeat(100_000) + "\"}";
        refused(post("/rest/v2/server-settings", body), 413, "max-body");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET /rest/v2/node HTTP/1.1~X-Long: LONG~Host: x~~ | 431
            GET /LONG HTTP/1.1~Host: x~~                       | 414
            what-is-this-longer-than-any-method~~              | 400
            é /rest/v2/node HTTP/1.1~Host: x~~                 | 501
            GET /rest/v2/node HTTP/1.1~~                       | 400
            GET /%zz HTTP/1.1~Host: x~~                        | 400
            """)
    void bytesThatAreNoRequestGetJsonAndAreCounted(String bytes, int status) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(bytes.replace("~", "\r\n")
                    .replace("LONG", "a".repeat(10_000))
                    .getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
            assertTrue(answer.contains("\"success\":false"), answer);
            assertTrue(counters.get(Metric.API_MALFORMED) > 0);
        }
    }

    @Test
    void aConnectionThatTricklesItsHeadersIsClosed() throws Exception {
        stop();
        ApiSettings defaults = settings(List.of("127.0.0.0/8"), List.of());
        server = start(new ApiSettings(
                defaults.bindHost(),
                0,
                defaults.protection(),
                defaults.corsOrigins(),
                defaults.maxConnections(),
                defaults.maxConnectionsPerAddress(),
                defaults.maxBodyBytes(),
                Duration.ofSeconds(60),
                Duration.ofMillis(300),
                1));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write("GET /rest/v2/node HTT".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String rest;
            try {
                rest = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (java.net.SocketException reset) {
                rest = "";
            }
            assertTrue(rest.startsWith("HTTP/1.1 408 ") && rest.contains("\"success\":false"), rest);
        }
        assertEquals(1, counters.get(Metric.HTTP_CONNECTIONS_IDLE));
        assertEquals(200, get("/rest/v2/node").statusCode());
    }

    @Test
    void browsersOfOtherOriginsReadOnlyWhatIsConfigured() throws Exception {
        HttpRequest plain =
                request("/rest/v2/node").header("Origin", "https://a.example").build();
        assertTrue(client.send(plain, BodyHandlers.ofString())
                .headers()
                .firstValue("access-control-allow-origin")
                .isEmpty());
        stop();
        server = start(settings(List.of("127.0.0.0/8"), List.of("https://a.example")));
        HttpRequest listed =
                request("/rest/v2/node").header("Origin", "https://a.example").build();
        assertEquals(
                "https://a.example",
                client.send(listed, BodyHandlers.ofString())
                        .headers()
                        .firstValue("access-control-allow-origin")
                        .orElseThrow());
        HttpRequest other =
                request("/rest/v2/node").header("Origin", "https://b.example").build();
        assertTrue(client.send(other, BodyHandlers.ofString())
                .headers()
                .firstValue("access-control-allow-origin")
                .isEmpty());
    }

    private ApiServer start(ApiSettings settings) throws Exception {
        return ApiServer.start(kit.system(), settings, fakes, fakes, fakes, fakes, fakes, fakes, fakes, fakes, counters)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    private static ApiSettings settings(List<String> writeFrom, List<String> origins) {
        ApiSettings defaults = ApiSettings.defaults();
        return new ApiSettings(
                "127.0.0.1",
                0,
                new Protection(
                        writeFrom.stream()
                                .map(text -> Cidr.parse(text).orElseThrow())
                                .toList(),
                        List.of(),
                        Optional.empty(),
                        false,
                        List.of()),
                origins,
                defaults.maxConnections(),
                defaults.maxConnectionsPerAddress(),
                defaults.maxBodyBytes(),
                defaults.idleTimeout(),
                defaults.firstRequestTimeout(),
                defaults.maxConsoles());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(LIMIT);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return client.send(
                request(path)
                        .header("content-type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        assertEquals(200, answer.statusCode(), answer.body());
        return JSON.readTree(answer.body());
    }

    private static void refused(HttpResponse<String> answer, int status, String reason) throws Exception {
        assertEquals(status, answer.statusCode(), answer.body());
        assertEquals(
                "application/json", answer.headers().firstValue("content-type").orElse("none"));
        JsonNode body = JSON.readTree(answer.body());
        assertFalse(body.get("success").booleanValue());
        assertTrue(body.get("message").textValue().contains(reason), answer.body());
    }
}
