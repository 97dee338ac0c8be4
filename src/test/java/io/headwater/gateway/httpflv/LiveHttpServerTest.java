package io.headwater.gateway.httpflv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.DecoderConfig;
import io.headwater.codec.MalformedException;
import io.headwater.codec.flv.FlvDemuxer;
import io.headwater.codec.flv.FlvReader;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Frame;
import io.headwater.media.Track;
import io.headwater.media.Tracks;
import io.headwater.net.AddressLimits;
import io.headwater.net.Counters;
import io.headwater.net.EventLoops;
import io.headwater.net.Metric;
import io.headwater.stream.Subscriber.End;
import io.headwater.topology.Feed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients see over real sockets. The streams behind are played by {@link FakeStreams}. */
class LiveHttpServerTest {
    private static final Track VIDEO = DecoderConfig.track(Codec.H264, hex("0164001f"));
    private static final Track AUDIO = DecoderConfig.track(Codec.AAC, hex("1210"));
    private static final Track METADATA = Track.metadata(hex("05"));
    private static final String OPTIONS = "OPTIONS /live/a.flv HTTP/1.1|Host: h||";

    private static EventLoops loops;

    private final FakeStreams streams = new FakeStreams();
    private final Counters counters = new Counters();
    private final List<HttpClient> clients = new ArrayList<>();
    private LiveHttpServer server;

    @BeforeAll
    static void startLoops() {
        loops = EventLoops.start(2);
    }

    @AfterAll
    static void stopLoops() {
        loops.close();
    }

    @AfterEach
    void nothingIsLeftBehind() throws IOException {
        for (HttpClient client : clients) {
            client.close();
        }
        until(() -> streams.open() == 0);
        until(streams::allReleased);
        until(() -> counters.get(Metric.LIVE_CONNECTIONS_OPENED) == counters.get(Metric.LIVE_CONNECTIONS_CLOSED));
        until(() -> counters.get(Metric.LIVE_PLAYS_STARTED) == counters.get(Metric.LIVE_PLAYS_ENDED));
        if (server != null) {
            server.close().toCompletableFuture().join();
        }
    }

    @Test
    void aPlayerGetsHeaderConfigurationsAndFrames() throws Exception {
        streams.tracks = Tracks.NONE.with(VIDEO).with(AUDIO).with(METADATA);
        Frame key = frame(VIDEO, 1, 41, true, "aabb");
        Frame sound = frame(AUDIO, 10, 10, true, "cc");
        streams.frames.addAll(List.of(key, sound));
        streams.end = new End.NoFeed(Feed.Reason.ENDED);
        HttpClient client = client().get("/live/stream1.flv?token=x");
        assertEquals(
                "HTTP/1.1 200 OK|Server: Headwater|Access-Control-Allow-Origin: *|Content-Type: video/x-flv"
                        + "|Cache-Control: no-store|Connection: close|Transfer-Encoding: chunked",
                client.head().replace("\r\n", "|"));
        byte[] body = client.chunks();
        assertEquals(-1, client.in.read());
        // the metadata has no time: FFmpeg takes one that has for subtitles
        String expected = "464c560105 00000009 00000000"
                + "12 00000e 00000000 000000 02000a6f6e4d65746144617461 05 00000019"
                + "09 000009 00000100 000000 1700000000 0164001f 00000014"
                + "08 000004 00000100 000000 af00 1210 0000000f"
                + "09 000007 00000100 000000 1701000028 aabb 00000012"
                + "08 000003 00000a00 000000 af01 cc 0000000e";
        assertEquals(expected.replace(" ", ""), HexFormat.of().formatHex(body));
        assertEquals("live/stream1", streams.subscribed.get(0).key.toString());
        assertEquals("http-flv", streams.subscribed.get(0).request.peer().protocol());
        assertEquals(
                "127.0.0.1:" + client.socket.getLocalPort(),
                streams.subscribed.get(0).request.peer().address());
    }

    @ParameterizedTest
    @CsvSource({"true, false, 4", "false, true, 1", "true, true, 5"})
    void theHeaderSaysWhetherThereIsSoundAndPicture(boolean audio, boolean video, int flags) throws IOException {
        streams.tracks = Tracks.NONE.with(METADATA);
        streams.tracks = audio ? streams.tracks.with(AUDIO) : streams.tracks;
        streams.tracks = video ? streams.tracks.with(VIDEO) : streams.tracks;
        streams.frames.add(frame(video ? VIDEO : AUDIO, 0, 0, true, "00"));
        HttpClient client = client().get("/live/a.flv");
        client.head();
        assertEquals(flags, client.chunk()[4]);
    }

    @Test
    void framesThatComeLaterAreSentAtOnce() throws Exception {
        playing();
        HttpClient client = client().get("/live/a.flv");
        client.head();
        List<Frame> sent = new ArrayList<>(streams.frames);
        List<Frame> received = new ArrayList<>();
        Received reader = new Received(received);
        reader.readUntil(client, 1);
        for (int i = 1; i < 20; i++) {
            Frame next = frame(VIDEO, 40L * i, 40L * i, i % 5 == 0, "0102030405");
            streams.frames.add(next);
            sent.add(next);
            streams.subscribed.get(0).wake();
            reader.readUntil(client, i + 1);
        }
        assertEquals(sent, received);
    }

    @Test
    void anHttp10ClientIsServedToo() throws IOException {
        playing();
        streams.end = new End.NoFeed(Feed.Reason.ENDED);
        HttpClient client = client().say("GET http://example.org:8080/live/a.flv HTTP/1.0||");
        String head = client.head();
        assertEquals("200", HttpClient.statusOf(head));
        assertFalse(head.contains("Transfer-Encoding"), head);
        assertEquals("FLV", new String(client.in.readAllBytes(), 0, 3, StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @CsvSource({"1", "15", "16", "255", "4096", "65535", "1048576"})
    void aFrameIsOneChunkOfItsLength(int length) throws IOException {
        playing();
        streams.frames.add(frame(VIDEO, 40, 40, false, "00".repeat(length)));
        HttpClient client = client().get("/live/a.flv");
        client.head();
        client.chunk(); // the header and the configurations
        client.chunk(); // the first picture
        assertEquals(11 + 5 + length + 4, client.chunk().length);
    }

    @Test
    void aStreamThatIsCutShortDoesNotLookComplete() throws IOException {
        List<End> ends = List.of(
                new End.NoFeed(Feed.Reason.UNAVAILABLE), new End.Refused("the node shuts down"), new End.TooSlow());
        playing();
        for (End end : ends) {
            streams.end = end;
            HttpClient client = client().get("/live/a.flv");
            client.head();
            assertThrows(IOException.class, client::chunks, end.toString());
        }
        streams.end = null;
        HttpClient client = client().get("/live/a.flv");
        client.head();
        server.close().toCompletableFuture().join();
        assertThrows(IOException.class, client::chunks);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NOT_PUBLISHED | 404 {\"error\":\"not found\",\"stream\":\"live/a\",\"reason\":\"nobody publishes the stream\"}",
                "ENDED | 404 {\"error\":\"not found\",\"stream\":\"live/a\",\"reason\":\"the stream ended\"}",
                "UNAVAILABLE | 503 {\"error\":\"service unavailable\",\"stream\":\"live/a\","
                        + "\"reason\":\"the stream cannot be reached now\"}",
            })
    void aStreamThatIsNotThereIsAnsweredWithTheReason(Feed.Reason reason, String expected) throws IOException {
        streams.end = new End.NoFeed(reason);
        HttpClient client = client().get("/live/a.flv");
        assertEquals(expected, client.answer());
        assertTrue(client.ended());
        assertEquals(1, counters.get(Metric.LIVE_PLAYS_REFUSED));
    }

    @Test
    void aNodeThatIsFullSaysSo() throws IOException {
        streams.end = new End.Refused("10 players are served, which is the limit");
        assertEquals(
                "503 {\"error\":\"service unavailable\",\"stream\":\"live/a\","
                        + "\"reason\":\"10 players are served, which is the limit\"}",
                client().get("/live/a.flv").answer());
    }

    @Test
    void aStreamWithoutAFrameIsGivenUpInTheEnd() throws IOException {
        start(settings(Duration.ofSeconds(30), Duration.ofMillis(200), 100, 100, "*"));
        HttpClient client = client().get("/live/a.flv");
        assertEquals(
                "503 {\"error\":\"service unavailable\",\"stream\":\"live/a\",\"reason\":\"no frame came within 0 s\"}",
                client.answer());
        until(() -> streams.open() == 0);
    }

    @Test
    void headIsAnsweredLikeGetWithoutTheBody() throws IOException {
        playing();
        HttpClient client = client().say("HEAD /live/a.flv HTTP/1.1|Host: h||");
        String head = client.head();
        assertTrue(head.startsWith("HTTP/1.1 200 OK") && head.contains("Content-Type: video/x-flv"), head);
        assertTrue(head.endsWith("Transfer-Encoding: chunked"), head);
        assertEquals(0, client.in.readAllBytes().length);
        until(() -> streams.open() == 0);
        assertEquals(0, counters.get(Metric.LIVE_PLAYS_STARTED));
    }

    @Test
    void headOfNothingSaysTheLengthOfTheBodyItLeavesOut() throws IOException {
        streams.end = new End.NoFeed(Feed.Reason.NOT_PUBLISHED);
        HttpClient client = client().say("HEAD /live/a.flv HTTP/1.1|Host: h||");
        String head = client.head();
        assertTrue(head.startsWith("HTTP/1.1 404 Not Found"), head);
        assertTrue(HttpClient.contentLength(head) > 0, head);
        assertEquals(0, client.in.readAllBytes().length);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "GET / HTTP/1.1|| ! 404 no such path, expected /{app}/{streamId}.flv",
                "GET /live/a.mp4 HTTP/1.1|| ! 404 no such path, expected /{app}/{streamId}.flv",
                "GET /live/b/a.flv HTTP/1.1|| ! 404 no such path, expected /{app}/{streamId}.flv",
                "GET * HTTP/1.1|| ! 404 no such path, expected /{app}/{streamId}.flv",
                "GET /live/.flv HTTP/1.1|| ! 400 stream id is '', expected 1 to 128 letters, digits, '-', '_' or '.', "
                        + "not starting with '.'",
                "GET /li%20ve/a.flv HTTP/1.1|| ! 400 application is 'li ve', expected 1 to 64 letters, digits, '-' or '_'",
                "GET /live/%zz.flv HTTP/1.1|| ! 400 the path has a broken % escape, expected /{app}/{streamId}.flv",
                "POST /live/a.flv HTTP/1.1|Content-Length: 0|| ! 405 method is POST, expected GET, HEAD or OPTIONS",
                "GET /live/a.flv HTTP/1.1|Content-Length: 5||hello ! 413 a request body is not taken",
                "GET /live/a.flv HTTP/1.1|Transfer-Encoding: chunked||0|| ! 413 a request body is not taken",
                "hello|| ! 400 not an HTTP/1.1 request",
            })
    void whatCannotBeServedIsRefusedInOneLine(String request, String expected) throws IOException {
        String answer = client().say(request).answer();
        String reason = expected.substring(4).replace("\"", "\\\"");
        assertEquals(expected.substring(0, 3), answer.substring(0, 3), answer);
        assertTrue(answer.endsWith("\"stream\":null,\"reason\":\"" + reason + "\"}"), answer);
        assertEquals(1, counters.get(Metric.LIVE_REQUESTS_REFUSED));
        assertTrue(streams.subscribed.isEmpty());
    }

    @Test
    void headsThatAreTooLongAreRefused() throws IOException {
        assertEquals("414", client().get("/" + "a".repeat(5000)).answer().substring(0, 3));
        String header = "X: " + "b".repeat(9000);
        assertEquals(
                "431",
                client().say("GET /live/a.flv HTTP/1.1|" + header + "||")
                        .answer()
                        .substring(0, 3));
    }

    @Test
    void randomBytesCostOnlyTheirOwnConnection() throws IOException {
        playing();
        HttpClient viewer = client().get("/live/a.flv");
        viewer.head();
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 30; i++) {
            byte[] garbage = new byte[8000];
            random.nextBytes(garbage);
            garbage[garbage.length - 1] = '\n';
            HttpClient client = client();
            try {
                client.say(garbage);
                client.socket.shutdownOutput();
            } catch (IOException refusedAlready) {
                // the server had seen enough
            }
            assertTrue(client.ended());
        }
        streams.frames.add(frame(VIDEO, 40, 40, false, "01"));
        streams.subscribed.get(0).wake();
        assertEquals('F', viewer.chunk()[0]);
    }

    @Test
    void aBrowsersPreflightIsAnsweredAndTheConnectionKept() throws IOException {
        HttpClient client = client();
        for (int i = 0; i < 3; i++) {
            String head = client.say(OPTIONS).head();
            assertTrue(head.startsWith("HTTP/1.1 204 No Content"), head);
            assertTrue(head.contains("Access-Control-Allow-Origin: *\r\n"), head);
            assertTrue(head.contains("Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"), head);
            assertTrue(head.endsWith("Connection: keep-alive"), head);
        }
    }

    @Test
    void requestsSentAheadAreAnsweredInOrderUpToThePlay() throws IOException {
        playing();
        HttpClient client = client().say(OPTIONS + "GET /nothing HTTP/1.1||" + "GET /live/a.flv HTTP/1.1||" + OPTIONS);
        assertEquals("204", HttpClient.statusOf(client.head()));
        assertEquals("404", client.answer().substring(0, 3));
        assertEquals("200", HttpClient.statusOf(client.head()));
        assertEquals("FLV", new String(client.chunk(), 0, 3, StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPTIONS /live/a.flv HTTP/1.0||", "OPTIONS /live/a.flv HTTP/1.1|Connection: close||"})
    void aClientThatDoesNotKeepConnectionsGetsOneAnswer(String request) throws IOException {
        HttpClient client = client().say(request);
        assertTrue(client.head().endsWith("Connection: close"));
        assertEquals(-1, client.in.read());
    }

    @Test
    void anHttp10ClientThatAsksToKeepTheConnectionKeepsIt() throws IOException {
        HttpClient client = client().say("OPTIONS /live/a.flv HTTP/1.0|Connection: keep-alive||");
        assertTrue(client.head().endsWith("Connection: keep-alive"));
        assertEquals("204", HttpClient.statusOf(client.say(OPTIONS).head()));
    }

    @Test
    void theAllowedOriginIsASetting() throws IOException {
        start(settings(Duration.ofSeconds(30), Duration.ofSeconds(30), 100, 100, "https://tv.example"));
        String head = client().say(OPTIONS).head();
        assertTrue(head.contains("Access-Control-Allow-Origin: https://tv.example\r\nVary: Origin\r\n"), head);
        server.close().toCompletableFuture().join();
        start(settings(Duration.ofSeconds(30), Duration.ofSeconds(30), 100, 100, ""));
        assertFalse(client().say(OPTIONS).head().contains("Access-Control-Allow-Origin"));
    }

    @Test
    void aHeadThatComesInDropsIsGivenUp() throws IOException {
        start(settings(Duration.ofMillis(300), Duration.ofSeconds(30), 100, 100, "*"));
        HttpClient client = client();
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        client.say("GET /live/a.flv HTTP/1.1|");
        while (client.in.available() == 0 && System.nanoTime() < end) {
            client.say("X: y|");
            LockSupport.parkNanos(50_000_000);
        }
        assertEquals("408", client.answer().substring(0, 3));
    }

    @Test
    void anIdleConnectionIsClosedWithoutAWord() throws IOException {
        start(settings(Duration.ofMillis(300), Duration.ofSeconds(30), 100, 100, "*"));
        HttpClient client = client().say(OPTIONS);
        client.head();
        assertEquals(-1, client.in.read());
    }

    @Test
    void aConnectionBeyondTheLimitIsToldSo() throws IOException {
        start(settings(Duration.ofSeconds(30), Duration.ofSeconds(30), 2, 100, "*"));
        client().say(OPTIONS).head();
        HttpClient second = client().say(OPTIONS);
        second.head();
        HttpClient third = client().get("/live/a.flv");
        assertEquals(
                "503 {\"error\":\"service unavailable\",\"stream\":null,"
                        + "\"reason\":\"too many connections, in all or of this address\"}",
                third.answer());
        assertEquals(1, counters.get(Metric.LIVE_CONNECTIONS_REFUSED));
        second.close();
        until(() -> counters.get(Metric.LIVE_CONNECTIONS_CLOSED) == 1);
        assertEquals("204", HttpClient.statusOf(client().say(OPTIONS).head()));
    }

    @Test
    void oneAddressMayNotTakeAllConnections() throws IOException {
        start(settings(Duration.ofSeconds(30), Duration.ofSeconds(30), 100, 1, "*"));
        client().say(OPTIONS).head();
        assertEquals("503", client().get("/live/a.flv").answer().substring(0, 3));
    }

    @Test
    void requestsBeyondTheRateOfTheirAddressAreAnswered429() throws IOException {
        AddressLimits limits = new AddressLimits(List.of(), 0.0001, 2, 0, 100, counters);
        server = LiveHttpServer.start(
                        LiveHttpSettings.defaults().listeningOn("127.0.0.1", 0),
                        limits,
                        loops,
                        io.headwater.stream.Admission.OPEN,
                        streams,
                        counters)
                .toCompletableFuture()
                .join();
        HttpClient twice = client();
        twice.say(OPTIONS).head();
        twice.say(OPTIONS).head();
        HttpClient refused = client().get("/live/a.flv");
        String head = refused.head();
        assertEquals("429", HttpClient.statusOf(head));
        assertTrue(head.toLowerCase(Locale.ROOT).contains("retry-after: 1"), head);
        assertEquals(1, counters.get(Metric.LIMITS_REQUESTS_REFUSED));
    }

    @Test
    void aPlayerThatDoesNotReadIsWrittenNoMoreThanTheSocketsHold() throws IOException {
        playing();
        streams.endless = true;
        streams.frames.add(frame(VIDEO, 40, 40, false, "00".repeat(50_000)));
        start(LiveHttpSettings.defaults().listeningOn("127.0.0.1", 0));
        HttpClient slow = new HttpClient(server.port(), 32 << 10);
        clients.add(slow);
        slow.get("/live/a.flv");
        long[] seen = {-1, 0};
        until(
                () -> { // until nothing moves for a while
                    long polled = streams.polled.get();
                    seen[1] = polled == seen[0] && polled > 0 ? seen[1] + 1 : 0;
                    seen[0] = polled;
                    return seen[1] > 50;
                });
        long held =
                streams.encoded.stream().filter(buffer -> buffer.refCnt() > 0).count() * 50_000;
        assertTrue(held < 2 << 20, held + " bytes held");
        assertTrue(streams.polled.get() < 400, streams.polled + " frames");
        streams.subscribed.get(0).end(new End.TooSlow());
        until(() -> counters.get(Metric.LIVE_CONNECTIONS_CLOSED) == 1);
    }

    @Test
    void aPlayerThatLeavesEndsItsSubscription() throws IOException {
        playing();
        HttpClient leaving = client().get("/live/a.flv");
        leaving.head();
        HttpClient waiting = client().get("/live/a.flv");
        waiting.head();
        waiting.socket.shutdownOutput(); // half-closed counts as gone
        leaving.close();
        until(() -> streams.open() == 0);
    }

    @Test
    void aPlayerThatTalksTooMuchIsCutOff() throws IOException {
        playing();
        HttpClient client = client().get("/live/a.flv");
        client.head();
        byte[] noise = new byte[64 << 10];
        boolean cut = false;
        for (int i = 0; i < 1000 && !cut; i++) {
            try {
                client.say(noise);
            } catch (IOException closed) {
                cut = true;
            }
        }
        assertTrue(cut);
    }

    @Test
    void closingTheServerClosesItsPlayers() throws IOException {
        playing();
        HttpClient client = client().get("/live/a.flv");
        client.head();
        server.close().toCompletableFuture().join();
        assertTrue(client.ended());
    }

    @Test
    void aTakenPortIsNamed() throws IOException {
        client();
        LiveHttpSettings same = LiveHttpSettings.defaults().listeningOn("127.0.0.1", server.port());
        String refused = LiveHttpServer.start(same, loops, io.headwater.stream.Admission.OPEN, streams, counters)
                .handle((started, cause) -> String.valueOf(cause))
                .toCompletableFuture()
                .join();
        assertTrue(refused.contains("127.0.0.1:" + server.port() + " (headwater.live.port)"), refused);
    }

    private void playing() {
        streams.tracks = Tracks.NONE.with(VIDEO).with(AUDIO);
        streams.frames.add(frame(VIDEO, 0, 0, true, "aabb"));
    }

    private HttpClient client() throws IOException {
        if (server == null) {
            start(LiveHttpSettings.defaults().listeningOn("127.0.0.1", 0));
        }
        HttpClient client = new HttpClient(server.port());
        clients.add(client);
        return client;
    }

    private void start(LiveHttpSettings settings) {
        server = LiveHttpServer.start(settings, loops, io.headwater.stream.Admission.OPEN, streams, counters)
                .toCompletableFuture()
                .join();
    }

    private static LiveHttpSettings settings(
            Duration head, Duration firstFrame, int connections, int perAddress, String allowOrigin) {
        return new LiveHttpSettings("127.0.0.1", 0, allowOrigin, connections, perAddress, head, firstFrame);
    }

    private static Frame frame(Track track, long dtsMs, long ptsMs, boolean key, String payload) {
        return new Frame(1, 0, track, dtsMs * 1000, ptsMs * 1000, key, hex(payload));
    }

    private static Bytes hex(String hex) {
        return Bytes.of(HexFormat.of().parseHex(hex.toLowerCase(Locale.ROOT)));
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "did not come true within 30 s");
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** Reads an FLV body into frames. */
    private record Received(List<Frame> frames, FlvReader reader, FlvDemuxer demuxer) {
        Received(List<Frame> frames) {
            this(frames, new FlvReader(1 << 20), new FlvDemuxer());
        }

        void readUntil(HttpClient client, int count) throws IOException, MalformedException {
            while (frames.size() < count) {
                ByteBuffer chunk = ByteBuffer.wrap(client.chunk());
                assertTrue(chunk.hasRemaining(), "the body ended");
                for (var tag = reader.read(chunk); tag.isPresent(); tag = reader.read(chunk)) {
                    demuxer.tag(
                            tag.get().type(), tag.get().timestampMs(), tag.get().body(), this::frame);
                }
            }
        }

        private void frame(Track track, long dtsUs, long ptsUs, boolean keyframe, Bytes payload) {
            frames.add(new Frame(1, 0, track, dtsUs, ptsUs, keyframe, payload));
        }
    }
}
