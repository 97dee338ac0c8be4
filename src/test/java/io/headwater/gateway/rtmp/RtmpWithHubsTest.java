package io.headwater.gateway.rtmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.rtmp.MessageType;
import io.headwater.codec.rtmp.RtmpClientSession.Ended;
import io.headwater.codec.rtmp.RtmpClientSession.Refused;
import io.headwater.codec.rtmp.RtmpClientSession.Started;
import io.headwater.codec.rtmp.RtmpMessage;
import io.headwater.codec.rtmp.Status;
import io.headwater.media.Bytes;
import io.headwater.net.Counters;
import io.headwater.net.EventLoops;
import io.headwater.net.Metric;
import io.headwater.stream.HubSettings;
import io.headwater.stream.StreamHubs;
import io.headwater.topology.NodeId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From publisher to player through real hubs, on a node that is alone. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RtmpWithHubsTest {
    private static final String AVC_CONFIG = "1700000000"
            + "0164000affe100196764000aacd9428df93011000003000100000300140f1225960100" + "0568ebecb22cfdf8f800";
    private static final long FRAME_MS = 40;

    private final Counters counters = new Counters();
    private final EventLoops loops = EventLoops.start(2);
    private final StreamHubs hubs = new StreamHubs(
            new NodeId("n1"),
            HubSettings.defaults(),
            new LocalDirectory(),
            (peer, request, sink) -> {
                throw new AssertionError("nothing is pulled");
            },
            counters);
    private int port;

    @BeforeEach
    void start() throws Exception {
        port = RtmpServer.start(
                        RtmpSettings.defaults().listeningOn("127.0.0.1", 0),
                        loops,
                        io.headwater.stream.Admission.OPEN,
                        hubs,
                        counters)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS)
                .port();
    }

    @AfterEach
    void stop() {
        hubs.close();
        loops.close();
    }

    @Test
    void everyPlayerGetsEveryFrameInOrderAndACleanEnd() throws Exception {
        try (TestClient early = TestClient.player(port, "live/stream1");
                TestClient publisher =
                        TestClient.publisher(port, "live/stream1").awaitEvent()) {
            configurations(publisher);
            frames(publisher, 0, 25); // one group of pictures, so that its start is where the player starts
            early.await(() -> pictures(early).size() == 25);
            frames(publisher, 25, 50);
            early.await(() -> pictures(early).size() == 50);
            TestClient late = TestClient.player(port, "live/stream1");
            late.await(() -> !pictures(late).isEmpty());
            frames(publisher, 50, 100);
            publisher.goodbye();
            early.awaitClose();
            late.awaitClose();
            for (TestClient player : List.of(early, late)) {
                assertEquals(new Started(), player.events.get(0));
                assertInstanceOf(Ended.class, player.events.get(1));
                assertInOrder(pictures(player));
            }
            assertEquals(100, pictures(early).size());
            assertEquals(75, pictures(late).size(), "from the newest keyframe on, which is picture 25");
            assertEquals(AVC_CONFIG, hex(media(late, MessageType.VIDEO).get(0).body()));
            late.close();
        }
        nothingIsLeft();
    }

    @Test
    @SuppressWarnings("try") // the publisher goes away in the middle
    void aBackupWaitsBesideAPublisherAndGoesLiveAfterIt() throws Exception {
        try (TestClient first = TestClient.publisher(port, "live/stream1").awaitEvent();
                TestClient backup =
                        TestClient.publisher(port, "live/stream1?role=backup").awaitEvent()) {
            assertEquals(new Started(), backup.events.get(0));
            configurations(first);
            configurations(backup);
            assertEquals(1, hubs.usage().standbys());
            frames(backup, 0, 25);
            first.close();
            await(() -> hubs.usage().standbys() == 0);
            // it may have to wait for picture 25: what the backup sent opens nothing if the first one's sound was read
            // after it
            try (TestClient player = TestClient.player(port, "live/stream1")) {
                frames(backup, 25, 50);
                player.await(() -> pictures(player).size() == 25);
                assertEquals(
                        AVC_CONFIG, hex(media(player, MessageType.VIDEO).get(0).body()));
                assertInOrder(pictures(player));
            }
            assertEquals(1, backup.events.size());
        }
        nothingIsLeft();
    }

    @Test
    void aStreamThatIsNotPublishedIsNotFound() throws Exception {
        try (TestClient player = TestClient.player(port, "live/nothing").awaitClose()) {
            Status status =
                    assertInstanceOf(Refused.class, player.events.get(0)).status();
            assertEquals(Status.PLAY_STREAM_NOT_FOUND, status.code());
        }
        nothingIsLeft();
    }

    @Test
    void theNewestPublisherTakesOverAndThePlayerStays() throws Exception {
        try (TestClient first = TestClient.publisher(port, "live/stream1").awaitEvent();
                TestClient player = TestClient.player(port, "live/stream1")) {
            configurations(first);
            frames(first, 0, 25);
            player.await(() -> pictures(player).size() == 25);
            try (TestClient second = TestClient.publisher(port, "live/stream1").awaitEvent()) {
                first.awaitClose();
                assertInstanceOf(Refused.class, first.events.get(1));
                configurations(second);
                frames(second, 0, 25);
                player.await(() -> pictures(player).size() == 50);
                assertInOrder(pictures(player));
                second.goodbye();
                player.awaitClose();
            }
        }
        assertEquals(1, counters.get(Metric.PUBLISH_SUPERSEDED));
        nothingIsLeft();
    }

    /** Pictures and sound: a hub that knows both kinds of track lets players start at once. */
    private static void configurations(TestClient publisher) throws Exception {
        publisher.tag(MessageType.VIDEO, 0, AVC_CONFIG);
        publisher.tag(MessageType.AUDIO, 0, "af00 1210");
        publisher.tag(MessageType.AUDIO, 0, "af01 aabb");
    }

    /** Pictures {@code from} to {@code to}, a keyframe every 25, each as long as a chunk and more. */
    private static void frames(TestClient publisher, int from, int to) throws Exception {
        for (int n = from; n < to; n++) {
            byte[] body = new byte[65_000];
            ByteBuffer.wrap(body)
                    .put((byte) (n % 25 == 0 ? 0x17 : 0x27))
                    .putInt(1 << 24)
                    .putInt(body.length - 9)
                    .put((byte) (n % 25 == 0 ? 0x65 : 0x41))
                    .putInt(n);
            publisher.tag(MessageType.VIDEO, n * FRAME_MS, Bytes.of(body));
        }
    }

    private static List<RtmpMessage> media(TestClient player, int type) {
        return player.media.stream().filter(message -> message.type() == type).toList();
    }

    private static List<RtmpMessage> pictures(TestClient player) {
        return media(player, MessageType.VIDEO).stream()
                .filter(message -> message.body().at(1) == 1)
                .toList();
    }

    private static void assertInOrder(List<RtmpMessage> pictures) {
        for (int i = 1; i < pictures.size(); i++) {
            assertTrue(pictures.get(i).timestamp() > pictures.get(i - 1).timestamp(), "time of picture " + i);
            int step = number(pictures.get(i)) - number(pictures.get(i - 1));
            assertTrue(step == 1 || number(pictures.get(i)) == 0, "picture " + i + " is " + step + " after the last");
        }
    }

    private static int number(RtmpMessage picture) {
        return picture.body().buffer().getInt(10);
    }

    private static String hex(Bytes bytes) {
        return java.util.HexFormat.of().formatHex(bytes.toByteArray());
    }

    private void nothingIsLeft() throws InterruptedException {
        await(() -> counters.get(Metric.RTMP_CONNECTIONS_OPENED) == counters.get(Metric.RTMP_CONNECTIONS_CLOSED));
        // a connection counts as closed a moment before its session hears of it
        await(() -> counters.get(Metric.RTMP_PLAYERS_STARTED) == counters.get(Metric.RTMP_PLAYERS_ENDED));
        await(() -> counters.get(Metric.RTMP_PUBLISHERS_STARTED) == counters.get(Metric.RTMP_PUBLISHERS_ENDED));
        await(() -> hubs.usage().equals(new StreamHubs.Usage(0, 0, 0, 0, 0, 0)));
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "not within 60 s");
            Thread.sleep(5);
        }
    }
}
