package io.headwater.relay;

import static io.headwater.relay.RelayMachine.await;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.Records;
import io.headwater.codec.relay.EndCode;
import io.headwater.codec.relay.RelayMessage;
import io.headwater.codec.relay.RelayReader;
import io.headwater.codec.relay.RelayWriter;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.StreamKey;
import io.headwater.media.Track;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Subscriber;
import io.headwater.stream.Upstream;
import io.headwater.stream.Upstream.Closed.Kind;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.pattern.Patterns;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.impl.PhasedFusingActorMaterializer;
import org.apache.pekko.stream.impl.StreamSupervisor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Server and upstream over real sockets of this machine. */
class RelayLinkTest {
    private static final StreamKey KEY = new StreamKey("live", "stream1");
    private static final NodeId ORIGIN = new NodeId("origin1");
    private static final NodeId EDGE = new NodeId("edge1");
    private static final NodeGroup GROUP = new NodeGroup("region1");
    private static final RelaySettings SETTINGS =
            RelaySettings.defaults().withBind("127.0.0.1", 0).withSecret("s3cret");

    @RegisterExtension
    static final RelayMachine MACHINE = new RelayMachine();

    private final FakeStreams streams = new FakeStreams();
    private final Counters origin = new Counters();
    private final Counters edge = new Counters();
    private final HeardSink sink = new HeardSink();
    private @Nullable RelayServer server;

    @AfterEach
    void nothingIsLeftBehind() {
        if (server != null) {
            server.close().toCompletableFuture().join();
            assertEquals(List.of(), server.links());
        }
        await("subscriptions closed", () -> streams.open() == 0);
        await("served links balance", () -> balance(origin, Metric.RELAY_SERVES_OPENED, Metric.RELAY_SERVES_CLOSED));
        await("streams gone", () -> streamActors() == 0);
        await("pulled links balance", () -> balance(edge, Metric.RELAY_PULLS_OPENED, Metric.RELAY_PULLS_CLOSED));
    }

    @Test
    void aNewDownstreamStartsAtTheNewestKeyframeAndFollows() {
        streams.path(List.of(ORIGIN));
        addFrames(7, 0, 25);
        var link = pull(SETTINGS, 0, -1);
        await("the picture so far", () -> sink.frames().size() == 5);
        addFrames(7, 25, 30);
        await("what came after", () -> sink.frames().size() == 10);
        assertEquals(
                List.of(
                        "welcome 7 [origin1]",
                        "tracks 2",
                        "frame 7/20",
                        "frame 7/21",
                        "frame 7/22",
                        "frame 7/23",
                        "frame 7/24",
                        "frame 7/25",
                        "frame 7/26",
                        "frame 7/27",
                        "frame 7/28",
                        "frame 7/29"),
                sink.words());
        assertEquals(Media.frame(7, 22, 100), sink.frames().get(2));
        var request = streams.requests().get(0).relay().orElseThrow();
        assertEquals(EDGE, request.node());
        assertEquals(List.of(EDGE), request.via());
        assertEquals(0, request.epoch());
        assertEquals(10, origin.get(Metric.RELAY_FRAMES_OUT));
        assertEquals(10, edge.get(Metric.RELAY_FRAMES_IN));
        link.close();
    }

    @Test
    void resumesAfterTheLastSequence() {
        addFrames(7, 0, 25);
        var link = pull(SETTINGS, 7, 12);
        await("the rest", () -> sink.frames().size() == 12);
        assertEquals(
                LongStream.range(13, 25).boxed().toList(),
                sink.frames().stream().map(frame -> frame.sequence()).toList());
        assertEquals("welcome 7 resumed []", sink.words().get(0));
        assertFalse(sink.words().contains("tracks 2"), "a hub that goes on knows its tracks");
        assertEquals(1, edge.get(Metric.RELAY_PULLS_RESUMED));
        assertEquals(1, origin.get(Metric.RELAY_SERVES_RESUMED));
        link.close();
    }

    @Test
    void aResumedDownstreamIsWelcomedAlthoughThereIsNothingNew() {
        addFrames(7, 0, 5);
        var link = pull(SETTINGS, 7, 4);
        await("welcome", () -> sink.words().equals(List.of("welcome 7 resumed []")));
        addFrames(7, 5, 6);
        await("the next frame", () -> sink.frames().size() == 1);
        link.close();
    }

    @Test
    void goesOnThroughANewEpochInsideTheLink() {
        addFrames(7, 0, 2);
        var link = pull(SETTINGS, 0, -1);
        await("the first session", () -> sink.frames().size() == 2);
        Track other = Track.video(Codec.HEVC, Bytes.of(new byte[] {4}), 10, 10);
        streams.add(Media.frame(9, 0, 10, other), io.headwater.media.Tracks.NONE.with(other));
        await("the second", () -> sink.frames().size() == 3);
        assertEquals(
                List.of("welcome 7 []", "tracks 2", "frame 7/0", "frame 7/1", "tracks 1", "frame 9/0"), sink.words());
        assertEquals(other, sink.frames().get(2).track());
        link.close();
    }

    @Test
    void aTrackThatChangesWithinTheStreamComesWithItsFrame() {
        addFrames(7, 0, 2);
        var link = pull(SETTINGS, 0, -1);
        Track next = Track.video(Codec.H264, Bytes.of(new byte[] {1, 2, 4}), 640, 360);
        streams.add(Media.frame(7, 2, 10, next), Media.TRACKS.with(next));
        await("three frames", () -> sink.frames().size() == 3);
        assertEquals(Media.VIDEO, sink.frames().get(1).track());
        assertEquals(next, sink.frames().get(2).track());
        assertEquals(
                1,
                sink.words().stream().filter(word -> word.startsWith("tracks")).count());
        link.close();
    }

    @Test
    void tellsWhenThePathChanges() {
        streams.path(List.of(ORIGIN));
        addFrames(7, 0, 1);
        var link = pull(SETTINGS, 0, -1);
        await("a frame", () -> sink.frames().size() == 1);
        streams.path(List.of(new NodeId("other"), ORIGIN));
        await("the new path", () -> sink.words().contains("welcome 7 [other, origin1]"));
        link.close();
    }

    @Test
    void aLinkThatWaitsForAPublisherIsNotTakenForOneThatServes() {
        var link = pull(SETTINGS, 0, -1);
        await("keep-alives", () -> edge.get(Metric.RELAY_KEEP_ALIVES_IN) >= 3);
        await("the hub is told that it waits", () -> sink.waiting() >= 4);
        assertEquals(List.of(), sink.words());
        assertEquals(0, sink.alive());
        addFrames(3, 0, 1);
        await("a frame", () -> sink.frames().size() == 1);
        await("signs of life", () -> sink.alive() >= 3);
        link.close();
        assertEquals(1, sink.frames().size());
    }

    @Test
    void aQuietLinkIsHeardAboutEveryTenthOfASecond() {
        addFrames(3, 0, 1);
        var link = pull(SETTINGS, 0, -1);
        await("a frame", () -> sink.frames().size() == 1);
        int before = sink.alive();
        long from = System.nanoTime();
        await("20 keep-alives", () -> sink.alive() >= before + 20);
        long tookMs = (System.nanoTime() - from) / 1_000_000;
        assertTrue(tookMs >= 1000 && tookMs < 6000, "20 keep-alives in " + tookMs + " ms");
        await("round trips", () -> server().links().get(0).roundTripUs() >= 0);
        link.close();
    }

    @Test
    void sharesOutMuchAtOnceInOrderAndUnchanged() {
        for (int i = 0; i < 400; i++) {
            streams.add(Media.frame(1, i, i % 50 == 0 ? 150_000 : 1500 + i * 10));
        }
        var link = pull(SETTINGS, 1, 0);
        await("all", () -> sink.frames().size() == 399);
        for (int i = 1; i < 400; i++) {
            assertEquals(
                    Media.frame(1, i, i % 50 == 0 ? 150_000 : 1500 + i * 10),
                    sink.frames().get(i - 1));
        }
        link.close();
    }

    @Test
    void theEndOfTheStreamComesAfterItsLastFrame() {
        addFrames(1, 0, 3);
        pull(SETTINGS, 0, -1);
        await("frames", () -> sink.frames().size() == 3);
        addFrames(1, 3, 5);
        streams.end(new Subscriber.End.NoFeed(Feed.Reason.ENDED));
        await("the end", () -> !sink.ends().isEmpty());
        assertEquals(5, sink.frames().size());
        assertEquals(List.of(new Upstream.Closed(Kind.ENDED, "the stream ended")), sink.ends());
        assertEquals(1, edge.get(Metric.RELAY_PULLS_ENDED));
    }

    @Test
    void everyWayNotToServeHasItsKind() {
        refusedWith(new Subscriber.End.NoFeed(Feed.Reason.NOT_PUBLISHED), Kind.NOT_HERE, Metric.RELAY_REFUSED_NOT_HERE);
        refusedWith(new Subscriber.End.NoFeed(Feed.Reason.ENDED), Kind.ENDED, Metric.RELAY_REFUSED_OTHER);
        refusedWith(new Subscriber.End.Loop(), Kind.LOOP, Metric.RELAY_REFUSED_LOOP);
        refusedWith(new Subscriber.End.Refused("full"), Kind.REFUSED, Metric.RELAY_REFUSED_OTHER);
    }

    private void refusedWith(Subscriber.End end, Kind kind, Metric counter) {
        HeardSink heard = new HeardSink();
        long before = origin.get(counter);
        streams.end(end);
        upstream(SETTINGS).open(peer(), new Upstream.Request(KEY, 0, -1, List.of(EDGE)), heard);
        await("closed", () -> !heard.ends().isEmpty());
        assertEquals(kind, heard.ends().get(0).kind());
        assertEquals(before + 1, origin.get(counter));
        assertEquals(List.of("closed " + kind), heard.words());
    }

    @Test
    void aDownstreamOfALaterEpochIsRefused() {
        addFrames(3, 0, 1);
        pull(SETTINGS, 4, 17);
        await("closed", () -> !sink.ends().isEmpty());
        assertEquals(Kind.STALE, sink.ends().get(0).kind());
        assertEquals(1, origin.get(Metric.RELAY_REFUSED_STALE));
    }

    @Test
    void aNodeThatIsOnTheWayAlreadyRefuses() {
        addFrames(3, 0, 1);
        upstream(SETTINGS).open(peer(), new Upstream.Request(KEY, 0, -1, List.of(EDGE, ORIGIN)), sink);
        await("closed", () -> !sink.ends().isEmpty());
        assertEquals(Kind.LOOP, sink.ends().get(0).kind());
        assertEquals(List.of(), streams.requests());
    }

    @Test
    void wrongAndMissingSecretsAreRefusedOnBothSides() {
        addFrames(3, 0, 1);
        for (String secret : List.of("s3creT", "")) {
            HeardSink heard = new HeardSink();
            upstream(SETTINGS.withSecret(secret)).open(peer(), new Upstream.Request(KEY, 0, -1, List.of(EDGE)), heard);
            await("closed", () -> !heard.ends().isEmpty());
            assertEquals(Kind.REFUSED, heard.ends().get(0).kind());
            assertTrue(
                    heard.ends().get(0).detail().contains("secret"),
                    heard.ends().toString());
        }
        assertEquals(2, edge.get(Metric.RELAY_PULLS_SECRET));
        assertEquals(1, origin.get(Metric.RELAY_REFUSED_SECRET));
        assertEquals(List.of(), streams.requests());
    }

    @Test
    void aNodeWithASecretDoesNotPullFromOneWithout() {
        addFrames(3, 0, 1);
        server = start(SETTINGS.withSecret(""));
        pull(SETTINGS, 0, -1);
        await("closed", () -> !sink.ends().isEmpty());
        assertEquals(
                new Upstream.Closed(Kind.REFUSED, "it has no cluster secret and this node has one"),
                sink.ends().get(0));
    }

    @Test
    void nodesWithoutASecretRelayToEachOther() {
        addFrames(3, 0, 1);
        server = start(SETTINGS.withSecret(""));
        var link = pull(SETTINGS.withSecret(""), 0, -1);
        await("a frame", () -> sink.frames().size() == 1);
        link.close();
    }

    @Test
    void anotherNodeAtThePeersAddressIsNotTheOneThatWasMeant() {
        Peer stranger = new Peer(new NodeId("gone"), GROUP, "127.0.0.1", server().port());
        upstream(SETTINGS).open(stranger, new Upstream.Request(KEY, 0, -1, List.of(EDGE)), sink);
        await("closed", () -> !sink.ends().isEmpty());
        assertEquals(
                new Upstream.Closed(Kind.REFUSED, "it is origin1"), sink.ends().get(0));
    }

    @Test
    void whereNobodyListensTheLinkIsBroken() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        upstream(SETTINGS)
                .open(new Peer(ORIGIN, GROUP, "127.0.0.1", port), new Upstream.Request(KEY, 0, -1, List.of()), sink);
        await("closed", () -> !sink.ends().isEmpty());
        assertEquals(Kind.BROKEN, sink.ends().get(0).kind());
        assertEquals(1, edge.get(Metric.RELAY_PULLS_BROKEN));
        assertEquals(List.of(), upstream(SETTINGS).links());
    }

    @Test
    void anUpstreamThatSaysNothingIsGivenUp() throws Exception {
        RelaySettings hasty = timed(SETTINGS, Duration.ofMillis(200), Duration.ofSeconds(10));
        try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Peer peer = new Peer(ORIGIN, GROUP, "127.0.0.1", mute.getLocalPort());
            upstream(hasty).open(peer, new Upstream.Request(KEY, 0, -1, List.of()), sink);
            await("closed", () -> !sink.ends().isEmpty());
        }
        assertEquals(
                new Upstream.Closed(Kind.BROKEN, "no handshake within 200 ms"),
                sink.ends().get(0));
    }

    @Test
    void anUpstreamThatIsSomethingElseIsGivenUp() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Peer peer = new Peer(ORIGIN, GROUP, "127.0.0.1", other.getLocalPort());
            upstream(SETTINGS).open(peer, new Upstream.Request(KEY, 0, -1, List.of()), sink);
            try (Socket accepted = other.accept()) {
                accepted.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
                await("closed", () -> !sink.ends().isEmpty());
            }
        }
        assertEquals(Kind.BROKEN, sink.ends().get(0).kind());
        assertEquals(1, edge.get(Metric.RELAY_PULLS_MALFORMED));
    }

    @Test
    void aClosedLinkTellsNothingMore() {
        addFrames(3, 0, 1);
        var upstream = upstream(SETTINGS);
        var link = upstream.open(peer(), new Upstream.Request(KEY, 0, -1, List.of(EDGE)), sink);
        await("a frame", () -> sink.frames().size() == 1);
        link.close();
        link.close();
        addFrames(3, 1, 50);
        await("gone at the server", () -> server().links().isEmpty());
        await("gone here", () -> upstream.links().isEmpty());
        assertEquals(List.of("welcome 3 []", "tracks 2", "frame 3/0"), sink.words());
    }

    @Test
    void aLinkThatIsClosedBeforeItIsConnectedTellsNothing() {
        addFrames(3, 0, 1);
        var upstream = upstream(SETTINGS);
        upstream.open(peer(), new Upstream.Request(KEY, 0, -1, List.of(EDGE)), sink)
                .close();
        await("gone here", () -> upstream.links().isEmpty());
        assertEquals(List.of(), sink.words());
    }

    @Test
    void aServerThatClosesSaysSo() {
        addFrames(3, 0, 1);
        pull(SETTINGS, 0, -1);
        await("a frame", () -> sink.frames().size() == 1);
        server().close().toCompletableFuture().join();
        await("closed", () -> !sink.ends().isEmpty());
        assertEquals(
                new Upstream.Closed(Kind.REFUSED, "the node shuts down"),
                sink.ends().get(0));
    }

    @Test
    void aTakenPortNamesItsKey() {
        RelaySettings same = SETTINGS.withBind("127.0.0.1", server().port());
        var failure = assertThrows(CompletionException.class, () -> start(same));
        assertEquals(BindException.class, failure.getCause().getClass());
        assertEquals(
                "cannot listen on 127.0.0.1:" + same.port() + " (headwater.relay.port): the address is already in use",
                failure.getCause().getMessage());
    }

    @Test
    void garbageIsRefusedAndCounted() throws Exception {
        try (Socket peer = connect()) {
            peer.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
            assertEquals(EndCode.MALFORMED.wireId(), refusal(peer).code());
        }
        assertEquals(1, origin.get(Metric.RELAY_REFUSED_MALFORMED));
    }

    @Test
    void anotherMajorVersionIsRefused() throws Exception {
        try (Socket peer = connect()) {
            peer.getOutputStream().write(RelayWriter.write(new RelayMessage.Opening(2, 9, 0, Bytes.of(new byte[32]))));
            var refusal = refusal(peer);
            assertEquals(EndCode.VERSION.wireId(), refusal.code());
            assertEquals("this node speaks version 1 of the relay protocol, the other one 2 to 9", refusal.text());
        }
    }

    @Test
    void anOversizedHelloIsRefusedBeforeItArrives() throws Exception {
        try (Socket peer = connect()) {
            peer.getOutputStream().write(RelayWriter.write(new RelayMessage.Opening(1, 1, 0, Bytes.of(new byte[32]))));
            peer.getOutputStream().write(new byte[] {0x7f, 0, 0, 0, 2});
            assertEquals(EndCode.MALFORMED.wireId(), refusal(peer).code());
        }
    }

    @Test
    void whoDawdlesInTheHandshakeIsRefused() throws Exception {
        server = start(timed(SETTINGS, Duration.ofMillis(300), Duration.ofSeconds(10)));
        try (Socket peer = connect()) {
            byte[] opening = RelayWriter.write(new RelayMessage.Opening(1, 1, 0, Bytes.of(new byte[32])));
            peer.getOutputStream().write(opening, 0, 20);
            assertEquals(EndCode.TIMEOUT.wireId(), refusal(peer).code());
        }
        assertEquals(1, origin.get(Metric.RELAY_REFUSED_TIMEOUT));
    }

    @Test
    void aDownstreamThatIsNotHeardOfIsClosed() throws Exception {
        server = start(timed(SETTINGS.withSecret(""), Duration.ofSeconds(10), Duration.ofMillis(400)));
        addFrames(3, 0, 1);
        try (Socket peer = connect()) {
            greet(peer);
            await("served", () -> server().links().size() == 1);
            await("closed", () -> server().links().isEmpty());
        }
        assertEquals(1, origin.get(Metric.RELAY_SERVES_SILENT));
    }

    @Test
    void oneLinkTooManyIsRefused() throws Exception {
        server = start(limited(SETTINGS, 2));
        addFrames(3, 0, 1);
        HeardSink other = new HeardSink();
        var first = pull(SETTINGS, 0, -1);
        var second = upstream(SETTINGS).open(peer(), new Upstream.Request(KEY, 0, -1, List.of(EDGE)), other);
        await("two links", () -> sink.frames().size() == 1 && other.frames().size() == 1);
        HeardSink third = new HeardSink();
        upstream(SETTINGS).open(peer(), new Upstream.Request(KEY, 0, -1, List.of(EDGE)), third);
        await("refused", () -> !third.ends().isEmpty());
        assertEquals(
                new Upstream.Closed(Kind.REFUSED, "too many relay links"),
                third.ends().get(0));
        assertEquals(1, origin.get(Metric.RELAY_REFUSED_LIMIT));
        first.close();
        second.close();
        await("room again", () -> server().links().isEmpty());
        HeardSink fourth = new HeardSink();
        await("served", () -> {
            upstream(SETTINGS).open(peer(), new Upstream.Request(KEY, 0, -1, List.of(EDGE)), fourth);
            await("an answer", () -> !fourth.words().isEmpty());
            return !fourth.frames().isEmpty();
        });
    }

    /** What a stalled downstream costs: the kernel's buffers and one batch, however much is published. */
    @Test
    void aDownstreamThatStopsReadingIsNotPolledFor() throws Exception {
        server = start(SETTINGS.withSecret(""));
        streams.add(Media.frame(3, 0, 20_000));
        try (Socket peer = connect()) {
            greet(peer);
            await("served", () -> streams.polled.get() == 1);
            for (int i = 1; i <= 2000; i++) { // 40 MB
                streams.add(Media.frame(3, i, 20_000));
            }
            awaitStandstill();
            long taken = streams.polled.get() * 20_000L;
            assertTrue(taken < 8_000_000, taken + " bytes were taken for a peer that reads nothing");
            peer.setSoTimeout(20_000);
            InputStream in = peer.getInputStream();
            byte[] buffer = new byte[1 << 16];
            while (streams.polled.get() < 2001) {
                assertTrue(in.read(buffer) > 0);
            }
        }
    }

    @Test
    void manyLinksAtOnceEachGetEverything() {
        // what is tried is not how fast the machine connects them
        Duration patience = Duration.ofMinutes(1);
        RelaySettings patient = Records.with(timed(SETTINGS, patience, patience), Map.of("connectTimeout", patience));
        List<HeardSink> sinks = new ArrayList<>();
        List<Upstream.Link> links = new ArrayList<>();
        addFrames(3, 0, 1);
        server = start(patient);
        for (int i = 0; i < 100; i++) {
            HeardSink one = new HeardSink();
            sinks.add(one);
            links.add(upstream(patient).open(peer(), new Upstream.Request(KEY, 3, 0, List.of(EDGE)), one));
        }
        addFrames(3, 1, 50);
        await("everything", () -> {
            sinks.forEach(one -> assertEquals(List.of(), one.ends()));
            return sinks.stream().allMatch(one -> one.frames().size() == 49);
        });
        assertEquals(100, server().links().size());
        links.forEach(Upstream.Link::close);
    }

    @Test
    void collectingFramesForAWhileDelaysThemAndLosesNone() {
        server = start(Records.with(SETTINGS, Map.of("batchTime", Duration.ofMillis(5))));
        addFrames(3, 0, 1);
        var link = pull(SETTINGS, 3, 0);
        addFrames(3, 1, 200);
        await("everything", () -> sink.frames().size() == 199);
        link.close();
    }

    @Test
    void aFrameThatIsTooLongIsLeftOutAndTheLinkGoesOn() {
        server = start(Records.with(SETTINGS, Map.of("maxFrameBytes", 1000)));
        streams.add(Media.frame(3, 0, 1000));
        streams.add(Media.frame(3, 1, 1001));
        streams.add(Media.frame(3, 2, 1000));
        var link = pull(SETTINGS, 0, -1);
        await("two frames", () -> sink.frames().size() == 2);
        assertEquals(1, origin.get(Metric.RELAY_FRAMES_OVERSIZED));
        assertEquals(List.of("welcome 3 []", "tracks 2", "frame 3/0", "tracks 2", "frame 3/2"), sink.words());
        link.close();
    }

    @Test
    void settingsDoNotTellTheSecret() {
        assertFalse(SETTINGS.toString().contains("s3cret"));
    }

    /** Actors that run a stream in this system; unbinding and closing leave none. */
    private static int streamActors() {
        var materializer =
                (PhasedFusingActorMaterializer) Materializer.matFromSystem(Adapter.toClassic(MACHINE.system));
        var answer =
                Patterns.ask(materializer.supervisor(), StreamSupervisor.GetChildren$.MODULE$, Duration.ofSeconds(10));
        return ((StreamSupervisor.Children) answer.toCompletableFuture().join())
                .children()
                .size();
    }

    private RelayServer server() {
        if (server == null) {
            server = start(SETTINGS);
        }
        return server;
    }

    private RelayServer start(RelaySettings settings) {
        return RelayServer.start(MACHINE.loops, settings, new RelaySelf(ORIGIN, () -> GROUP), streams, origin)
                .toCompletableFuture()
                .join();
    }

    private RelayUpstream upstream(RelaySettings settings) {
        return new RelayUpstream(MACHINE.loops, settings, new RelaySelf(EDGE, () -> GROUP), edge);
    }

    private Upstream.Link pull(RelaySettings settings, long epoch, long afterSequence) {
        return upstream(settings).open(peer(), new Upstream.Request(KEY, epoch, afterSequence, List.of(EDGE)), sink);
    }

    private Peer peer() {
        return new Peer(ORIGIN, GROUP, "127.0.0.1", server().port());
    }

    private void addFrames(long epoch, int from, int to) {
        for (int i = from; i < to; i++) {
            streams.add(Media.frame(epoch, i, 100));
        }
    }

    private Socket connect() throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(64 << 10);
        socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), server().port()));
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** The handshake of a downstream without a secret. */
    private static void greet(Socket peer) throws Exception {
        peer.getOutputStream().write(RelayWriter.write(new RelayMessage.Opening(1, 1, 0, Bytes.of(new byte[32]))));
        assertTrue(next(peer) instanceof RelayMessage.Challenge);
        peer.getOutputStream()
                .write(RelayWriter.write(
                        new RelayMessage.Hello(Bytes.EMPTY, 0, EDGE, GROUP, KEY, 0, -1, List.of(EDGE), false)));
    }

    private static RelayMessage.Refuse refusal(Socket peer) throws Exception {
        RelayMessage message = next(peer);
        return (RelayMessage.Refuse) (message instanceof RelayMessage.Challenge ? next(peer) : message);
    }

    private static RelayMessage next(Socket peer) throws Exception {
        RelayReader reader = RelayReader.atDownstream(1 << 20);
        while (true) {
            int one = peer.getInputStream().read();
            assertTrue(one >= 0, "closed without a word");
            RelayMessage message = reader.read(ByteBuffer.wrap(new byte[] {(byte) one}));
            if (message != null) {
                return message;
            }
        }
    }

    private static RelaySettings timed(RelaySettings of, Duration handshake, Duration silent) {
        return Records.with(of, Map.of("handshakeTimeout", handshake, "silentAfter", silent));
    }

    private static RelaySettings limited(RelaySettings of, int linksPerAddress) {
        return Records.with(of, Map.of("maxLinksPerAddress", linksPerAddress));
    }

    /** Until nothing has been polled for half a second. */
    private void awaitStandstill() {
        long[] last = {-1, System.nanoTime()};
        await("standstill", () -> {
            int now = streams.polled.get();
            if (now != last[0]) {
                last[0] = now;
                last[1] = System.nanoTime();
            }
            return System.nanoTime() - last[1] > 500_000_000L;
        });
    }

    private static boolean balance(Counters counters, Metric opened, Metric closed) {
        return counters.get(opened) == counters.get(closed);
    }
}
