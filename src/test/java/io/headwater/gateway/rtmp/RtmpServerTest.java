package io.headwater.gateway.rtmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.amf.Amf0Writer;
import io.headwater.codec.amf.AmfValue;
import io.headwater.codec.rtmp.ChunkReader;
import io.headwater.codec.rtmp.ChunkWriter;
import io.headwater.codec.rtmp.ClientHandshake;
import io.headwater.codec.rtmp.Command;
import io.headwater.codec.rtmp.MessageType;
import io.headwater.codec.rtmp.RtmpClientSession.Ended;
import io.headwater.codec.rtmp.RtmpClientSession.Refused;
import io.headwater.codec.rtmp.RtmpClientSession.Started;
import io.headwater.codec.rtmp.RtmpLimits;
import io.headwater.codec.rtmp.RtmpMessage;
import io.headwater.codec.rtmp.Status;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Frame;
import io.headwater.media.Track;
import io.headwater.media.Tracks;
import io.headwater.net.AddressLimits;
import io.headwater.net.Counters;
import io.headwater.net.EventLoops;
import io.headwater.net.Metric;
import io.headwater.stream.Admission;
import io.headwater.stream.Streams;
import io.headwater.stream.Subscriber;
import io.headwater.topology.Feed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One server on a loopback socket, our own client, and no hub. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RtmpServerTest {
    private static final Bytes AAC = Bytes.of(new byte[] {0x12, 0x10});
    private static final Track AUDIO = Track.audio(Codec.AAC, AAC, 44_100, 2);
    private static final RtmpSettings SETTINGS = RtmpSettings.defaults().listeningOn("127.0.0.1", 0);
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(300);

    private static final int LOOPS = 2;

    private final EventLoops loops = EventLoops.start(LOOPS);
    private final Counters counters = new Counters();
    private final FakeStreams streams = new FakeStreams();
    private RtmpServer server;

    @AfterEach
    void stop() {
        loops.close();
    }

    @Test
    void aPublishersTagsBecomeFramesUntilItSaysGoodbye() throws Exception {
        try (TestClient client = TestClient.publisher(start(SETTINGS), "live/stream1?token=x")) {
            client.awaitEvent();
            assertEquals(List.of(new Started()), client.events);
            client.tag(8, 0, "af00 1210");
            client.tag(8, 23, "af01 aabbcc");
            client.goodbye();
            FakeStreams.Publishing publishing = streams.publishings.get(0);
            await(() -> !publishing.ends.isEmpty());
            assertEquals("live/stream1", publishing.key.toString());
            assertEquals(List.of("AAC@23 3"), publishing.frames);
        }
        await(() -> counters.get(Metric.RTMP_CONNECTIONS_CLOSED) == 1);
        assertEquals(List.of("finished"), streams.publishings.get(0).ends);
        assertEquals(counters.get(Metric.RTMP_PUBLISHERS_STARTED), counters.get(Metric.RTMP_PUBLISHERS_ENDED));
    }

    /**
     * What OBS sends, which is built on librtmp: a chunk size first, calls with short headers on one chunk stream,
     * metadata, pictures and sound together on another, each with the time since the one before it.
     */
    @Test
    void anEncoderBuiltOnLibrtmpPublishesFromConnectToItsGoodbye() throws Exception {
        int port = start(SETTINGS);
        List<Command> answers = new ArrayList<>();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            ClientHandshake handshake = new ClientHandshake(new SplittableRandom(1), false);
            send(socket, handshake.start());
            send(socket, handshake.read(ByteBuffer.wrap(socket.getInputStream().readNBytes(3073))));
            ChunkReader reader = new ChunkReader(RtmpLimits.DEFAULTS);
            send(socket, large(2, 1, 0, hex("00001000")));
            AmfValue properties = AmfValue.Obj.EMPTY
                    .with("app", "live")
                    .with("type", "nonprivate")
                    .with("flashVer", "FMLE/3.0 (compatible; FMSc/1.0)")
                    .with("swfUrl", "rtmp://127.0.0.1/live")
                    .with("tcUrl", "rtmp://127.0.0.1/live")
                    .with("fourCcList", new AmfValue.StrictArray(List.of(AmfValue.of("hvc1"), AmfValue.of("av01"))));
            send(socket, large(3, 20, 0, amf(AmfValue.of("connect"), AmfValue.of(1), properties)));
            answersUntil(socket, reader, answers, 1);
            assertEquals(Command.RESULT, answers.get(0).name());
            assertTrue(
                    answers.get(0).object().toString().contains("fourCcList"),
                    answers.get(0).toString());
            AmfValue nothing = AmfValue.Null.VALUE;
            AmfValue name = AmfValue.of("stream1?key=secret");
            send(socket, medium(3, 0, 20, amf(AmfValue.of("releaseStream"), AmfValue.of(2), nothing, name)));
            send(socket, medium(3, 0, 20, amf(AmfValue.of("FCPublish"), AmfValue.of(3), nothing, name)));
            send(socket, medium(3, 0, 20, amf(AmfValue.of("createStream"), AmfValue.of(4), nothing)));
            answersUntil(socket, reader, answers, 4);
            assertEquals(4, answers.get(answers.size() - 1).transaction());
            AmfValue live = AmfValue.of("live");
            send(socket, large(4, 20, 1, amf(AmfValue.of("publish"), AmfValue.of(5), nothing, name, live)));
            answersUntil(socket, reader, answers, 0);
            String start = answers.get(answers.size() - 1).toString();
            assertTrue(start.contains(Status.PUBLISH_START), start);

            AmfValue metadata = new AmfValue.EcmaArray(Map.of("encoder", AmfValue.of("obs-output module")));
            send(socket, large(4, 18, 1, amf(AmfValue.of("@setDataFrame"), AmfValue.of("onMetaData"), metadata)));
            send(socket, large(4, 8, 1, hex("af001210")));
            send(socket, large(4, 9, 1, hex("1700000000 0164001f")));
            send(socket, large(4, 9, 1, hex("1701000000" + "00".repeat(10_000))));
            send(socket, medium(4, 21, 8, hex("af01aabbcc")));
            send(socket, small(4, 12, hex("af01ddeeff"))); // as long as the one before, and of its kind
            send(socket, medium(4, 7, 9, hex("2701000000" + "00".repeat(5_000))));
            send(socket, medium(3, 0, 20, amf(AmfValue.of("FCUnpublish"), AmfValue.of(6), nothing, name)));
            send(socket, medium(3, 0, 20, amf(AmfValue.of("deleteStream"), AmfValue.of(7), nothing, AmfValue.of(1))));
            FakeStreams.Publishing publishing = streams.publishings.get(0);
            await(() -> !publishing.ends.isEmpty());
            assertEquals("live/stream1", publishing.key.toString());
            assertEquals(List.of("H264@0 10000", "AAC@21 3", "AAC@33 3", "H264@40 5000"), publishing.frames);
            assertEquals(List.of("finished"), publishing.ends);
        }
        assertEquals(0, counters.get(Metric.RTMP_MALFORMED));
    }

    /** A chunk with all of its header; the chunks after the first of 4096 bytes have none. */
    private static Bytes large(int chunkStream, int type, int streamId, Bytes body) {
        String head = String.format(
                "%02x000000%06x%02x%08x", chunkStream, body.length(), type, Integer.reverseBytes(streamId));
        return chunks(chunkStream, head, body);
    }

    /** The same message stream as before on this chunk stream. */
    private static Bytes medium(int chunkStream, int sinceMs, int type, Bytes body) {
        return chunks(
                chunkStream,
                String.format("%02x%06x%06x%02x", 1 << 6 | chunkStream, sinceMs, body.length(), type),
                body);
    }

    /** The same length and type as well. */
    private static Bytes small(int chunkStream, int sinceMs, Bytes body) {
        return chunks(chunkStream, String.format("%02x%06x", 2 << 6 | chunkStream, sinceMs), body);
    }

    private static Bytes chunks(int chunkStream, String head, Bytes body) {
        StringBuilder all = new StringBuilder(head);
        for (int at = 0; at < body.length(); at += 4096) {
            String next = at == 0 ? "" : String.format("%02x", 3 << 6 | chunkStream);
            byte[] part = Arrays.copyOfRange(body.toByteArray(), at, Math.min(at + 4096, body.length()));
            all.append(next).append(HexFormat.of().formatHex(part));
        }
        return hex(all.toString());
    }

    private static Bytes amf(AmfValue... values) {
        return Amf0Writer.encode(List.of(values));
    }

    private static Bytes hex(String hex) {
        return Bytes.of(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    /** Reads commands up to the answer to that transaction; a status has none. */
    private static void answersUntil(Socket socket, ChunkReader reader, List<Command> answers, double transaction)
            throws Exception {
        int had = answers.size();
        byte[] buffer = new byte[8192];
        while (answers.size() == had
                || answers.stream()
                        .skip(had)
                        .noneMatch(a -> a.transaction() == transaction
                                && (transaction != 0 || a.toString().contains("NetStream")))) {
            int count = socket.getInputStream().read(buffer);
            assertTrue(count > 0, "closed after " + answers);
            reader.read(ByteBuffer.wrap(buffer, 0, count), message -> {
                if (message.type() == MessageType.COMMAND_AMF0) {
                    answers.add(Command.read(message));
                }
            });
        }
    }

    @Test
    void aPublisherSaysInItsQueryThatItIsABackup() throws Exception {
        int port = start(SETTINGS);
        try (TestClient plain = TestClient.publisher(port, "live/stream1").awaitEvent();
                TestClient primary =
                        TestClient.publisher(port, "live/stream1?role=primary").awaitEvent();
                TestClient backup = TestClient.publisher(port, "live/stream1?token=x&role=backup")
                        .awaitEvent();
                TestClient other =
                        TestClient.publisher(port, "live/stream1?role=spare").awaitClose()) {
            assertEquals(
                    List.of(Streams.PublisherRole.PRIMARY, Streams.PublisherRole.PRIMARY, Streams.PublisherRole.BACKUP),
                    streams.publishings.stream()
                            .map(publishing -> publishing.role)
                            .toList());
            assertEquals(List.of(new Started()), plain.events);
            assertEquals(List.of(new Started()), primary.events);
            assertEquals(List.of(new Started()), backup.events);
            assertRefused(other, Status.PUBLISH_BAD_NAME, "role=spare: expected primary or backup");
        }
    }

    @Test
    void aPublisherWhoseConnectionBreaksIsLost() throws Exception {
        try (TestClient client = TestClient.publisher(start(SETTINGS), "live/stream1")) {
            client.awaitEvent();
        }
        await(() -> !streams.publishings.get(0).ends.isEmpty());
        assertEquals(List.of("lost"), streams.publishings.get(0).ends);
    }

    @Test
    void mediaThatComesBeforeTheGrantWaitsForIt() throws Exception {
        streams.acceptsAtOnce = false;
        int port = start(SETTINGS);
        ChunkWriter writer = new ChunkWriter();
        try (Socket socket = connectedPublisher(port, writer)) {
            await(() -> !streams.publishings.isEmpty());
            FakeStreams.Publishing publishing = streams.publishings.get(0);
            send(socket, writer.write(message(8, 0, "af001210")));
            for (int i = 0; i < 50; i++) {
                send(socket, writer.write(message(8, 20L * i, "af01aabbcc")));
            }
            assertEquals(List.of(), publishing.frames);
            publishing.accept();
            await(() -> publishing.frames.size() == 50);
            assertEquals("AAC@0 3", publishing.frames.get(0));
            assertEquals("AAC@980 3", publishing.frames.get(49));
        }
    }

    @Test
    void aPublisherThatLeavesBeforeTheGrantIsLostAfterIt() throws Exception {
        streams.acceptsAtOnce = false;
        int port = start(SETTINGS);
        try (Socket socket = connectedPublisher(port, new ChunkWriter())) {
            await(() -> !streams.publishings.isEmpty());
            socket.setSoLinger(true, 0);
        }
        await(() -> counters.get(Metric.RTMP_CONNECTIONS_CLOSED) == 1);
        streams.publishings.get(0).accept();
        await(() -> !streams.publishings.get(0).ends.isEmpty());
        assertEquals(List.of("lost"), streams.publishings.get(0).ends);
        assertEquals(0, counters.get(Metric.RTMP_PUBLISHERS_STARTED));
    }

    @Test
    void aSecondPublisherIsToldThatTheNameIsTaken() throws Exception {
        streams.acceptsAtOnce = false;
        try (TestClient client = TestClient.publisher(start(SETTINGS), "live/stream1")) {
            client.await(() -> !streams.publishings.isEmpty());
            streams.publishings.get(0).answer.complete(new Streams.PublishAnswer.AlreadyPublished());
            client.awaitClose();
            assertRefused(client, Status.PUBLISH_BAD_NAME, "live/stream1 has a publisher already");
        }
    }

    @Test
    void aRefusedPublisherIsToldWhy() throws Exception {
        streams.acceptsAtOnce = false;
        try (TestClient client = TestClient.publisher(start(SETTINGS), "live/stream1")) {
            client.await(() -> !streams.publishings.isEmpty());
            streams.publishings.get(0).answer.complete(new Streams.PublishAnswer.Refused("too many streams"));
            client.awaitClose();
            assertRefused(client, Status.PUBLISH_DENIED, "too many streams");
        }
    }

    @Test
    void aSupersededPublisherIsToldAndClosed() throws Exception {
        try (TestClient client = TestClient.publisher(start(SETTINGS), "live/stream1")) {
            client.awaitEvent();
            streams.publishings.get(0).control.stop(Streams.StopReason.SUPERSEDED);
            client.awaitClose();
            client.events.remove(0);
            assertRefused(client, Status.PUBLISH_BAD_NAME, "a newer publisher has taken live/stream1");
        }
        await(() -> counters.get(Metric.RTMP_CONNECTIONS_CLOSED) == 1);
        assertEquals(List.of("lost"), streams.publishings.get(0).ends);
    }

    @Test
    void aNameThatIsNoKeyIsRefusedWithTheRule() throws Exception {
        int port = start(SETTINGS);
        try (TestClient client = TestClient.publisher(port, "live/a/b")) {
            assertRefused(client.awaitClose(), Status.PUBLISH_BAD_NAME, "stream id is 'a/b', expected 1 to 128");
        }
        try (TestClient client = TestClient.player(port, "live/.hidden")) {
            assertRefused(client.awaitClose(), Status.PLAY_STREAM_NOT_FOUND, "stream id is '.hidden'");
        }
        try (TestClient client = TestClient.player(port, "l*ve/x")) {
            assertRefused(client.awaitClose(), Status.CONNECT_REJECTED, "application is 'l*ve'");
        }
        assertEquals(List.of(), streams.publishings);
    }

    @Test
    void aPlayerGetsConfigurationAndFramesAndAnEnd() throws Exception {
        streams.tracks = Tracks.NONE.with(AUDIO);
        // the second frame is longer than a chunk, and its time needs the extended field
        int[] lengths = {3, 150_000, 3};
        long[] times = {0, 0x1000000L, 0x1000017L};
        for (int i = 0; i < lengths.length; i++) {
            streams.frames.add(
                    new Frame(1, i, AUDIO, times[i] * 1000, times[i] * 1000, true, Bytes.of(new byte[lengths[i]])));
        }
        streams.end = new Subscriber.End.NoFeed(Feed.Reason.ENDED);
        try (TestClient client = TestClient.player(start(SETTINGS), "live/stream1")) {
            client.awaitClose();
            assertEquals(new Started(), client.events.get(0));
            assertEquals(
                    Status.PLAY_UNPUBLISH_NOTIFY,
                    assertInstanceOf(Ended.class, client.events.get(1)).status().code());
            List<RtmpMessage> media = client.media;
            assertEquals(5, media.size(), "|RtmpSampleAccess, configuration, frames");
            assertEquals(
                    "af001210", HexFormat.of().formatHex(media.get(1).body().toByteArray()));
            for (int i = 0; i < lengths.length; i++) {
                assertEquals(times[i], media.get(2 + i).timestamp());
                assertEquals(2 + lengths[i], media.get(2 + i).body().length());
                assertEquals(1, media.get(2 + i).streamId());
            }
        }
        await(() -> counters.get(Metric.RTMP_PLAYERS_ENDED) == 1);
        assertTrue(streams.playings.get(0).closed);
    }

    @Test
    void aPlayerOfAStreamThatIsNotThereIsToldSo() throws Exception {
        streams.end = new Subscriber.End.NoFeed(Feed.Reason.NOT_PUBLISHED);
        try (TestClient client = TestClient.player(start(SETTINGS), "live/nothing")) {
            assertRefused(client.awaitClose(), Status.PLAY_STREAM_NOT_FOUND, "live/nothing is not published");
        }
    }

    @Test
    void aPlayerThatLeavesEndsItsSubscription() throws Exception {
        try (TestClient client = TestClient.player(start(SETTINGS), "live/stream1")) {
            client.await(() -> !streams.playings.isEmpty());
        }
        await(() -> streams.playings.get(0).closed);
        await(() -> counters.get(Metric.RTMP_PLAYERS_ENDED) == 1);
    }

    @Test
    void aPlayerThatPausesStandsStillUntilItGoesOn() throws Exception {
        int port = start(SETTINGS);
        ChunkWriter writer = new ChunkWriter();
        AmfValue none = AmfValue.Null.VALUE;
        try (Socket socket = connected(port, writer)) {
            send(
                    socket,
                    writer.write(
                            Command.of("play", 3, none, AmfValue.of("stream1")).toMessage(1)));
            await(() -> !streams.playings.isEmpty());
            send(
                    socket,
                    writer.write(Command.of("pause", 4, none, AmfValue.of(true), AmfValue.of(0))
                            .toMessage(1)));
            await(() -> streams.playings.get(0).paused);
            send(
                    socket,
                    writer.write(Command.of("pause", 5, none, AmfValue.of(false), AmfValue.of(0))
                            .toMessage(1)));
            await(() -> !streams.playings.get(0).paused);
            send(socket, writer.write(Command.of("closeStream", 0, none).toMessage(1)));
            await(() -> streams.playings.get(0).closed);
            // the same message stream plays again
            send(
                    socket,
                    writer.write(
                            Command.of("play", 6, none, AmfValue.of("stream2")).toMessage(1)));
            await(() -> streams.playings.size() == 2);
        }
    }

    @Test
    void whoKnowsReconnectRequestsIsAskedToGoOnElsewhereAndNobodyElse() throws Exception {
        int port = start(SETTINGS);
        AmfValue.Obj knows = AmfValue.Obj.EMPTY
                .with("app", "live")
                .with("tcUrl", "rtmp://old.example:1935/live")
                .with("capsEx", 5);
        ChunkWriter writer = new ChunkWriter();
        try (Socket publisher = connected(port, writer, knows);
                TestClient other = TestClient.publisher(port, "live/stream2").awaitEvent()) {
            send(
                    publisher,
                    writer.write(Command.of("publish", 3, AmfValue.Null.VALUE, AmfValue.of("stream1"))
                            .toMessage(1)));
            await(() -> streams.publishings.size() == 2);
            Answers answers = new Answers(publisher);
            answers.until("NetStream.Publish.Start");
            server.reconnect(() -> Optional.of("10.0.0.7:1936"));
            RtmpMessage message = answers.until("NetConnection.Connect.ReconnectRequest");
            Command request = Command.read(message);
            assertEquals(0, message.streamId());
            assertEquals("onStatus", request.name());
            assertEquals(0, request.transaction());
            assertEquals(AmfValue.Null.VALUE, request.object());
            var information = request.argument(0).asMembers();
            assertEquals(AmfValue.of("status"), information.get("level"));
            assertEquals(AmfValue.of("rtmp://10.0.0.7:1936/live"), information.get("tcUrl"));
            assertEquals(List.of(), streams.publishings.get(0).ends);
            assertEquals(1, counters.get(Metric.DRAIN_RECONNECTS_ASKED));
            assertEquals(1, other.events.size());
        }
    }

    @Test
    void aClientOfOursThatCanBeAskedToReconnectHearsWhereTo() throws Exception {
        int port = start(SETTINGS);
        try (TestClient asked = TestClient.reconnecting(port, "live/stream1").awaitEvent();
                TestClient other = TestClient.publisher(port, "live/stream2").awaitEvent()) {
            server.reconnect(() -> Optional.of("10.0.0.7:1936"));
            asked.await(() -> !asked.places.isEmpty());
            assertEquals(List.of(Optional.of("rtmp://10.0.0.7:1936/live")), asked.places);
            assertEquals(List.of(), other.places);
            assertEquals(1, counters.get(Metric.DRAIN_RECONNECTS_ASKED));
        }
    }

    @Test
    void aConnectionHasOneStreamAndIsToldSo() throws Exception {
        int port = start(SETTINGS);
        ChunkWriter writer = new ChunkWriter();
        AmfValue none = AmfValue.Null.VALUE;
        try (Socket socket = connectedPublisher(port, writer)) {
            await(() -> !streams.publishings.isEmpty());
            send(
                    socket,
                    writer.write(
                            Command.of("play", 4, none, AmfValue.of("stream2")).toMessage(1)));
            drain(socket);
        }
        assertEquals(List.of(), streams.playings);
        await(() -> !streams.publishings.get(0).ends.isEmpty());
        assertEquals(List.of("lost"), streams.publishings.get(0).ends);
    }

    @Test
    void garbageAndHalfHandshakesCostOnlyTheirOwnConnection() throws Exception {
        int port = start(SETTINGS);
        try (TestClient publisher = TestClient.publisher(port, "live/stream1").awaitEvent()) {
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < 20; i++) {
                byte[] noise = new byte[5_000];
                random.nextBytes(noise);
                noise[0] = (byte) (i < 10 ? 'G' : 3);
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    send(socket, Bytes.of(noise));
                    drain(socket);
                }
            }
            assertEquals(20, counters.get(Metric.RTMP_MALFORMED));
            publisher.tag(8, 0, "af00 1210");
            publisher.tag(8, 23, "af01 aa");
            await(() -> streams.publishings.get(0).frames.size() == 1);
        }
    }

    @Test
    void aHandshakeThatDripsIsEnded() throws Exception {
        int port = start(SETTINGS.patientFor(SHORT, LONG, LONG));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            send(socket, Bytes.of(new byte[] {3, 0, 0}));
            drain(socket);
        }
        assertEquals(1, counters.get(Metric.RTMP_TIMEOUTS));
    }

    @Test
    void aConnectionThatAsksForNothingIsEnded() throws Exception {
        int port = start(SETTINGS.patientFor(LONG, SHORT, LONG));
        ClientHandshake handshake = new ClientHandshake(new SplittableRandom(1), false);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            send(socket, handshake.start());
            send(socket, handshake.read(ByteBuffer.wrap(socket.getInputStream().readNBytes(3073))));
            drain(socket);
        }
        assertEquals(1, counters.get(Metric.RTMP_TIMEOUTS));
    }

    @Test
    void aSilentPublisherIsEndedAndLost() throws Exception {
        int port = start(SETTINGS.patientFor(LONG, LONG, SHORT));
        try (TestClient client = TestClient.publisher(port, "live/stream1")) {
            client.awaitClose();
        }
        assertEquals(1, counters.get(Metric.RTMP_PUBLISHERS_SILENT));
        await(() -> !streams.publishings.get(0).ends.isEmpty());
        assertEquals(List.of("lost"), streams.publishings.get(0).ends);
    }

    /** The process was stopped, or had no CPU: the look at the clock comes before what the publisher sent has been read. */
    @Test
    void aPublisherIsNotTakenForSilentByANodeThatStoodStill() throws Exception {
        CountDownLatch stopped = new CountDownLatch(LOOPS);
        Admission admission = request -> {
            if (request.key().streamId().startsWith("blocks")) {
                stopped.countDown();
                long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3_500);
                while (System.nanoTime() < until) {
                    LockSupport.parkNanos(until - System.nanoTime());
                }
            }
            return Admission.OPEN.ask(request);
        };
        int port = start(SETTINGS.patientFor(LONG, LONG, Duration.ofSeconds(2)), admission);
        try (TestClient client = TestClient.publisher(port, "live/stream1").awaitEvent()) {
            client.tag(8, 0, "af00 1210");
            // round robin: one of the two is on the publisher's loop
            List<CompletableFuture<Void>> others = Stream.of("live/blocks1", "live/blocks2")
                    .map(name -> CompletableFuture.runAsync(() -> comesAndGoes(port, name)))
                    .toList();
            assertTrue(stopped.await(30, TimeUnit.SECONDS));
            client.tag(8, 20, "af01 aabbcc");
            await(() -> streams.publishings.get(0).frames.size() == 1);
            client.tag(8, 40, "af01 ddeeff");
            await(() -> streams.publishings.get(0).frames.size() == 2);
            for (CompletableFuture<Void> other : others) {
                other.get(30, TimeUnit.SECONDS);
            }
        }
        assertEquals(0, counters.get(Metric.RTMP_PUBLISHERS_SILENT));
    }

    private static void comesAndGoes(int port, String name) {
        try (TestClient client = TestClient.publisher(port, name)) {
            client.awaitEvent();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void anAmfBombEndsItsConnection() throws Exception {
        int port = start(SETTINGS);
        ChunkWriter writer = new ChunkWriter();
        try (Socket socket = connectedPublisher(port, writer)) {
            byte[] bomb = HexFormat.of().parseHex("0200017800" + "0000000000000000" + "0a00000001".repeat(1_000));
            send(socket, writer.write(new RtmpMessage(20, 0, 0, Bytes.of(bomb))));
            drain(socket);
        }
        assertEquals(1, counters.get(Metric.RTMP_MALFORMED));
    }

    @Test
    void connectionsBeyondALimitAreClosed() throws Exception {
        int port = start(SETTINGS.takingAtMost(10, 1));
        try (TestClient first = TestClient.publisher(port, "live/stream1").awaitEvent()) {
            try (Socket second = new Socket(InetAddress.getLoopbackAddress(), port)) {
                drain(second);
            }
            assertEquals(1, counters.get(Metric.RTMP_CONNECTIONS_REFUSED));
            first.tag(8, 0, "af00 1210");
        }
        await(() -> counters.get(Metric.RTMP_CONNECTIONS_CLOSED) == 1);
        try (TestClient third = TestClient.publisher(port, "live/stream1").awaitEvent()) {
            assertEquals(List.of(new Started()), third.events);
        }
    }

    @Test
    void connectionsBeyondTheRateOfTheirAddressAreClosed() throws Exception {
        AddressLimits limits = new AddressLimits(List.of(), 0.0001, 1, 0, 100, counters);
        server = RtmpServer.start(SETTINGS, limits, loops, io.headwater.stream.Admission.OPEN, streams, counters)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        try (TestClient first =
                TestClient.publisher(server.port(), "live/stream1").awaitEvent()) {
            try (Socket second = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                drain(second);
            }
            assertEquals(1, counters.get(Metric.LIMITS_REQUESTS_REFUSED));
            first.tag(8, 0, "af00 1210");
        }
        await(() -> counters.get(Metric.RTMP_CONNECTIONS_CLOSED) == 1);
    }

    @Test
    void aPeerThatAsksAndNeverReadsIsEnded() throws Exception {
        int port = start(
                new RtmpSettings("127.0.0.1", 0, 60_000, 64 << 10, 10, 10, LONG, LONG, LONG, LONG)); // less to wait for
        ChunkWriter writer = new ChunkWriter();
        streams.acceptsAtOnce = true;
        try (Socket socket = connectedPublisher(port, writer)) {
            Bytes ask = writer.write(Command.of("doIt", 9, AmfValue.Null.VALUE).toMessage(0));
            byte[] many = new byte[ask.length() * 1_000];
            for (int i = 0; i < 1_000; i++) {
                ask.buffer().get(many, i * ask.length(), ask.length());
            }
            try {
                while (counters.get(Metric.RTMP_MALFORMED) == 0) {
                    socket.getOutputStream().write(many);
                }
            } catch (IOException closed) {
                // what is expected
            }
        }
        await(() -> counters.get(Metric.RTMP_MALFORMED) == 1);
    }

    private int start(RtmpSettings settings) throws Exception {
        return start(settings, Admission.OPEN);
    }

    private int start(RtmpSettings settings, Admission admission) throws Exception {
        server = RtmpServer.start(settings, loops, admission, streams, counters)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        return server.port();
    }

    /** What the server says on a connection. */
    private static final class Answers {
        private final ChunkReader reader = new ChunkReader(io.headwater.codec.rtmp.RtmpLimits.ofMessageBytes(1 << 20));
        private final Socket socket;
        private final java.util.Queue<RtmpMessage> read = new java.util.ArrayDeque<>();

        Answers(Socket socket) throws IOException {
            this.socket = socket;
            socket.setSoTimeout(30_000);
        }

        /** Reads up to the command with that code in its information. */
        RtmpMessage until(String code) throws Exception {
            byte[] buffer = new byte[4096];
            while (true) {
                while (!read.isEmpty()) {
                    RtmpMessage message = read.remove();
                    if (message.type() == 20
                            && Status.of(Command.read(message).argument(0))
                                    .code()
                                    .equals(code)) {
                        return message;
                    }
                }
                int count = socket.getInputStream().read(buffer);
                assertTrue(count > 0, "closed before " + code);
                reader.read(ByteBuffer.wrap(buffer, 0, count), read::add);
            }
        }
    }

    /** A client that said all it has to say in one go and never looked at an answer but the handshake's. */
    private static Socket connectedPublisher(int port, ChunkWriter writer) throws Exception {
        Socket socket = connected(port, writer);
        send(
                socket,
                writer.write(Command.of("publish", 3, AmfValue.Null.VALUE, AmfValue.of("stream1"))
                        .toMessage(1)));
        return socket;
    }

    private static Socket connected(int port, ChunkWriter writer) throws Exception {
        return connected(port, writer, AmfValue.Obj.EMPTY.with("app", "live"));
    }

    private static Socket connected(int port, ChunkWriter writer, AmfValue properties) throws Exception {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        ClientHandshake handshake = new ClientHandshake(new SplittableRandom(1), false);
        send(socket, handshake.start());
        send(socket, handshake.read(ByteBuffer.wrap(socket.getInputStream().readNBytes(3073))));
        send(socket, writer.write(Command.of("connect", 1, properties).toMessage(0)));
        send(
                socket,
                writer.write(Command.of("createStream", 2, AmfValue.Null.VALUE).toMessage(0)));
        return socket;
    }

    private static RtmpMessage message(int type, long time, String hex) {
        return new RtmpMessage(type, 1, time, Bytes.of(HexFormat.of().parseHex(hex)));
    }

    private static void send(Socket socket, Bytes bytes) throws IOException {
        socket.getOutputStream().write(bytes.array(), bytes.offset(), bytes.length());
    }

    /** Reads until the server closes, however it does. */
    private static void drain(Socket socket) throws IOException {
        socket.setSoTimeout(30_000);
        try {
            socket.getInputStream().skip(Long.MAX_VALUE);
            while (socket.getInputStream().read() >= 0) {}
        } catch (java.net.SocketException reset) {
            // a close with unread input
        }
    }

    private static void assertRefused(TestClient client, String code, String description) {
        Status status = assertInstanceOf(Refused.class, client.events.get(0)).status();
        assertEquals(code, status.code());
        assertTrue(status.description().contains(description), status.description());
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "not within 30 s");
            Thread.sleep(5);
        }
    }
}
