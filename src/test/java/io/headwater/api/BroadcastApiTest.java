package io.headwater.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.media.StreamKey;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
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

/** Creating, changing and deleting broadcasts over real HTTP, with a store of this test behind it. */
class BroadcastApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String BASE = "/live/rest/v2/broadcasts";
    private static ActorTestKit kit;
    private static HttpClient client;

    private Fakes fakes;
    private ApiServer server;

    @BeforeAll
    static void startSystem() {
        kit = ActorTestKit.create("broadcast-api-test");
        client = HttpClient.newBuilder().connectTimeout(LIMIT).build();
    }

    @AfterAll
    static void stopSystem() {
        kit.shutdownTestKit();
    }

    @BeforeEach
    void start() throws Exception {
        fakes = new Fakes();
        server = fakes.serve(kit.system());
    }

    @AfterEach
    void stop() throws Exception {
        server.close(Duration.ofSeconds(1)).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void aBroadcastIsCreatedWithTheNameItAsksForAndItsSecretIsNotToldAgain() throws Exception {
        JsonNode made = json(call(
                "POST",
                BASE + "/create",
                "{\"streamId\":\"match1\",\"name\":\"Match 1\",\"password\":\"secret\",\"hlsViewerLimit\":-1}"));
        assertEquals("match1", made.get("streamId").textValue());
        assertEquals("created", made.get("status").textValue());
        assertEquals("Match 1", made.get("name").textValue());
        assertEquals(-1, made.get("hlsViewerLimit").intValue());
        assertFalse(made.get("zombi").booleanValue());
        JsonNode read = json(call("GET", BASE + "/match1", ""));
        assertEquals("Match 1", read.get("name").textValue());
        assertTrue(read.get("password").isNull());
        assertFalse(read.toString().contains("secret"));
        assertTrue(fakes.broadcasts.toString().contains("match1"));
    }

    /** As scripts do; what an older version kept of what is not done comes with it. */
    @Test
    void aWholeBroadcastCanBeWrittenBack() throws Exception {
        json(call("POST", BASE + "/create", "{\"streamId\":\"whole\",\"name\":\"Whole\"}"));
        String all = call("GET", BASE + "/whole", "").body();
        assertTrue(json(call("PUT", BASE + "/whole", all)).get("success").booleanValue());
        StreamKey key = new StreamKey("live", "older");
        String kept = "{\"v\":1,\"date\":5,\"status\":\"created\",\"hlsViewerLimit\":7}";
        fakes.broadcasts.put(key, Registered.read(key, kept).orElseThrow());
        String older = call("GET", BASE + "/older", "").body();
        assertTrue(older.contains("\"hlsViewerLimit\":7"), older);
        assertTrue(json(call("PUT", BASE + "/older", older)).get("success").booleanValue());
        refused(call("PUT", BASE + "/older", "{\"hlsViewerLimit\":8}"), 400, "hlsViewerLimit is 8, expected -1");
    }

    @Test
    void playersAreListedAndEndedOneByOneOrAllTogether() throws Exception {
        String viewers = BASE + "/stream1/viewers";
        JsonNode all = json(call("GET", viewers + "/0/10", ""));
        assertEquals("viewer1", all.get(0).get("viewerId").textValue());
        assertEquals("edge21", all.get(1).get("nodeId").textValue());
        assertEquals(1, json(call("GET", viewers + "/1/10", "")).size());
        assertTrue(json(call("DELETE", viewers + "/viewer2", "")).get("success").booleanValue());
        JsonNode unknown = json(call("DELETE", viewers + "/nobody", ""));
        assertFalse(unknown.get("success").booleanValue());
        assertEquals("live/stream1 has no viewer nobody", unknown.get("message").textValue());
        assertEquals(
                "2 viewers were ended",
                json(call("DELETE", viewers, "")).get("message").textValue());
        assertEquals(List.of("live/stream1 viewer2", "live/stream1 nobody", "live/stream1 all"), fakes.ended);
        refused(call("DELETE", viewers + "/a%20b", ""), 400, "viewerId is 'a b'");
    }

    @Test
    void withoutANameOrABodyOneIsMadeUp() throws Exception {
        String one = json(call("POST", BASE + "/create", "")).get("streamId").textValue();
        String other = json(call("POST", BASE + "/create", "{\"streamId\":null,\"name\":\"x\"}"))
                .get("streamId")
                .textValue();
        assertTrue(one.matches("[A-Za-z0-9]{24}"), one);
        assertFalse(one.equals(other));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"streamId":"a b"}                        | Stream id is not valid.
            {"streamId":"stream1"}                    | Stream id is already being used. Please change stream id or keep it empty
            {"streamId":"x","hlsViewerLimit":"many"}  | hlsViewerLimit is "many", expected a whole number from -1
            {"streamId":"x","hlsViewerLimit":7}       | hlsViewerLimit is 7, expected -1 or nothing: this server does not do that
            {"streamId":"x","plannedEndDate":1}       | plannedEndDate is 1, expected 0 or nothing
            {"streamId":"x","autoStartStopEnabled":true} | autoStartStopEnabled is true, expected false or nothing
            {"streamId":"x","listenerHookURL":"http://["} | listenerHookURL is "http://[", expected a URL with a host
            {"streamId":"x","publish":1}              | publish is 1, expected true or false
            {"streamId":"x","name":["a"]}             | name is ["a"], expected a text of at most 256
            {"streamId":"x","type":"VoD"}             | type is "VoD", expected liveStream or streamSource
            {"streamId":"x","type":"streamSource"}    | streamUrl is missing
            {"streamId":"x","streamUrl":"file:///a"}  | streamUrl is "file:///a", expected a URL that begins with rtmp://
            {"streamId":"x","endPointList":7}         | endPointList is 7, expected a list of at most 16
            {"streamId":"x","endPointList":[7]}       | endPointList has the endpointUrl ''
            {"streamId":"x","endPointList":[{"endpointUrl":"nonsense"}]} | endPointList has the endpointUrl 'nonsense'
            {"streamId":"x","mp4Enabled":1}           | mp4Enabled is 1, expected a whole number from -1 to 0
            {"streamId":"x"                           | not JSON
            """)
    void aBadBroadcastIsRefusedWithItsReasonAndNotKept(String body, String reason) throws Exception {
        refused(call("POST", BASE + "/create", body), 400, reason);
        assertTrue(fakes.broadcasts.isEmpty());
    }

    @Test
    void aNameIsTakenOnce() throws Exception {
        json(call("POST", BASE + "/create", "{\"streamId\":\"a\"}"));
        refused(call("POST", BASE + "/create", "{\"streamId\":\"a\"}"), 400, "Stream id is already being used");
        json(call("POST", "/other/rest/v2/broadcasts/create", "{\"streamId\":\"a\"}"));
    }

    @Test
    void onlyWhatIsGivenIsChanged() throws Exception {
        json(call("POST", BASE + "/create", "{\"streamId\":\"a\",\"name\":\"N\",\"description\":\"D\"}"));
        JsonNode answer = json(call("PUT", BASE + "/a", "{\"name\":\"M\",\"description\":null,\"status\":\"x\"}"));
        assertTrue(answer.get("success").booleanValue());
        JsonNode read = json(call("GET", BASE + "/a", ""));
        assertEquals("M", read.get("name").textValue());
        assertEquals("D", read.get("description").textValue());
        assertEquals("created", read.get("status").textValue());
        assertTrue(
                json(call("PUT", BASE + "/a", read.toString())).get("success").booleanValue());
        assertTrue(json(call("PUT", BASE + "/a", "{}")).get("success").booleanValue());
        refused(call("PUT", BASE + "/a", "{\"publish\":\"yes\"}"), 400, "publish is");
        JsonNode unknown = json(call("PUT", BASE + "/b", "{\"name\":\"M\"}"));
        assertFalse(unknown.get("success").booleanValue());
    }

    @Test
    void whatIsReadMayBeWrittenBackAlthoughSecretsInAddressesAreHidden() throws Exception {
        json(call(
                "POST",
                BASE + "/create",
                "{\"streamId\":\"s\",\"type\":\"streamSource\",\"streamUrl\":\"rtmp://u:p@host/live/x?token=t\","
                        + "\"endPointList\":[{\"endpointUrl\":\"rtmp://other/live/key1\"},"
                        + "{\"endpointUrl\":\"rtmp://other/live/key2\"}]}"));
        Registered made = fakes.broadcasts.get(new StreamKey("live", "s"));
        assertEquals(
                List.of("rtmp://other/live/key1", "rtmp://other/live/key2"),
                made.endpoints().stream().map(Registered.Endpoint::url).toList());
        String read = call("GET", BASE + "/s", "").body();
        assertFalse(read.contains("key1") || read.contains("u:p"), read);
        json(call("PUT", BASE + "/s", read));
        Registered written = fakes.broadcasts.get(new StreamKey("live", "s"));
        assertEquals(Optional.of("rtmp://u:p@host/live/x?token=t"), written.saidText("streamUrl"));
        assertEquals(made.endpoints(), written.endpoints());
        json(call("PUT", BASE + "/s", "{\"endPointList\":[{\"endpointUrl\":\"rtmp://other/live/key2\"}]}"));
        assertEquals(
                made.endpoints().subList(1, 2),
                fakes.broadcasts.get(new StreamKey("live", "s")).endpoints());
        json(call("PUT", BASE + "/s", "{\"endPointList\":[],\"streamUrl\":\"rtmp://third/live/x\"}"));
        Registered after = fakes.broadcasts.get(new StreamKey("live", "s"));
        assertEquals(List.of(), after.endpoints());
        assertEquals(Optional.of("rtmp://third/live/x"), after.saidText("streamUrl"));
    }

    @Test
    void deletingStopsWhatIsLiveAndSaysSoInTheOriginalsWords() throws Exception {
        json(call("POST", BASE + "/create", "{\"streamId\":\"a\"}"));
        JsonNode answer = json(call("DELETE", BASE + "/a", ""));
        assertEquals(
                "broadcast is deleted but could not stopped ",
                answer.get("message").textValue());
        assertEquals(404, call("GET", BASE + "/a", "").statusCode());
        assertEquals(
                "broadcast is deleted and stopped successfully",
                json(call("DELETE", BASE + "/stream1", "")).get("message").textValue());
        assertFalse(json(call("DELETE", BASE + "/nobody", "")).get("success").booleanValue());
        assertEquals(List.of(new StreamKey("live", "a"), Fakes.KEY, new StreamKey("live", "nobody")), fakes.stopped);
    }

    @Test
    void manyAreDeletedAtOnce() throws Exception {
        for (String id : List.of("a", "b", "c")) {
            json(call("POST", BASE + "/create", "{\"streamId\":\"" + id + "\"}"));
        }
        assertTrue(json(call("DELETE", BASE + "/?ids=a,b", "")).get("success").booleanValue());
        JsonNode second = json(call("DELETE", BASE + "/?ids=b,c", ""));
        assertFalse(second.get("success").booleanValue());
        assertEquals("there is no broadcast b", second.get("message").textValue());
        assertTrue(fakes.broadcasts.isEmpty());
        refused(call("DELETE", BASE + "/?ids=", ""), 400, "stream id");
    }

    @Test
    void aStreamIsStoppedWhereverItIsWithoutABodyOrAContentType() throws Exception {
        assertTrue(json(call("POST", BASE + "/stream1/stop", "")).get("success").booleanValue());
        assertFalse(json(call("POST", BASE + "/other/stop", "")).get("success").booleanValue());
        HttpRequest foreign = request(BASE + "/stream1/stop")
                .header("Origin", "http://203.0.113.9")
                .POST(BodyPublishers.noBody())
                .build();
        refused(client.send(foreign, BodyHandlers.ofString()), 403, "pages of http://203.0.113.9");
    }

    @Test
    void aSourceIsFetchedFromWhenItIsStartedAndNotAfterItIsStopped() throws Exception {
        json(call(
                "POST",
                BASE + "/create",
                "{\"streamId\":\"s\",\"type\":\"streamSource\",\"streamUrl\":\"rtmp://u:p@host/live/x?token=t\"}"));
        StreamKey key = new StreamKey("live", "s");
        assertEquals(Optional.empty(), fakes.broadcasts.get(key).pulledFrom());
        assertTrue(json(call("POST", BASE + "/s/start", "")).get("success").booleanValue());
        assertEquals(
                Optional.of("rtmp://u:p@host/live/x?token=t"),
                fakes.broadcasts.get(key).pulledFrom());
        assertEquals(
                "rtmp://****@host/live/x?****",
                json(call("GET", BASE + "/s", "")).get("streamUrl").textValue());
        assertTrue(json(call("POST", BASE + "/s/stop", "")).get("success").booleanValue());
        assertEquals(Optional.empty(), fakes.broadcasts.get(key).pulledFrom());
        assertFalse(
                json(call("POST", BASE + "/stream1/start", "")).get("success").booleanValue());
    }

    @Test
    void aListIsSearchedAndSortedByWhatTheQuerySays() throws Exception {
        json(call("POST", BASE + "/create", "{\"streamId\":\"zz\",\"name\":\"Alpha Final\"}"));
        json(call("POST", BASE + "/create", "{\"streamId\":\"yy\",\"name\":\"beta final\"}"));
        JsonNode found = json(call("GET", BASE + "/list/0/10?search=FINAL&sort_by=name&order_by=desc", ""));
        assertEquals(2, found.size());
        assertEquals("yy", found.get(0).get("streamId").textValue());
        assertEquals(
                2, json(call("GET", BASE + "/count/final", "")).get("number").intValue());
        assertEquals(122, json(call("GET", BASE + "/count", "")).get("number").intValue());
        assertEquals(
                120,
                json(call("GET", BASE + "/active-live-stream-count", ""))
                        .get("number")
                        .intValue());
        JsonNode byStatus = json(call("GET", BASE + "/list/0/50?sort_by=status&order_by=desc", ""));
        assertEquals("zz", byStatus.get(0).get("streamId").textValue());
        assertEquals(
                0,
                json(call("GET", BASE + "/list/0/50?type_by=streamSource", "")).size());
        refused(call("GET", BASE + "/list/0/50?sort_by=size", ""), 400, "sort_by is 'size'");
        refused(call("GET", BASE + "/list/0/50?order_by=up", ""), 400, "order_by is 'up'");
    }

    @Test
    void whoWatchesIsSummedUpAndUnknownIsMinusOne() throws Exception {
        JsonNode one = json(call("GET", BASE + "/stream1/broadcast-statistics", ""));
        assertEquals(2, one.get("totalRTMPWatchersCount").intValue());
        assertEquals(0, one.get("totalHLSWatchersCount").intValue());
        assertEquals(3, one.get("totalHttpFlvWatchersCount").intValue());
        for (String field : List.of(
                "totalRTMPWatchersCount",
                "totalHLSWatchersCount",
                "totalWebRTCWatchersCount",
                "totalDASHWatchersCount")) {
            JsonNode unknown = json(call("GET", BASE + "/other/broadcast-statistics", ""));
            assertEquals(-1, unknown.get(field).intValue());
        }
        JsonNode total = json(call("GET", BASE + "/total-broadcast-statistics", ""));
        assertEquals(240, total.get("totalRTMPWatchersCount").intValue());
        assertEquals(120, total.get("activeLiveStreamCount").intValue());
        JsonNode info = json(call("GET", BASE + "/stream1/stream-info", ""));
        assertEquals(360, info.get(0).get("videoHeight").intValue());
        assertEquals(5, info.get(0).get("videoBitrate").intValue());
        assertEquals(2, info.get(0).get("audioBitrate").intValue());
        assertEquals(0, json(call("GET", BASE + "/other/stream-info", "")).size());
    }

    @Test
    void aBackupHoldsEverythingAndRestoresIt() throws Exception {
        json(call("POST", BASE + "/create", "{\"streamId\":\"a\",\"password\":\"secret\",\"name\":\"A\"}"));
        json(call("POST", "/other/rest/v2/broadcasts/create", "{\"streamId\":\"b\",\"name\":\"B\"}"));
        String backup = call("GET", "/rest/v2/backup", "").body();
        assertTrue(backup.contains("secret"), backup);
        var kept = java.util.Map.copyOf(fakes.broadcasts);
        fakes.broadcasts.remove(new StreamKey("live", "a"));
        json(call("PUT", "/other/rest/v2/broadcasts/b", "{\"name\":\"changed\"}"));
        assertEquals(
                "1 of 2 broadcasts were put",
                json(call("POST", "/rest/v2/restore?onDuplicate=skip", backup))
                        .get("message")
                        .textValue());
        assertEquals(
                "2 of 2 broadcasts were put",
                json(call("POST", "/rest/v2/restore", backup)).get("message").textValue());
        assertEquals(kept, fakes.broadcasts);
        refused(call("POST", "/rest/v2/restore", "{}"), 400, "no backup");
        refused(call("POST", "/rest/v2/restore", "{\"version\":1,\"broadcasts\":[7]}"), 400, "no name");
        refused(call("POST", "/rest/v2/restore?onDuplicate=x", backup), 400, "onDuplicate");
    }

    @Test
    void aNodeThatIsGoneIsRemovedAndAnyNodeIsTakenOutOfService() throws Exception {
        assertTrue(json(call("DELETE", "/rest/v2/cluster/node/edge21", ""))
                .get("success")
                .booleanValue());
        assertTrue(json(call("GET", "/rest/cluster/deleteNode/edge21", ""))
                .get("success")
                .booleanValue());
        JsonNode alive = json(call("DELETE", "/rest/v2/cluster/node/origin1", ""));
        assertFalse(alive.get("success").booleanValue());
        assertTrue(alive.get("message").textValue().contains("is alive"));
        assertFalse(json(call("DELETE", "/rest/v2/cluster/node/nobody", ""))
                .get("success")
                .booleanValue());
        refused(call("DELETE", "/rest/v2/cluster/node/a%20b", ""), 400, "node id is 'a b'");
        JsonNode drains = json(call("POST", "/rest/v2/cluster/node/edge21/drain?within=5s", ""));
        assertEquals("drains PT5S", drains.get("message").textValue());
        assertFalse(json(call("POST", "/rest/v2/cluster/node/nobody/drain", ""))
                .get("success")
                .booleanValue());
        refused(call("POST", "/rest/v2/cluster/node/edge21/drain?within=soon", ""), 400, "within is 'soon'");
    }

    @Test
    void aStoreThatCannotChangeSaysWhy() throws Exception {
        fakes.storeRefuses = Optional.of(new CallRefused(503, "no cluster at the moment"));
        refused(call("POST", BASE + "/create", "{}"), 503, "no cluster at the moment");
        refused(call("DELETE", BASE + "/a", ""), 503, "no cluster");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(LIMIT);
    }

    private HttpResponse<String> call(String method, String path, String body) throws Exception {
        HttpRequest.Builder request = request(path);
        if (!body.isEmpty()) {
            request.header("content-type", "application/json");
        }
        request.method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        assertEquals(200, answer.statusCode(), answer.body());
        return JSON.readTree(answer.body());
    }

    private static void refused(HttpResponse<String> answer, int status, String reason) throws Exception {
        assertEquals(status, answer.statusCode(), answer.body());
        JsonNode body = JSON.readTree(answer.body());
        assertFalse(body.get("success").booleanValue());
        assertTrue(body.get("message").textValue().contains(reason), answer.body());
    }
}
