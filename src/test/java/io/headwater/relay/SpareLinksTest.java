package io.headwater.relay;

import static io.headwater.relay.RelayMachine.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.Records;
import io.headwater.codec.relay.RelayMessage;
import io.headwater.codec.relay.RelayReader;
import io.headwater.codec.relay.RelayWriter;
import io.headwater.media.Bytes;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.net.TestCertificates;
import io.headwater.net.Tls;
import io.headwater.stream.Upstream;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections that are open before a link needs one. */
class SpareLinksTest {
    private static final NodeId ORIGIN = new NodeId("origin1");
    private static final NodeId EDGE = new NodeId("edge1");
    private static final NodeGroup HOME = new NodeGroup("region1");
    private static final NodeGroup AWAY = new NodeGroup("region2");
    private static final StreamKey KEY = new StreamKey("live", "stream1");

    @RegisterExtension
    static final RelayMachine MACHINE = new RelayMachine();

    private final Counters origin = new Counters();
    private final Counters edge = new Counters();
    private final FakeStreams streams = new FakeStreams();
    private final HeardSink sink = new HeardSink();
    private final List<Socket> sockets = new ArrayList<>();
    private @Nullable RelayServer server;
    private @Nullable ServerSocket listening;

    @AfterEach
    void stop() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        if (listening != null) {
            listening.close();
        }
        if (server != null) {
            server.close().toCompletableFuture().join();
        }
    }

    private static RelaySettings settings(int spares, Duration handshake) {
        return Records.with(
                RelaySettings.defaults().withBind("127.0.0.1", 0).withSecret("s3cret"),
                Map.of("handshakeTimeout", handshake, "spareLinks", spares));
    }

    private static final RelaySettings SETTINGS = settings(8, Duration.ofSeconds(10));

    private Peer serve(RelaySettings settings, Optional<Tls> tls) {
        RelaySelf self = new RelaySelf(ORIGIN, () -> HOME);
        RelayServer started = RelayServer.start(MACHINE.loops, settings, tls, self, streams, origin)
                .toCompletableFuture()
                .join();
        server = started;
        streams.path(List.of(ORIGIN));
        streams.add(Media.frame(7, 0, 100));
        return new Peer(ORIGIN, HOME, "127.0.0.1", started.port());
    }

    private Peer serve() {
        return serve(SETTINGS, Optional.empty());
    }

    private RelayUpstream upstream(RelaySettings settings) {
        return new RelayUpstream(MACHINE.loops, settings, new RelaySelf(EDGE, () -> AWAY), edge);
    }

    private static Upstream.Request request() {
        return new Upstream.Request(KEY, 0, -1, List.of(EDGE));
    }

    private static StreamKey stream(int n) {
        return new StreamKey("live", "s" + n);
    }

    @Test
    void aLinkIsOpenedOverTheConnectionThatWasThereForIt() {
        RelayUpstream upstream = upstream(SETTINGS);
        Peer peer = serve();
        upstream.next(KEY, Optional.of(peer));
        await("one is ready", () -> edge.get(Metric.RELAY_SPARES_OPENED) == 1);
        assertEquals(List.of(), upstream.links());
        assertEquals(0, streams.requests().size());
        Upstream.Link link = upstream.open(peer, request(), sink);
        upstream.next(KEY, Optional.empty());
        await("the stream", () -> sink.frames().size() == 1);
        assertEquals(1, edge.get(Metric.RELAY_SPARES_USED));
        assertEquals(1, origin.get(Metric.RELAY_SERVES_ACCEPTED), "connections");
        assertEquals(0, origin.get(Metric.RELAY_REFUSED));
        link.close();
        await("closed", () -> streams.open() == 0);
        assertEquals(List.of(), sink.ends());
    }

    @Test
    void overTlsTheHandshakeIsDoneBefore() throws Exception {
        Counters counters = new Counters();
        try (Tls tls = Tls.load("headwater.tls.cluster", TestCertificates.of("first", true), counters)) {
            Peer peer = serve(SETTINGS, Optional.of(tls));
            RelayUpstream upstream =
                    new RelayUpstream(MACHINE.loops, SETTINGS, Optional.of(tls), new RelaySelf(EDGE, () -> AWAY), edge);
            upstream.next(KEY, Optional.of(peer));
            await("one is ready", () -> edge.get(Metric.RELAY_SPARES_OPENED) == 1);
            Upstream.Link link = upstream.open(peer, request(), sink);
            upstream.next(KEY, Optional.empty());
            await("the stream", () -> sink.frames().size() == 1);
            assertEquals(1, edge.get(Metric.RELAY_SPARES_USED));
            assertEquals(1, origin.get(Metric.RELAY_SERVES_ACCEPTED), "connections");
            link.close();
            await("closed", () -> streams.open() == 0);
        }
    }

    @Test
    void itIsReplacedBeforeTheUpstreamLosesPatienceAndClosedWhenNobodyNamesItAnyMore() {
        RelaySettings hasty = settings(8, Duration.ofMillis(800));
        RelayUpstream upstream = upstream(hasty);
        Peer peer = serve(hasty, Optional.empty());
        upstream.next(KEY, Optional.of(peer));
        await("the fourth", () -> edge.get(Metric.RELAY_SPARES_OPENED) == 4);
        assertEquals(0, origin.get(Metric.RELAY_REFUSED_TIMEOUT));
        assertEquals(0, edge.get(Metric.RELAY_SPARES_FAILED));
        Upstream.Link link = upstream.open(peer, request(), sink);
        await("the stream", () -> sink.frames().size() == 1);
        assertEquals(1, edge.get(Metric.RELAY_SPARES_USED));
        link.close();
        upstream.next(KEY, Optional.empty());
        await("none is left", () -> connections() == 0);
    }

    /** Those that the server has now; it forgets one when it is closed. */
    private long connections() {
        return server == null ? 0 : server.connections();
    }

    @Test
    void thereIsNoneToANodeOfTheSameGroupAndNoneIfItIsSwitchedOff() {
        Peer peer = serve();
        Peer near = new Peer(ORIGIN, AWAY, "127.0.0.1", peer.relayPort());
        RelayUpstream upstream = upstream(SETTINGS);
        upstream.next(KEY, Optional.of(near));
        RelayUpstream without = upstream(settings(0, Duration.ofSeconds(10)));
        without.next(KEY, Optional.of(peer));
        upstream.next(stream(1), Optional.of(peer));
        await("the one that is wanted", () -> edge.get(Metric.RELAY_SPARES_OPENED) == 1);
        // an edge's connection is open before the origin's program has accepted it
        await("it arrived", () -> origin.get(Metric.RELAY_SERVES_ACCEPTED) == 1);
        assertEquals(0, edge.get(Metric.RELAY_SPARES_LIMITED));
        upstream.next(stream(1), Optional.empty());
        without.next(KEY, Optional.empty());
    }

    @Test
    void thereAreAsManyAsStreamsMayNeedUpToTheShareOfANode() {
        RelayUpstream upstream = upstream(SETTINGS);
        Peer peer = serve();
        for (int i = 0; i < 100; i++) {
            upstream.next(stream(i), Optional.of(peer));
        }
        await("two of eight", () -> edge.get(Metric.RELAY_SPARES_OPENED) == 2);
        await("they arrived", () -> origin.get(Metric.RELAY_SERVES_ACCEPTED) == 2);
        for (int i = 0; i < 99; i++) {
            upstream.next(stream(i), Optional.empty());
        }
        await("one of them", () -> connections() == 1);
        upstream.next(stream(99), Optional.empty());
        await("none", () -> connections() == 0);
    }

    @Test
    void oneThatTurnsOutToBeDeadIsReplacedWithoutAWord() throws Exception {
        Peer peer = script();
        RelayUpstream upstream = upstream(settings(8, Duration.ofSeconds(10)).withSecret(""));
        upstream.next(KEY, Optional.of(peer));
        Socket spare = accepted();
        assertInstanceOf(RelayMessage.Opening.class, heard(spare, RelayReader.atUpstream()));
        challenge(spare);
        await("it is ready", () -> edge.get(Metric.RELAY_SPARES_OPENED) == 1);
        Upstream.Link link = upstream.open(peer, request(), sink);
        upstream.next(KEY, Optional.empty());
        RelayReader first = RelayReader.atUpstream();
        // the hello came; whoever read it is gone
        assertTrue(spare.getInputStream().read() >= 0);
        spare.close();
        Socket another = accepted();
        assertNotSame(spare, another);
        assertInstanceOf(RelayMessage.Opening.class, heard(another, first));
        challenge(another);
        assertInstanceOf(RelayMessage.Hello.class, heard(another, first));
        another.getOutputStream().write(RelayWriter.write(new RelayMessage.Accept(Bytes.EMPTY)));
        another.getOutputStream().write(RelayWriter.write(new RelayMessage.Welcome(9, false, List.of(ORIGIN))));
        await("welcome", () -> sink.words().equals(List.of("welcome 9 [origin1]")));
        assertEquals(1, edge.get(Metric.RELAY_SPARES_FAILED));
        another.close();
        await("the second end counts", () -> sink.ends().size() == 1);
        link.close();
    }

    @Test
    void aNodeThatCannotBeReachedIsTriedAtLongerAndLongerIntervals() throws Exception {
        int nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = free.getLocalPort();
        }
        RelayUpstream upstream = upstream(SETTINGS);
        long begun = System.nanoTime();
        upstream.next(KEY, Optional.of(new Peer(ORIGIN, HOME, "127.0.0.1", nobody)));
        await("the third try", () -> edge.get(Metric.RELAY_SPARES_FAILED) == 3);
        assertTrue(System.nanoTime() - begun > 900_000_000L, "two rests of at least half a second");
        upstream.next(KEY, Optional.empty());
    }

    @Test
    void aPeerThatSaysMoreThanABeginningIsLeftAlone() throws Exception {
        Peer peer = script();
        RelayUpstream upstream = upstream(SETTINGS);
        upstream.next(KEY, Optional.of(peer));
        Socket talker = accepted();
        assertInstanceOf(RelayMessage.Opening.class, heard(talker, RelayReader.atUpstream()));
        try {
            for (int i = 0; i < 100; i++) {
                talker.getOutputStream().write(new byte[HeldBytes.MOST]);
            }
        } catch (IOException closed) {
            // so it is
        }
        await("hung up on", () -> edge.get(Metric.RELAY_SPARES_FAILED) == 1);
        upstream.next(KEY, Optional.empty());
    }

    // A node that the test plays

    private Peer script() throws IOException {
        listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        listening.setSoTimeout(20_000);
        return new Peer(ORIGIN, HOME, "127.0.0.1", listening.getLocalPort());
    }

    private Socket accepted() throws IOException {
        assert listening != null;
        Socket socket = listening.accept();
        socket.setSoTimeout(20_000);
        sockets.add(socket);
        return socket;
    }

    private static void challenge(Socket to) throws IOException {
        to.getOutputStream()
                .write(RelayWriter.write(
                        new RelayMessage.Challenge(1, 1, false, 0, Bytes.of(new byte[32]), ORIGIN, HOME)));
    }

    private static RelayMessage heard(Socket from, RelayReader reader) throws Exception {
        while (true) {
            int one = from.getInputStream().read();
            assertTrue(one >= 0, "closed without a word");
            RelayMessage message = reader.read(ByteBuffer.wrap(new byte[] {(byte) one}));
            if (message != null) {
                return message;
            }
        }
    }
}
