package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.headwater.media.StreamKey;
import io.headwater.net.Metric;
import io.headwater.stream.Directory;
import io.headwater.topology.Feed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Remoting between nodes that have a secret, nodes that have another or none, and those that are no nodes. */
class SecretTest extends TestNodes {
    private static final int PATIENCE_MS = 40_000;
    private static final StreamKey KEY = new StreamKey("live", "s");

    private final List<Socket> sockets = new ArrayList<>();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void readTheLog() {
        lines.start();
        log().addAppender(lines);
    }

    @AfterEach
    void end() throws IOException {
        log().detachAppender(lines);
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private static Logger log() {
        return (Logger) LoggerFactory.getLogger(Refusals.class);
    }

    private TestNode node(String id, Trust trust, int... seeds) throws Exception {
        ClusterSettings settings = TestNodes.impatient(TestNode.settings(seeds).trusting(trust), 0);
        TestNode node = new TestNode(id, "region1", settings);
        nodes.add(node);
        return node.start();
    }

    private List<TestNode> clusterWith(Trust trust) throws Exception {
        TestNode first = node("a", trust).joined();
        node("b", trust, first.port()).joined();
        seesUp(first, 2);
        return nodes;
    }

    @Test
    void nodesWithOneSecretAreOneClusterOverTheLivesOfTheirControlPlanes() throws Exception {
        List<TestNode> all = clusterWith(new Trust.Secret("the secret of both"));
        all.get(0).publish(KEY);
        all.get(1).changeGroup("region2");
        seesUp(all.get(0), 2);
        assertTrue(all.get(1).play(KEY, 5_000) instanceof Feed.Peers);
        for (TestNode node : all) {
            assertEquals(0, node.counters.get(Metric.CLUSTER_CONNECTIONS_REFUSED));
            assertEquals(0, node.counters.get(Metric.CLUSTER_PEERS_REFUSED));
        }
    }

    @Test
    void nodesWithAnotherSecretOrWithoutOneDoNotJoinAndBothSidesSaySo() throws Exception {
        List<TestNode> all = clusterWith(new Trust.Secret("the secret of both"));
        TestNode asked = all.get(0);
        Directory.Grant grant = asked.publish(KEY);
        all.get(1).play(KEY, 5_000);
        TestNode other = node("c", new Trust.Secret("another secret"), asked.port());
        TestNode without = node("d", new Trust.Anybody(), asked.port());
        for (TestNode stranger : List.of(other, without)) {
            stranger.joined();
            TestNode.eventually(stranger.id + " knows", () -> stranger.counters.get(Metric.CLUSTER_PEERS_REFUSED) > 0);
            assertEquals(1, stranger.control.nodes().size());
        }
        TestNode.eventually("refused", () -> asked.counters.get(Metric.CLUSTER_CONNECTIONS_REFUSED) >= 2);
        says("no cluster with the node at 127.0.0.1:" + asked.port() + ": it has another secret");
        says("no cluster with the node at 127.0.0.1:" + asked.port() + ": it listens and does not answer");
        says("refused a node that says it is at 127.0.0.1:" + other.port() + ": it takes this node for a stranger");
        says("refused a stranger: what it sends is not TLS");
        assertEquals(0, asked.counters.get(Metric.CLUSTER_RESTARTS) + without.counters.get(Metric.CLUSTER_RESTARTS));
        assertEquals(0, asked.superseded.size());
        assertTrue(grant instanceof Directory.Grant.Granted);
        seesUp(asked, 2);
    }

    @Test
    void aNodeWithASecretDoesNotSpeakToOneWithout() throws Exception {
        TestNode without = node("a", new Trust.Anybody()).joined();
        TestNode with = node("b", new Trust.Secret("the secret of one"), without.port());
        with.joined();
        TestNode.eventually("told", () -> with.counters.get(Metric.CLUSTER_PEERS_REFUSED) > 0);
        says("no cluster with the node at 127.0.0.1:" + without.port() + ": it does not answer TLS");
        assertEquals(1, with.control.nodes().size());
        assertEquals(1, without.control.nodes().size());
        assertEquals(0, without.counters.get(Metric.CLUSTER_RESTARTS));
    }

    @Test
    void strangersAreRefusedWithALineAndCounted() throws Exception {
        SecretIdentity wanted = SecretIdentity.of("the secret of one");
        SecretIdentity own = SecretIdentity.of("a guess at it");
        TestNode node = node("a", new Trust.Secret("the secret of one")).joined();
        byte[] plain = "AKKA\1\0\0\0\0".getBytes(StandardCharsets.US_ASCII);
        awaitClosed(say(connect(node), plain));
        awaitClosed(say(connect(node), "GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        awaitClosed(say(secured(node), plain));
        awaitClosed(say(secured(node, own.keys().getPrivate(), own.certificate()), plain));
        // what everybody is shown does not help without its private half
        awaitClosed(say(secured(node, own.keys().getPrivate(), wanted.certificate()), plain));
        TestNode.eventually("counted", () -> node.counters.get(Metric.CLUSTER_CONNECTIONS_REFUSED) == 5);
        assertTrue(lines.list.size() <= 4, lines.list::toString);
        says("refused a stranger: what it sends is not TLS");
        // who has it gets through
        Socket member = secured(node, wanted.keys().getPrivate(), wanted.certificate());
        say(member, plain);
        member.setSoTimeout(500);
        Assertions.assertThrows(
                java.net.SocketTimeoutException.class,
                () -> member.getInputStream().readAllBytes());
        assertEquals(5, node.counters.get(Metric.CLUSTER_CONNECTIONS_REFUSED));
    }

    @Test
    void whoDoesNotGetOnWithItsHandshakeIsClosed() throws Exception {
        TestNode node = node("a", new Trust.Secret("the secret of one")).joined();
        Socket silent = connect(node);
        Socket slow = say(connect(node), new byte[] {0x16, 3, 1, 2, 0, 1});
        long fromNs = System.nanoTime();
        awaitClosed(silent);
        awaitClosed(slow);
        long ms = (System.nanoTime() - fromNs) / 1_000_000;
        assertTrue(ms > 5_000 && ms < 30_000, "closed after " + ms + " ms");
        TestNode.eventually("counted", () -> node.counters.get(Metric.CLUSTER_CONNECTIONS_REFUSED) == 2);
        says("the TLS handshake was not done within 10 s");
    }

    @Test
    void thoseBeyondTheMostHandshakesAreClosedSoon() throws Exception {
        TestNode node = node("a", new Trust.Secret("the secret of one")).joined();
        for (int i = 0; i < 600; i++) {
            try {
                connect(node);
            } catch (IOException refused) {
                // closed before it was known to be open
            }
        }
        TestNode.eventually(
                "refused", Duration.ofSeconds(8), () -> node.counters.get(Metric.CLUSTER_CONNECTIONS_REFUSED) >= 88);
        says("more than 512 are at their TLS handshake");
        for (Socket socket : sockets) {
            awaitClosed(socket);
        }
        node("b", new Trust.Secret("the secret of one"), node.port()).joined();
        seesUp(node, 2);
    }

    private void says(String text) throws Exception {
        TestNode.eventually(
                "the log says: " + text,
                () -> List.copyOf(lines.list).stream()
                        .anyMatch(line -> line.getFormattedMessage().contains(text)
                                && line.getFormattedMessage().contains("headwater.cluster.secret")
                                && line.getThrowableProxy() == null));
    }

    private Socket connect(TestNode node) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port());
        socket.setSoTimeout(PATIENCE_MS);
        sockets.add(socket);
        return socket;
    }

    private static Socket say(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException refused) {
            // found out where it listens
        }
        return socket;
    }

    private Socket secured(TestNode node) throws Exception {
        return secured(node, new KeyManager[0]);
    }

    private Socket secured(TestNode node, PrivateKey key, X509Certificate certificate) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", key, new char[0], new X509Certificate[] {certificate});
        KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(store, new char[0]);
        return secured(node, keys.getKeyManagers());
    }

    private Socket secured(TestNode node, KeyManager[] keys) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, new TrustManager[] {new Gullible()}, null);
        Socket plain = connect(node);
        Socket socket = context.getSocketFactory().createSocket(plain, "127.0.0.1", node.port(), true);
        socket.setSoTimeout(PATIENCE_MS);
        sockets.add(socket);
        return socket;
    }

    private static void awaitClosed(Socket socket) {
        try {
            socket.getInputStream().readAllBytes();
        } catch (java.net.SocketTimeoutException open) {
            throw new AssertionError("still open", open);
        } catch (IOException reset) {
            // closed as well
        }
    }

    /** Speaks to anybody. */
    private static final class Gullible implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
