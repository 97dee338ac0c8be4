package io.headwater.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.Records;
import io.headwater.codec.relay.RelayMessage;
import io.headwater.codec.relay.RelayReader;
import io.headwater.codec.relay.RelayWriter;
import io.headwater.media.Bytes;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.net.TestCertificates;
import io.headwater.net.Tls;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The relay port where both sides have to show a certificate, as strangers see it. */
class RelayTlsTest {
    private static final int PATIENCE_MS = 30_000;
    private static final int MOST = 3;

    @RegisterExtension
    static final RelayMachine MACHINE = new RelayMachine();

    private final List<Socket> sockets = new ArrayList<>();
    private final Counters counters = new Counters();
    private Tls tls;
    private RelayServer server;

    private void start(Duration handshakeTimeout) throws Exception {
        RelaySettings settings = Records.with(
                RelaySettings.defaults().withBind("127.0.0.1", 0).withSecret("s3cret"),
                Map.of("handshakeTimeout", handshakeTimeout, "maxLinks", MOST, "maxLinksPerAddress", MOST));
        tls = Tls.load("headwater.tls.cluster", TestCertificates.of("first", true), counters);
        RelaySelf self = new RelaySelf(new NodeId("origin1"), () -> new NodeGroup("region1"));
        server = RelayServer.start(MACHINE.loops, settings, Optional.of(tls), self, new FakeStreams(), counters)
                .toCompletableFuture()
                .get(PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.close().toCompletableFuture().get(PATIENCE_MS, TimeUnit.MILLISECONDS);
        tls.close();
    }

    @Test
    void whoDoesNotSpeakTlsIsClosedAndCounted() throws Exception {
        start(Duration.ofSeconds(30));
        Socket plain = connect();
        plain.getOutputStream().write(opening());
        awaitClosed(plain);
        Socket web = connect();
        web.getOutputStream().write("GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        awaitClosed(web);
        awaitCount(Metric.TLS_HANDSHAKES_FAILED, 2);
        awaitCount(Metric.RELAY_REFUSED, 2);
        assertEquals(0, counters.get(Metric.RELAY_REFUSED_TIMEOUT));
        assertIsServed();
    }

    @Test
    void whoHasNoCertificateOfTheAuthorityIsClosedAndCounted() throws Exception {
        start(Duration.ofSeconds(30));
        for (Optional<String> certificate : List.of(Optional.<String>empty(), Optional.of("stranger"))) {
            assertThrows(IOException.class, () -> {
                Socket stranger = secured(connect(), certificate);
                stranger.getOutputStream().write(opening());
                if (stranger.getInputStream().read() < 0) {
                    throw new IOException("closed");
                }
            });
        }
        awaitCount(Metric.TLS_HANDSHAKES_FAILED, 2);
        awaitCount(Metric.RELAY_REFUSED_SECRET, 2);
        assertIsServed();
    }

    @Test
    void whoDawdlesIsClosedInTheHandshakeAndAfterIt() throws Exception {
        start(Duration.ofMillis(500));
        Socket silent = connect();
        Socket slow = connect();
        slow.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0, 1});
        Socket member = secured(connect(), Optional.of("second"));
        for (Socket each : List.of(silent, slow, member)) {
            awaitClosed(each);
        }
        awaitCount(Metric.RELAY_REFUSED_TIMEOUT, 3);
        assertIsServed();
    }

    /** Those beyond the limit would have to be waited for as long as they like if they were told. */
    @Test
    void aFloodIsClosedBeforeItsHandshakes() throws Exception {
        start(Duration.ofSeconds(30));
        for (int i = 0; i < MOST; i++) {
            connect();
        }
        awaitCount(Metric.RELAY_SERVES_ACCEPTED, MOST);
        for (int i = 0; i < 20; i++) {
            awaitClosed(connect());
        }
        awaitCount(Metric.RELAY_REFUSED_LIMIT, 20);
        for (Socket socket : sockets) {
            socket.close();
        }
        assertIsServed();
    }

    /** A member of the cluster gets through, once those that left are forgotten. */
    private void assertIsServed() throws Exception {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        while (!isServed()) {
            assertTrue(System.nanoTime() < until, "a member is not served");
        }
    }

    private boolean isServed() throws Exception {
        try (Socket member = secured(connect(), Optional.of("second"))) {
            member.getOutputStream().write(opening());
            RelayReader reader = RelayReader.atDownstream(1 << 20);
            for (int one = member.getInputStream().read();
                    one >= 0;
                    one = member.getInputStream().read()) {
                RelayMessage message = reader.read(ByteBuffer.wrap(new byte[] {(byte) one}));
                if (message != null) {
                    return message instanceof RelayMessage.Challenge;
                }
            }
            return false;
        } catch (IOException closed) {
            return false;
        }
    }

    private static byte[] opening() {
        return RelayWriter.write(new RelayMessage.Opening(1, 1, 0, Bytes.of(new byte[32])));
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(PATIENCE_MS);
        sockets.add(socket);
        return socket;
    }

    private static Socket secured(Socket socket, Optional<String> certificate) throws IOException {
        return TestCertificates.client(certificate)
                .getSocketFactory()
                .createSocket(socket, "localhost", socket.getPort(), true);
    }

    private static void awaitClosed(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
        } catch (java.net.SocketTimeoutException open) {
            throw new AssertionError("still open", open);
        } catch (IOException reset) {
            // closed as well
        }
    }

    private void awaitCount(Metric metric, long wanted) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        while (counters.get(metric) < wanted) {
            assertTrue(System.nanoTime() < until, metric + " is " + counters.get(metric));
            Thread.sleep(10);
        }
        assertEquals(wanted, counters.get(metric), metric.toString());
    }
}
