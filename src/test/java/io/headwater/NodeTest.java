package io.headwater;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.config.Home;
import io.headwater.config.NodeConfig;
import io.headwater.config.Sources;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node inside the test: its parts fit each other, and it leaves nothing behind. */
class NodeTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    @TempDir
    Path folder;

    private Home home;

    @BeforeEach
    void open() {
        home = Home.open(folder.resolve("home"));
    }

    @AfterEach
    void close() {
        home.close();
    }

    @Test
    void aNodeStartsChangesItsGroupAndStops() throws Exception {
        Path red5 = Files.writeString(folder.resolve("red5.properties"), "# mine\nnodeGroup=region1\n");
        int http = freePort();
        try (Node node = Node.start(config(Map.of("headwater.http.port", Integer.toString(http))))) {
            assertTrue(node.toString().contains("group region1"), node.toString());
            await(http, "/rest/v2/readiness", 200);
            JsonNode self = json(get(http, "/rest/v2/node"));
            assertEquals(http, self.get("ports").get("http").intValue());
            assertTrue(self.get("ports").get("cluster").intValue() > 0);
            assertEquals(
                    1,
                    json(get(http, "/rest/v2/cluster/node-count")).get("number").intValue());

            HttpResponse<String> changed = CLIENT.send(
                    request(http, "/rest/v2/server-settings")
                            .header("content-type", "application/json")
                            .POST(BodyPublishers.ofString("{\"nodeGroup\":\"region2\"}"))
                            .build(),
                    BodyHandlers.ofString());
            assertEquals(200, changed.statusCode(), changed.body());
            assertEquals("# mine\nnodeGroup=region2\n", Files.readString(red5));
            await(http, "/rest/v2/readiness", 200);
            assertEquals(
                    "region2",
                    json(get(http, "/rest/v2/cluster/nodes/0/10"))
                            .get(0)
                            .get("nodeGroup")
                            .textValue());
        }
        new ServerSocket(http, 1, InetAddress.getLoopbackAddress()).close();
    }

    /** Or who may create broadcasts could have the node send requests to any address. */
    @Test
    void whereAddressesOfBroadcastsAreForbiddenOneIsRefused() throws Exception {
        int http = freePort();
        Map<String, String> keys =
                Map.of("headwater.http.port", Integer.toString(http), "headwater.webhooks.of-broadcasts", "off");
        try (Node node = Node.start(config(keys))) {
            await(http, "/rest/v2/readiness", 200);
            HttpResponse<String> refused = CLIENT.send(
                    request(http, "/live/rest/v2/broadcasts/create")
                            .header("content-type", "application/json")
                            .POST(BodyPublishers.ofString("{\"listenerHookURL\":\"http://127.0.0.1:1/\"}"))
                            .build(),
                    BodyHandlers.ofString());
            assertEquals(400, refused.statusCode(), node + " " + refused.body());
            assertTrue(refused.body().contains("headwater.webhooks.of-broadcasts is off"), refused.body());
        }
    }

    @Test
    void aPortThatIsTakenIsNamedAndWhatWasStartedIsEnded() throws Exception {
        int http = freePort();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            NodeConfig config = config(Map.of(
                    "headwater.http.port", Integer.toString(http),
                    "headwater.rtmp.port", Integer.toString(taken.getLocalPort())));
            StartException refused = assertThrows(StartException.class, () -> Node.start(config));
            assertTrue(refused.isPlain());
            assertTrue(refused.getMessage().contains("headwater.rtmp.port"), refused.getMessage());
            assertTrue(refused.getMessage().contains(":" + taken.getLocalPort()), refused.getMessage());
        }
        new ServerSocket(http, 1, InetAddress.getLoopbackAddress()).close();
    }

    private NodeConfig config(Map<String, String> more) {
        Map<String, String> keys = new HashMap<>(Map.of("headwater.bind-host", "127.0.0.1"));
        for (String part : new String[] {"rtmp", "live", "http", "relay", "cluster"}) {
            keys.put("headwater." + part + ".port", "0");
        }
        keys.putAll(more);
        return NodeConfig.load(new Sources(Optional.empty(), folder.resolve("red5.properties"), Map.of(), keys), home);
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void await(int port, String path, int status) throws Exception {
        long until = System.nanoTime() + LIMIT.toNanos();
        while (get(port, path).statusCode() != status) {
            assertTrue(System.nanoTime() < until, path + " did not answer " + status + " in time");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(LIMIT);
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        return CLIENT.send(request(port, path).build(), BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        assertEquals(200, answer.statusCode(), answer.body());
        return new ObjectMapper().readTree(answer.body());
    }
}
