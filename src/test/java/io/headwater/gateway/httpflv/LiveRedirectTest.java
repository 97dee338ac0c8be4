package io.headwater.gateway.httpflv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.net.Counters;
import io.headwater.net.EventLoops;
import io.headwater.stream.Admission;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LiveRedirectTest {
    private static final Admission ELSEWHERE = request -> CompletableFuture.completedFuture(
            new Admission.Decision.Elsewhere(new Admission.Place("::1", 0, 8081, 0), "has \"enough\""));

    private final EventLoops loops = EventLoops.start(1);
    private final FakeStreams streams = new FakeStreams();
    private LiveHttpServer server;

    @BeforeEach
    void start() {
        server = LiveHttpServer.start(
                        LiveHttpSettings.defaults().listeningOn("127.0.0.1", 0),
                        loops,
                        ELSEWHERE,
                        streams,
                        new Counters())
                .toCompletableFuture()
                .join();
    }

    @AfterEach
    void stop() {
        loops.close();
    }

    @Test
    void aPlayerIsRedirectedWithItsQueryAndWhatSaysThatItWas() throws Exception {
        try (HttpClient client = new HttpClient(server.port())) {
            String head = client.get("/live/stream1.flv?a=b%26c&redirected=7").head();
            assertTrue(head.startsWith("HTTP/1.1 307 "), head);
            assertTrue(head.contains("Location: http://[::1]:8081/live/stream1.flv?a=b%26c&redirected=1"), head);
            assertTrue(head.contains("Access-Control-Allow-Origin: *"), head);
            String body = new String(client.in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertEquals(
                    "{\"error\":\"temporary redirect\",\"stream\":\"live/stream1\",\"reason\":\"has \\\"enough\\\"\"}\n",
                    body);
        }
    }
}
