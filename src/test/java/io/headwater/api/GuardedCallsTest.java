package io.headwater.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.net.Cidr;
import io.headwater.net.Counters;
import io.headwater.net.TestCertificates;
import io.headwater.net.Tls;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that hand out secrets or change something, with the headers that browsers send and pages cannot choose. */
class GuardedCallsTest {
    private static final String TOKEN = "correct-horse-battery";
    private static final String OTHER = "staple-staple-staple";
    private static final String LAST_CHUNK = "0";
    private static final String HEALTHY = "/rest/v2/liveness";
    private static final String ALL_MAY_READ = "Access-Control-Allow-Origin: *";

    private static ActorTestKit kit;
    private final Counters counters = new Counters();
    private ApiServer server;

    @BeforeAll
    static void startKit() {
        kit = ActorTestKit.create("guarded-calls-test");
    }

    @AfterAll
    static void stopKit() {
        kit.shutdownTestKit();
    }

    @AfterEach
    void stop() throws Exception {
        server.close(java.time.Duration.ofSeconds(1)).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/rest/v2/backup",
                "/rest/cluster/deleteNode/edge11",
                "/live/rest/v2/broadcasts/stream1/tokens/list/0/10",
                "/live/rest/v2/broadcasts/stream1/token?type=play&expireDate=99999999999",
                "/live/rest/v2/broadcasts/stream1/viewers/0/10"
            })
    void aPageGetsNothingSecretAndDoesNothingByAGet(String path) throws Exception {
        start(List.of("*"), List.of(TOKEN), Optional.empty(), false);
        String own = "Host: 127.0.0.1:" + server.port();
        for (String foreign : List.of(
                "Host: rebound.example.org:" + server.port(),
                own + "~Sec-Fetch-Site: cross-site",
                own + "~Sec-Fetch-Site: same-site",
                own + "~Origin: http://203.0.113.9",
                own + "~Origin: http://127.0.0.1:8000",
                own + "~Origin: null")) {
            String answer = hear("GET " + path + " HTTP/1.1~" + foreign);
            assertTrue(answer.matches("(?s)HTTP/1.1 40[13] .*"), () -> foreign + ": " + answer);
            assertFalse(answer.contains(ALL_MAY_READ), answer);
        }
        String refused = hear("GET " + path + " HTTP/1.1~" + own + "~Origin: http://127.0.0.1:" + server.port());
        assertFalse(refused.contains(ALL_MAY_READ), refused);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Host: 127.0.0.1:5080                              | 200
            Host: localhost:5080                              | 200
            Host: LOCALHOST                                   | 200
            Host: localhost.:5080                             | 200
            Host: [::1]:5080                                  | 200
            Host: 192.0.2.7:5080                              | 200
            Host: media.example.org:5080                      | 200
            Host: other.example.org:5080                      | 401
            Host: localhost.example.org:5080                  | 401
            Host: 127.0.0.1.example.org:5080                  | 401
            Host: other.example.org~Authorization: Bearer correct-horse-battery | 200
            Host: localhost:5080~Sec-Fetch-Site: same-origin  | 200
            Host: localhost:5080~Sec-Fetch-Site: none         | 200
            Host: localhost~Sec-Fetch-Site: cross-site~Authorization: Bearer correct-horse-battery | 403
            Host: localhost~Origin: https://ops.example~Sec-Fetch-Site: cross-site~Authorization: Bearer correct-horse-battery | 200
            """)
    void aScriptCallsThisMachineByItsNames(String headers, int status) throws Exception {
        start(List.of("https://ops.example"), List.of(TOKEN), Optional.empty(), false);
        String answer = hear("GET /rest/v2/backup HTTP/1.1~" + headers);
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    }

    @Test
    void thisMachinesOwnNameIsOneOfThem() throws Exception {
        String name = InetAddress.getLocalHost().getHostName();
        start(List.of(), List.of(), Optional.empty(), false);
        String answer = hear("GET /rest/v2/backup HTTP/1.1~Host: " + name + ":5080");
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertTrue(hear("GET /rest/v2/backup HTTP/1.0").startsWith("HTTP/1.1 200 "), "an old client names no host");
    }

    @Test
    void overHttp2ThePageOfTheNodeItselfMayAndAnotherMayNot(@TempDir Path folder) throws Exception {
        start(List.of(), List.of(), Optional.empty(), false);
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(TestCertificates.client(Optional.empty()))
                .build();
        try (Tls tls = Tls.load("headwater.tls", TestCertificates.copy("first", folder, 1), counters)) {
            int port = server.listen(0, tls).toCompletableFuture().get(30, TimeUnit.SECONDS);
            URI address = URI.create("https://localhost:" + port + "/rest/v2/backup");
            for (String origin : List.of("https://localhost:" + port, "https://localhost:1")) {
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(address).header("Origin", origin).build(),
                        HttpResponse.BodyHandlers.ofString());
                assertEquals(HttpClient.Version.HTTP_2, answer.version());
                assertEquals(origin.endsWith(":1") ? 403 : 200, answer.statusCode(), answer.body());
            }
        }
    }

    @Test
    void whatEverybodyMayReadIsReadByNamesAndPagesToo() throws Exception {
        start(List.of("*"), List.of(), Optional.empty(), false);
        String answer = hear(
                "GET /rest/v2/node HTTP/1.1~Host: other.example.org~Origin: https://a.example~Sec-Fetch-Site: cross-site");
        assertTrue(answer.startsWith("HTTP/1.1 200 ") && answer.contains(ALL_MAY_READ), answer);
    }

    @Test
    void protectedReadsAreForPagesWithATokenOnly() throws Exception {
        start(List.of("*"), List.of(TOKEN), Optional.empty(), true);
        String rebound = hear("GET /rest/v2/node HTTP/1.1~Host: rebound.example.org");
        assertTrue(rebound.startsWith("HTTP/1.1 401 "), rebound);
        String page = "GET /rest/v2/node HTTP/1.1~Host: localhost~Origin: http://127.0.0.1:8000";
        assertFalse(hear(page).contains(ALL_MAY_READ));
        assertTrue(hear(page + "~Authorization: Bearer " + TOKEN).contains(ALL_MAY_READ));
        assertTrue(hear("GET " + HEALTHY + " HTTP/1.1~Host: probe.example.org").startsWith("HTTP/1.1 200 "));
    }

    @Test
    void anAdministratorWhoseTokenIsTakenOutOfTheFileIsRefusedAndToldNothingMore(@TempDir Path folder)
            throws Exception {
        Path file = folder.resolve("tokens");
        Files.writeString(file, TOKEN + "\n" + OTHER);
        start(List.of(), List.of(), Optional.of(file), true);
        String call = "GET /rest/v2/console/events HTTP/1.1~Host: localhost~Authorization: Bearer ";
        try (Socket gone = say(call + TOKEN);
                Socket stays = say(call + OTHER)) {
            BufferedReader told = reader(gone);
            BufferedReader other = reader(stays);
            assertTrue(told.readLine().contains(" 200 ") && other.readLine().contains(" 200 "));
            for (BufferedReader one : List.of(told, other)) {
                while (!one.readLine().startsWith("event: ")) {}
            }
            Files.writeString(file, OTHER);
            Files.setLastModifiedTime(file, FileTime.fromMillis(1));
            long from = System.nanoTime();
            while (!told.readLine().equals(LAST_CHUNK)) {
                // what was under way; far more than the second it may take, for the sake of busy machines
                assertTrue(System.nanoTime() - from < TimeUnit.SECONDS.toNanos(5), "the events go on");
            }
            String refused = hear("GET /rest/v2/node HTTP/1.1~Host: localhost~Authorization: Bearer " + TOKEN);
            assertTrue(refused.startsWith("HTTP/1.1 401 "), refused);
            String write = hear("POST /live/rest/v2/broadcasts/stream1/stop HTTP/1.1~Host: localhost~Content-Length: 0"
                    + "~Authorization: Bearer " + TOKEN);
            assertTrue(write.startsWith("HTTP/1.1 401 "), write);
            String good = hear("GET /rest/v2/node HTTP/1.1~Host: localhost~Authorization: Bearer " + OTHER);
            assertTrue(good.startsWith("HTTP/1.1 200 "), good);
            stays.setSoTimeout(600);
            assertStillOpen(other);
        }
    }

    private static void assertStillOpen(BufferedReader other) throws Exception {
        try {
            while (true) {
                assertFalse(other.readLine().equals(LAST_CHUNK), "the other administrator's events ended");
            }
        } catch (java.net.SocketTimeoutException quiet) {
            assertEquals("Read timed out", quiet.getMessage());
        }
    }

    private void start(List<String> origins, List<String> tokens, Optional<Path> file, boolean reads) throws Exception {
        ApiSettings defaults = ApiSettings.defaults();
        Fakes fakes = new Fakes();
        ApiSettings settings = new ApiSettings(
                "127.0.0.1",
                0,
                new Protection(
                        reads
                                ? List.of(Cidr.parse("192.0.2.0/24").orElseThrow())
                                : defaults.protection().writeFrom(),
                        tokens,
                        file,
                        reads,
                        List.of("media.example.org")),
                origins,
                defaults.maxConnections(),
                defaults.maxConnectionsPerAddress(),
                defaults.maxBodyBytes(),
                defaults.idleTimeout(),
                defaults.firstRequestTimeout(),
                defaults.maxConsoles());
        server = ApiServer.start(
                        kit.system(), settings, fakes, fakes, fakes, fakes, fakes, fakes, fakes, fakes, counters)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    private Socket say(String head) throws Exception {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write((head.replace("~", "\r\n") + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static BufferedReader reader(Socket socket) throws Exception {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private String hear(String head) throws Exception {
        try (Socket socket = say(head + "~Connection: close")) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
