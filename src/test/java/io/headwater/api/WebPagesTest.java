package io.headwater.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages and what the console lives on, over real HTTP on loopback. */
class WebPagesTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static ActorTestKit kit;
    private static HttpClient client;

    private final Counters counters = new Counters();
    private final Fakes fakes = new Fakes();
    private ApiServer server;

    @BeforeAll
    static void startSystem() {
        kit = ActorTestKit.create("pages-test");
        client = HttpClient.newBuilder().connectTimeout(LIMIT).build();
    }

    @AfterAll
    static void stopSystem() {
        kit.shutdownTestKit();
    }

    @BeforeEach
    void start() throws Exception {
        ApiSettings defaults = ApiSettings.defaults();
        server = ApiServer.start(
                        kit.system(),
                        new ApiSettings(
                                "127.0.0.1",
                                0,
                                defaults.protection(),
                                defaults.corsOrigins(),
                                defaults.maxConnections(),
                                defaults.maxConnectionsPerAddress(),
                                defaults.maxBodyBytes(),
                                // shorter than the test of events takes: a connection with an answer under way is not
                                // idle
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(20),
                                2),
                        fakes,
                        fakes,
                        fakes,
                        fakes,
                        fakes,
                        fakes,
                        fakes,
                        fakes,
                        counters)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        server.close(Duration.ofSeconds(1)).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html; charset=UTF-8",
        "/play.html, text/html; charset=UTF-8",
        "/publish.html, text/html; charset=UTF-8",
        "/api.html, text/html; charset=UTF-8",
        "/assets/console.css, text/css; charset=UTF-8",
        "/assets/console.js, text/javascript; charset=UTF-8",
        "/assets/icon.svg, image/svg+xml",
        "/assets/vendor/hls.js-1.7.4/hls.min.mjs, text/javascript; charset=UTF-8",
    })
    void filesAreServedWithTheirTypeAndAreAskedForOnlyOnce(String path, String type) throws Exception {
        HttpResponse<byte[]> file = client.send(request(path).build(), BodyHandlers.ofByteArray());
        assertEquals(200, file.statusCode());
        assertEquals(type, header(file, "content-type"));
        assertEquals("nosniff", header(file, "x-content-type-options"));
        assertEquals(
                path.contains("vendor") ? "public, max-age=31536000, immutable" : "no-cache",
                header(file, "cache-control"));
        String tag = header(file, "etag");
        HttpResponse<String> again = get(request(path).header("If-None-Match", "\"x\", " + tag));
        assertEquals(304, again.statusCode());
        assertEquals(tag, header(again, "etag"));
        HttpResponse<byte[]> zipped =
                client.send(request(path).header("Accept-Encoding", "br, gzip").build(), BodyHandlers.ofByteArray());
        if (zipped.headers().firstValue("content-encoding").isPresent()) {
            try (InputStream plain =
                    new java.util.zip.GZIPInputStream(new java.io.ByteArrayInputStream(zipped.body()))) {
                assertArrayEquals(file.body(), plain.readAllBytes());
            }
            assertFalse(tag.equals(header(zipped, "etag")));
        }
        HttpResponse<String> head = get(request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
        assertEquals(200, head.statusCode());
        assertEquals(Integer.toString(file.body().length), header(head, "content-length"));
    }

    @Test
    void onlyThePlayerMayBeShownInPagesOfOthersAndTalksToTheLivePortAndTheOtherNodesToo() throws Exception {
        String console = header(get(request("/")), "content-security-policy");
        assertTrue(console.contains("frame-ancestors 'self'"), console);
        assertTrue(console.contains("connect-src 'self';"), console);
        String player = header(get(request("/play.html")), "content-security-policy");
        assertTrue(player.contains("frame-ancestors *"), player);
        assertTrue(player.contains("ws://127.0.0.1:8080"), player);
        assertTrue(player.contains(" http://10.0.0.2:* ws://10.0.0.2:*"), player);
        for (String policy : new String[] {console, player}) {
            assertTrue(policy.contains("default-src 'none'; script-src 'self';"), policy);
            assertFalse(policy.contains("unsafe"), policy);
        }
    }

    /** What the pages name is there, and none of it is elsewhere or inline. */
    @ParameterizedTest
    @ValueSource(strings = {"/", "/play.html", "/publish.html", "/api.html"})
    void aPageIsMadeOfFilesOfThisServerAlone(String path) throws Exception {
        String page = get(request(path)).body();
        Matcher names = Pattern.compile("(?:src|href)=\"([^\"#?]*)").matcher(page);
        int found = 0;
        while (names.find()) {
            String name = names.group(1);
            if (!name.isEmpty()) {
                found++;
                assertFalse(name.contains("//"), name);
                assertEquals(
                        200,
                        get(request(URI.create(path).resolve(name).toString())).statusCode(),
                        name);
            }
        }
        assertTrue(found > 2, page);
        assertFalse(
                Pattern.compile("<script(?![^>]*src=)|\\son[a-z]+=|style=|<style")
                        .matcher(page)
                        .find(),
                page);
    }

    /** What the pages take for a name is what the server takes for one. */
    @ParameterizedTest
    @CsvSource({
        "/play.html, name=\"app\"[^>]*pattern=\"([^\"]+)\", name=\"id\"[^>]*pattern=\"([^\"]+)\"",
        "/publish.html, name=\"app\"[^>]*pattern=\"([^\"]+)\", name=\"id\"[^>]*pattern=\"([^\"]+)\"",
        "/assets/player.js, APP = /\\^(.+)\\$/;, ID = /\\^(.+)\\$/;",
    })
    void thePagesKnowTheNamesThatStreamsMayHave(String path, String app, String id) throws Exception {
        String page = get(request(path)).body();
        Pattern apps = Pattern.compile(onlyGroup(app, page));
        Pattern ids = Pattern.compile(onlyGroup(id, page));
        for (String name : List.of(
                "a",
                "-",
                "_x",
                "x.y",
                ".x",
                "x.",
                "",
                "a b",
                "ä",
                "a/b",
                "x".repeat(64),
                "x".repeat(65),
                "x".repeat(128),
                "x".repeat(129))) {
            assertEquals(StreamKey.of(name, "s").isPresent(), apps.matcher(name).matches(), name);
            assertEquals(
                    StreamKey.of("live", name).isPresent(), ids.matcher(name).matches(), name);
        }
    }

    private static String onlyGroup(String pattern, String page) {
        Matcher found = Pattern.compile(pattern).matcher(page);
        assertTrue(found.find(), () -> pattern + " is not in " + page);
        return found.group(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../reference.conf",
                "/assets/../../reference.conf",
                "/assets/%2e%2e/%2e%2e/reference.conf",
                "/assets/..%2f..%2fheadwater-media.conf",
                "/assets/%2e%2e%2findex.html",
                "/assets/",
                "/assets",
                "/assets/vendor",
                "/.git/config",
                "/assets/console.js%00.html",
                "/assets/console.class",
                "/io/headwater/Main.class",
                "/logback.xml",
                "/assets/none.js"
            })
    void noPathLeadsOutOfThePages(String path) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 404") || answer.startsWith("HTTP/1.1 400"), answer);
        }
    }

    @Test
    void aConsoleIsToldEverythingOnceAndThenWhatChanges() throws Exception {
        HttpResponse<InputStream> events = events("?stream=live/stream1");
        assertEquals(200, events.statusCode());
        assertEquals("text/event-stream", header(events, "content-type"));
        assertEquals("no-store", header(events, "cache-control"));
        try (BufferedReader in = new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
            assertTrue(await(in, "hello").contains("\"node\":\"origin1\""));
            String nodes = await(in, "nodes");
            assertTrue(nodes.contains("\"id\":\"edge21\"") && nodes.contains("\"state\":\"unreachable\""), nodes);
            String streams = await(in, "streams");
            assertTrue(streams.contains("\"total\":120") && streams.contains("\"codec\":\"H264\""), streams);
            String tree = await(in, "tree");
            assertTrue(tree.contains("\"mainOrigin\":\"origin1\""), tree);
            assertTrue(await(in, "happened").contains("origin1 was silent"));
            long began = System.nanoTime();
            fakes.notReady = java.util.Optional.of("not a member");
            assertTrue(await(in, "status").contains("not a member"));
            fakes.notReady = java.util.Optional.empty();
            assertTrue(await(in, "status").contains("null"));
            // still told long after an idle connection would have been closed
            while (System.nanoTime() - began < TimeUnit.SECONDS.toNanos(5)) {
                fakes.notReady = java.util.Optional.of("at " + System.nanoTime());
                await(in, "status");
            }
        }
    }

    @Test
    void scriptsHearOfTheClusterWhereItIs() throws Exception {
        URI address = URI.create("http://127.0.0.1:" + server.port() + "/rest/v2/cluster/events");
        HttpResponse<InputStream> events =
                client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofInputStream());
        try (BufferedReader in = new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
            String nodes = await(in, "nodes");
            assertTrue(nodes.contains("\"id\":\"edge21\"") && nodes.contains("\"state\":\"unreachable\""), nodes);
        }
    }

    @Test
    void aConsoleTooManyIsRefusedAndOneThatLeavesMakesRoom() throws Exception {
        HttpResponse<InputStream> one = events("");
        HttpResponse<InputStream> two = events("");
        try (InputStream first = one.body();
                InputStream second = two.body()) {
            assertTrue(first.read() > 0 && second.read() > 0);
            HttpResponse<String> third = get(request("/rest/v2/console/events"));
            assertEquals(503, third.statusCode());
            assertTrue(third.body().contains("headwater.http.max-consoles"), third.body());
            assertEquals(1, counters.get(Metric.CONSOLE_REFUSED));
        }
        long until = System.nanoTime() + LIMIT.toNanos();
        while (counters.get(Metric.CONSOLE_CLOSED) < 2 && System.nanoTime() < until) {
            fakes.notReady = java.util.Optional.of("at " + System.nanoTime());
            java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
        }
        assertEquals(2, counters.get(Metric.CONSOLE_CLOSED));
        HttpResponse<InputStream> next = events("");
        assertEquals(200, next.statusCode());
        next.body().close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"stream1", "live/", "live/a/b", "li%20ve/x"})
    void aStreamThatIsNoneIsRefused(String name) throws Exception {
        HttpResponse<String> answer = get(request("/rest/v2/console/events?stream=" + name));
        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().contains("stream is '"), answer.body());
    }

    private static String await(BufferedReader in, String event) throws Exception {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals("event: " + event)) {
                return in.readLine();
            }
        }
        throw new AssertionError("the events ended before " + event);
    }

    private HttpResponse<InputStream> events(String query) throws Exception {
        return client.send(
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + server.port() + "/rest/v2/console/events" + query))
                        .build(),
                BodyHandlers.ofInputStream());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(LIMIT);
    }

    private static HttpResponse<String> get(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElseThrow(() -> new AssertionError(name + " of " + response));
    }
}
