package io.headwater.gateway.httpflv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.net.Counters;
import io.headwater.net.EventLoops;
import io.headwater.net.Metric;
import io.headwater.net.TestCertificates;
import io.headwater.net.Tls;
import io.headwater.net.TlsFiles;
import io.headwater.stream.Admission;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Live HTTP over TLS, with certificates that change while it runs. */
class LiveTlsTest {
    @TempDir
    private Path folder;

    private final Counters counters = new Counters();
    private final Queue<Map<String, String>> asked = new ConcurrentLinkedQueue<>();
    private EventLoops loops;
    private LiveHttpServer server;
    private Tls tls;
    private int port;

    @BeforeEach
    void start() throws Exception {
        loops = EventLoops.start(1);
        LiveHttpSettings settings = LiveHttpSettings.defaults().listeningOn("127.0.0.1", 0);
        Admission remembers = request -> {
            asked.add(request.credentials());
            return CompletableFuture.completedFuture(new Admission.Decision.Refused("as the test wants"));
        };
        server = LiveHttpServer.start(settings, loops, remembers, new FakeStreams(), counters)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        tls = Tls.load("headwater.tls", TestCertificates.copy("first", folder, 1), counters);
        port = server.listen(loops, 0, tls).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        tls.close();
        server.close().toCompletableFuture().get(30, TimeUnit.SECONDS);
        loops.close();
    }

    @Test
    void answersOverTlsAndTakesNewCertificatesWithoutARestart() throws Exception {
        assertEquals("CN=first", ask());
        TestCertificates.copy("second", folder, 2);
        awaitReload(Metric.TLS_RELOADED, 1);
        assertEquals("CN=second", ask());
    }

    @Test
    void aBrokenCertificateLeavesTheOldOneInUse() throws Exception {
        Files.writeString(folder.resolve("node.pem"), "not a certificate");
        awaitReload(Metric.TLS_RELOAD_FAILED, 1);
        assertEquals("CN=first", ask());
    }

    @Test
    void whoDoesNotSpeakTlsIsClosedAndCounted() throws Exception {
        try (Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write("GET /live/x.flv HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        }
        assertEquals(1, counters.get(Metric.TLS_HANDSHAKES_FAILED));
    }

    @Test
    void whoLeavesInTheMiddleOfTheHandshakeIsCountedToo() throws Exception {
        try (Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0});
        }
        awaitReload(Metric.TLS_HANDSHAKES_FAILED, 1);
    }

    @Test
    void aReasonIsOneLineWithoutWhatThePeerSent() {
        assertEquals(
                "what it sends is not TLS",
                Tls.reason(new io.netty.handler.ssl.NotSslRecordException("not an SSL/TLS record: 474554202f78")));
        String shown = Tls.reason(new IOException("a\nb".repeat(100)));
        assertTrue(shown.startsWith("a?ba?b") && shown.length() == 203, shown);
    }

    @Test
    void filesThatCannotBeUsedAreNamedAtTheStart() {
        TlsFiles missing = new TlsFiles(folder.resolve("none.pem"), folder.resolve("none.key"), Optional.empty());
        IOException refused = assertThrows(IOException.class, () -> Tls.load("headwater.tls", missing, counters));
        assertTrue(refused.getMessage().startsWith("headwater.tls: "), refused.getMessage());
        assertTrue(refused.getMessage().contains("none.pem"), refused.getMessage());
    }

    /** The other node's plain port is all that is known of it, and a token must not go there. */
    @Test
    void aPlayerOverTlsIsNotSentToAnotherNode() throws Exception {
        assertEquals(403, get("/live/one.flv?token=x").statusCode());
        assertEquals(List.of(Map.of("token", "x", Admission.REDIRECTED, "1")), List.copyOf(asked));
    }

    private String ask() throws Exception {
        HttpResponse<String> answer = get("/nothing");
        assertEquals(404, answer.statusCode());
        return ((X509Certificate) answer.sslSession().orElseThrow().getPeerCertificates()[0])
                .getSubjectX500Principal()
                .getName();
    }

    private HttpResponse<String> get(String path) throws Exception {
        java.net.http.HttpClient client = java.net.http.HttpClient.newBuilder()
                .sslContext(TestCertificates.client(Optional.empty()))
                .build();
        return client.send(
                HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private void awaitReload(Metric metric, long wanted) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (counters.get(metric) < wanted) {
            assertTrue(System.nanoTime() < deadline, metric + " is " + counters.get(metric));
            Thread.sleep(10);
        }
    }
}
