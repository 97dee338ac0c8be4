package io.headwater.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.net.AddressLimits;
import io.headwater.net.Cidr;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.net.TestCertificates;
import io.headwater.net.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one address may take of the HTTP server, and who keeps a connection for nothing. */
class HttpLimitsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static ActorTestKit kit;

    private final Counters counters = new Counters();
    private ApiServer server;

    @BeforeAll
    static void startActors() {
        kit = ActorTestKit.create("http-limits-test");
    }

    @AfterAll
    static void stopActors() {
        kit.shutdownTestKit();
    }

    @AfterEach
    void stop() throws Exception {
        server.close(Duration.ofSeconds(1)).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void requestsBeyondTheRateOfTheirAddressAreAnswered429() throws Exception {
        start(limits(List.of(), 0.0001, 3), 100, LONG);
        try (Socket socket = socket(server.port())) {
            for (int i = 0; i < 3; i++) {
                assertTrue(ask(socket, i < 2).contains("HTTP/1.1 200"), "request " + i);
            }
        }
        try (Socket socket = socket(server.port())) {
            String refused = ask(socket, false);
            assertTrue(refused.startsWith("HTTP/1.1 429 "), refused);
            assertTrue(refused.contains("Retry-After: 1\r\n"), refused);
            assertTrue(
                    refused.endsWith("{\"success\":false,\"message\":\"too many requests, ask again"
                            + " later\",\"dataId\":\"\",\"errorId\":-1}"),
                    refused);
        }
        assertEquals(1, counters.get(Metric.LIMITS_REQUESTS_REFUSED));
    }

    @Test
    void requestsBeyondThoseOfAllTogetherAreRefusedTheSameWay() throws Exception {
        start(new AddressLimits(List.of(Cidr.parse("127.0.0.0/8").orElseThrow()), 0, 1, 0.001, 1, counters), 10, LONG);
        try (Socket socket = socket(server.port())) {
            assertTrue(ask(socket, true).contains("HTTP/1.1 200"));
            String refused = ask(socket, false);
            assertTrue(refused.startsWith("HTTP/1.1 429 ") && refused.contains("Retry-After: 1\r\n"), refused);
        }
        assertEquals(1, counters.get(Metric.LIMITS_REQUESTS_REFUSED_IN_ALL));
        assertEquals(0, counters.get(Metric.LIMITS_REQUESTS_REFUSED));
    }

    @Test
    void connectionsBeyondThoseOfOneAddressAreRefusedUntilOthersEnd() throws Exception {
        start(AddressLimits.none(counters), 2, LONG);
        Socket first = socket(server.port());
        try (Socket second = socket(server.port())) {
            assertTrue(ask(first, true).contains(" 200 "));
            assertTrue(ask(second, true).contains(" 200 "));
            try (Socket third = socket(server.port())) {
                String refused = text(third);
                assertTrue(refused.startsWith("HTTP/1.1 429 ") && refused.contains("too many connections"), refused);
            }
            assertEquals(1, counters.get(Metric.HTTP_CONNECTIONS_REFUSED));
            first.close();
            until(() -> {
                try (Socket fourth = socket(server.port())) {
                    return ask(fourth, false).contains(" 200 ");
                } catch (IOException refused) {
                    return false;
                }
            });
        }
    }

    @Test
    void aTrustedNetworkHasNoLimitByAddress() throws Exception {
        start(limits(List.of(Cidr.parse("127.0.0.0/8").orElseThrow()), 0.0001, 1), 1, LONG);
        try (Socket first = socket(server.port());
                Socket second = socket(server.port())) {
            for (Socket one : List.of(first, second, first, second)) {
                assertTrue(ask(one, true).contains(" 200 "));
            }
        }
        assertEquals(0, counters.get(Metric.LIMITS_REQUESTS_REFUSED));
    }

    @Test
    void aConnectionWithTlsThatAsksNothingIsClosedAndOneTooManyToo(@TempDir Path folder) throws Exception {
        start(AddressLimits.none(counters), 1, Duration.ofMillis(500));
        try (Tls tls = Tls.load("headwater.tls", TestCertificates.copy("first", folder, 1), counters)) {
            int port = server.listen(0, tls).toCompletableFuture().get(30, TimeUnit.SECONDS);
            try (Socket dawdling = socket(port);
                    Socket second = socket(port)) {
                assertEquals("", text(second));
                assertEquals(1, counters.get(Metric.HTTP_CONNECTIONS_REFUSED));
                dawdling.getOutputStream().write(0x16);
                text(dawdling);
                assertEquals(1, counters.get(Metric.HTTP_CONNECTIONS_IDLE));
            }
        }
    }

    private AddressLimits limits(List<Cidr> trusted, double perSecond, int atOnce) {
        return new AddressLimits(trusted, perSecond, atOnce, 0, 100, counters);
    }

    private void start(AddressLimits limits, int perAddress, Duration firstRequest) throws Exception {
        Fakes fakes = new Fakes();
        ApiSettings defaults = ApiSettings.defaults();
        ApiSettings settings = new ApiSettings(
                "127.0.0.1",
                0,
                defaults.protection(),
                List.of(),
                defaults.maxConnections(),
                perAddress,
                defaults.maxBodyBytes(),
                LONG,
                firstRequest,
                1);
        server = ApiServer.start(
                        kit.system(),
                        settings,
                        limits,
                        fakes,
                        fakes,
                        fakes,
                        fakes,
                        fakes,
                        fakes,
                        fakes,
                        fakes,
                        List.of(),
                        counters)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    private static Socket socket(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static String ask(Socket socket, boolean keepAlive) throws IOException {
        String request = "GET /rest/v2/liveness HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: "
                + (keepAlive ? "keep-alive" : "close") + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        if (!keepAlive) {
            return text(socket);
        }
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("}")) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("closed after " + answer);
            }
            answer.append((char) next);
        }
        return answer.toString();
    }

    /** What is said until the end, however it ends. */
    private static String text(Socket socket) {
        StringBuilder said = new StringBuilder();
        try {
            for (int next = socket.getInputStream().read();
                    next >= 0;
                    next = socket.getInputStream().read()) {
                said.append((char) next);
            }
        } catch (IOException reset) {
            // an end as well
        }
        return said.toString();
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "in time");
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
