package io.headwater.gateway.httpflv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.DecoderConfig;
import io.headwater.codec.flv.FlvFile;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Frame;
import io.headwater.media.Track;
import io.headwater.media.Tracks;
import io.headwater.net.Counters;
import io.headwater.net.EventLoops;
import io.headwater.net.Metric;
import io.headwater.stream.Admission;
import io.headwater.stream.Subscriber.End;
import io.headwater.topology.Feed;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 6455 as a client sees it, byte by byte. */
class WebSocketFlvTest {
    /** The example of RFC 6455, 1.3. */
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private static final String UPGRADE = "GET /live/a.flv HTTP/1.1|Host: tv.example|Upgrade: websocket|"
            + "Connection: keep-alive, Upgrade|Sec-WebSocket-Version: 13|Sec-WebSocket-Key: " + KEY + "|";

    private final FakeStreams streams = new FakeStreams();
    private final Counters counters = new Counters();
    private final EventLoops loops = EventLoops.start(1);
    private LiveHttpServer server;
    private HttpClient client;

    @BeforeEach
    void connect() throws IOException {
        start("*");
        Track audio = DecoderConfig.track(Codec.AAC, Bytes.of(new byte[] {0x12, 0x10}));
        streams.tracks = Tracks.NONE.with(audio);
        streams.frames.add(new Frame(1, 0, audio, 0, 0, true, Bytes.of(new byte[] {(byte) 0xcc})));
    }

    @AfterEach
    void nothingIsLeftBehind() throws IOException {
        client.close();
        until(() -> streams.open() == 0 && streams.allReleased());
        until(() -> counters.get(Metric.LIVE_CONNECTIONS_OPENED) == counters.get(Metric.LIVE_CONNECTIONS_CLOSED));
        until(() -> counters.get(Metric.LIVE_PLAYS_STARTED) == counters.get(Metric.LIVE_PLAYS_ENDED));
        server.close().toCompletableFuture().join();
        loops.close();
    }

    @Test
    void aPlayerGetsBinaryMessages() throws IOException {
        client.say(UPGRADE + "|");
        assertEquals(
                "HTTP/1.1 101 Switching Protocols|Server: Headwater|Upgrade: websocket|Connection: Upgrade"
                        + "|Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                client.head().replace("\r\n", "|"));
        // header and configuration in one message, the frame in the next
        expect("82 20 464c56010400000009 00000000 08000004 00000000 000000 af001210 0000000f");
        expect("82 12 08000003 00000000 000000 af01cc 0000000e");
        assertEquals("ws-flv", streams.subscribed.get(0).request.peer().protocol());
    }

    @ParameterizedTest
    @CsvSource({"125, 827d", "126, 827e007e", "65535, 827effff", "65536, 827f0000000000010000"})
    void lengthsAreWrittenInTheShortestForm(int message, String head) throws IOException {
        Track audio = streams.tracks.all().get(0);
        int payload = message - FlvFile.TAG_OVERHEAD - 2; // two bytes of AAC in front
        streams.frames.set(0, new Frame(1, 0, audio, 0, 0, true, Bytes.of(new byte[payload])));
        client.say(UPGRADE + "|");
        client.head();
        client.in.readNBytes(2 + 32);
        expect(head);
    }

    @Test
    void aPingIsAnsweredWithItsPayload() throws IOException {
        playing();
        client.say(masked(0x89, "6869"));
        expect("8a 02 6869");
    }

    @Test
    void aPlayerThatClosesIsAnsweredAndCutOff() throws IOException {
        playing();
        client.say(masked(0x88, "03e8"));
        expect("88 02 03e8");
        assertEquals(-1, client.in.read());
    }

    @Test
    void theEndOfTheStreamIsANormalClosure() throws IOException {
        playing();
        streams.subscribed.get(0).end(new End.NoFeed(Feed.Reason.ENDED));
        expect("88 12 03e8 7468652073747265616d20656e646564"); // "the stream ended"
        assertEquals(-1, client.in.read());
    }

    @Test
    void aPlayerThatIsTooSlowIsToldSo() throws IOException {
        playing();
        streams.subscribed.get(0).end(new End.TooSlow());
        expect("88 12 03f0");
    }

    @ParameterizedTest
    @CsvSource({
        // not masked
        "810161, 03ea",
        // a reserved opcode
        "8380000000 00, 03ea",
        // a message of 64 KiB in one frame
        "82ff0000000000010000 00000000, 03f1",
    })
    void framesThatBreakTheProtocolCloseTheConnection(String frame, String code) throws IOException {
        playing();
        client.say(HexFormat.of().parseHex(frame.replace(" ", "")));
        expect("88 02 " + code);
        assertEquals(-1, client.in.read());
        assertEquals(1, counters.get(Metric.LIVE_REQUESTS_REFUSED));
    }

    @Test
    void whatAPlayerSaysIsIgnored() throws IOException {
        playing();
        client.say(masked(0x81, "6869")).say(masked(0x8a, "")).say(masked(0x89, ""));
        expect("8a 00");
    }

    @Test
    void aPlayerThatLeavesBeforeTheFirstFrameIsForgotten() throws IOException {
        streams.frames.clear();
        client.say(UPGRADE + "|");
        until(() -> streams.open() == 1);
        client.say(masked(0x88, ""));
        assertTrue(client.ended());
        until(() -> streams.open() == 0);
    }

    @Test
    void noStreamIsAnsweredBeforeTheUpgrade() throws IOException {
        streams.frames.clear();
        streams.end = new End.NoFeed(Feed.Reason.NOT_PUBLISHED);
        assertEquals(
                "404 {\"error\":\"not found\",\"stream\":\"live/a\",\"reason\":\"nobody publishes the stream\"}",
                client.say(UPGRADE + "|").answer());
    }

    @Test
    void whoMayNotPlayIsToldSoBeforeTheUpgrade() throws IOException {
        client.close();
        server.close().toCompletableFuture().join();
        start("*", request -> CompletableFuture.completedFuture(new Admission.Decision.Refused("its token expired")));
        assertEquals(
                "403 {\"error\":\"forbidden\",\"stream\":\"live/a\",\"reason\":\"its token expired\"}",
                client.say(UPGRADE + "|").answer());
        assertEquals(0, streams.subscribed.size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "Sec-WebSocket-Version: 13 ! Sec-WebSocket-Version: 8 ! 426",
                "Sec-WebSocket-Version: 13| ! '' ! 426",
                "dGhlIHNhbXBsZSBub25jZQ== ! ? ! 400",
                "dGhlIHNhbXBsZSBub25jZQ== ! c2hvcnQ= ! 400",
                // WebSockets are not for HTTP/1.0, so that is a plain play
                "HTTP/1.1 ! HTTP/1.0 ! 200",
            })
    void anUpgradeThatIsNotRightIsRefused(String part, String instead, String status) throws IOException {
        String request = UPGRADE.replace(part, instead);
        String head = client.say(request + "|").head();
        assertEquals(status, HttpClient.statusOf(head), head);
        assertTrue(!status.equals("426") || head.contains("Sec-WebSocket-Version: 13"), head);
    }

    @ParameterizedTest
    @CsvSource({"https://tv.example, 101", "https://a.example, 101", "https://b.example, 403", "null, 403"})
    void pagesOfOtherOriginsPlayOnlyIfTheyMay(String origin, String status) throws IOException {
        client.close();
        server.close().toCompletableFuture().join();
        start("https://a.example");
        assertEquals(
                status,
                HttpClient.statusOf(
                        client.say(UPGRADE + "Origin: " + origin + "||").head()));
    }

    private void start(String allowOrigin) throws IOException {
        start(allowOrigin, Admission.OPEN);
    }

    private void start(String allowOrigin, Admission admission) throws IOException {
        LiveHttpSettings settings = new LiveHttpSettings(
                "127.0.0.1", 0, allowOrigin, 100, 100, Duration.ofSeconds(30), Duration.ofSeconds(30));
        server = LiveHttpServer.start(settings, loops, admission, streams, counters)
                .toCompletableFuture()
                .join();
        client = new HttpClient(server.port());
    }

    private void playing() throws IOException {
        client.say(UPGRADE + "|");
        client.head();
        client.in.readNBytes(2 + 32 + 2 + 18);
    }

    private void expect(String hex) throws IOException {
        String plain = hex.replace(" ", "");
        assertEquals(plain, HexFormat.of().formatHex(client.in.readNBytes(plain.length() / 2)));
    }

    private static byte[] masked(int first, String payloadHex) {
        byte[] payload = HexFormat.of().parseHex(payloadHex);
        byte[] mask = {1, 2, 3, 4};
        byte[] frame = new byte[6 + payload.length];
        frame[0] = (byte) first;
        frame[1] = (byte) (0x80 | payload.length);
        System.arraycopy(mask, 0, frame, 2, 4);
        for (int i = 0; i < payload.length; i++) {
            frame[6 + i] = (byte) (payload[i] ^ mask[i % 4]);
        }
        return frame;
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "did not come true within 30 s");
            LockSupport.parkNanos(5_000_000);
        }
    }
}
