package io.headwater.codec.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import io.headwater.media.Extension;
import io.headwater.media.Frame;
import io.headwater.media.StreamKey;
import io.headwater.media.Track;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RelayCodecTest {
    private static final int MAX_FRAME = 1 << 22;
    private static final String NONCE = "00".repeat(31) + "07";

    record Row(String name, RelayMessage value, String hex) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Every message but the opening; the bytes are what docs/relay-protocol.md says. */
    static Stream<Row> messages() {
        return Stream.of(
                new Row(
                        "challenge",
                        new RelayMessage.Challenge(1, 2, true, 5, hex(NONCE), new NodeId("o1"), new NodeGroup("r1")),
                        "00000031 01 01 02 01 0000000000000005" + NONCE + "02 6f31 02 7231"),
                new Row(
                        "hello",
                        new RelayMessage.Hello(
                                Bytes.EMPTY,
                                1,
                                new NodeId("e"),
                                new NodeGroup("g"),
                                new StreamKey("live", "s.1"),
                                9,
                                -1,
                                List.of(new NodeId("e"), new NodeId("f")),
                                false),
                        "0000002b 02 00 0000000000000001 01 65 01 67 04 6c697665 03 732e31"
                                + "0000000000000009 ffffffffffffffff 02 01 65 01 66"),
                new Row(
                        "hello with proof",
                        new RelayMessage.Hello(
                                hex(NONCE),
                                0,
                                new NodeId("e"),
                                new NodeGroup("g"),
                                new StreamKey("a", "b"),
                                0,
                                5,
                                List.of(),
                                false),
                        "00000042 02 20" + NONCE
                                + "0000000000000000 01 65 01 67 01 61 01 62 0000000000000000 0000000000000005 00"),
                new Row("accept, open", new RelayMessage.Accept(Bytes.EMPTY), "00000001 03 00"),
                new Row("accept", new RelayMessage.Accept(hex(NONCE)), "00000021 03 20" + NONCE),
                new Row("refuse", new RelayMessage.Refuse(EndCode.LOOP, "no"), "00000006 04 0007 0002 6e6f"),
                new Row(
                        "welcome",
                        new RelayMessage.Welcome(258, true, List.of(new NodeId("o"))),
                        "0000000c 05 0000000000000102 01 01 01 6f"),
                new Row(
                        "track",
                        new RelayMessage.TrackInForce(0, 1, 1920, 1080, 0, 0, hex("0142")),
                        "00000015 06 00 01 00000780 00000438 00000000 00 00000002 0142"),
                new Row(
                        "track of a codec nobody knows",
                        new RelayMessage.TrackInForce(255, 254, 0, 0, 48000, 2, Bytes.EMPTY),
                        "00000013 06 ff fe 00000000 00000000 0000bb80 02 00000000"),
                new Row(
                        "keyframe",
                        new RelayMessage.FrameOfTrack(0, 1, 40_000, 80_000, true, hex("aabbcc"), List.of()),
                        "0000001d 07 00 01 0000000000000001 0000000000009c40 0000000000013880 aabbcc"),
                new Row(
                        "frame before zero, empty",
                        new RelayMessage.FrameOfTrack(2, 0, -1, 5, false, Bytes.EMPTY, List.of()),
                        "0000001a 07 02 00 0000000000000000 ffffffffffffffff 0000000000000005"),
                new Row(
                        "frame with extensions",
                        new RelayMessage.FrameOfTrack(
                                1,
                                Long.MAX_VALUE,
                                0,
                                0,
                                true,
                                hex("01"),
                                List.of(new Extension(65535, Bytes.EMPTY), new Extension(1, hex("0203")))),
                        "00000027 07 01 03 7fffffffffffffff 0000000000000000 0000000000000000 000a ffff 0000 0001 0002 0203 01"),
                new Row(
                        "path",
                        new RelayMessage.Path(List.of(new NodeId("a"), new NodeId("b"))),
                        "00000005 08 02 01 61 01 62"),
                new Row("epoch", new RelayMessage.Epoch(1L << 40), "00000008 09 0000010000000000"),
                new Row("keep-alive", new RelayMessage.KeepAlive(0), "00000008 0a 0000000000000000"),
                new Row("echo", new RelayMessage.Echo(-2), "00000008 0b fffffffffffffffe"),
                new Row("end", new RelayMessage.End(999, ""), "00000004 0c 03e7 0000"));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void writesTheBytesOfTheTable(Row row) {
        assertEquals(hex(row.hex()), Bytes.of(RelayWriter.write(row.value())));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void readsTheBytesOfTheTableAtEveryCut(Row row) throws Exception {
        byte[] bytes = hex(row.hex()).toByteArray();
        for (int cut = 0; cut < bytes.length; cut++) {
            RelayReader reader = RelayReader.atDownstream(MAX_FRAME);
            assertNull(reader.read(ByteBuffer.wrap(bytes, 0, cut)), "cut " + cut);
            ByteBuffer rest = ByteBuffer.wrap(bytes, cut, bytes.length - cut);
            assertEquals(row.value(), reader.read(rest), "cut " + cut);
            assertEquals(hex(row.hex()).from(5), reader.body());
            assertEquals(0, rest.remaining());
            assertNull(reader.read(rest));
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void readsOnPastWhatANewerMinorVersionAddsToABody(Row row) throws Exception {
        if (row.value() instanceof RelayMessage.FrameOfTrack) {
            return; // a frame's body ends with its payload; extensions are its options
        }
        byte[] bytes = RelayWriter.write(row.value());
        byte[] option = {0x12, 0x34, 0, 2, 9, 9};
        ByteBuffer longer = ByteBuffer.allocate(bytes.length + option.length);
        longer.putInt(bytes.length - 5 + option.length)
                .put(bytes, 4, bytes.length - 4)
                .put(option)
                .flip();
        assertEquals(row.value(), RelayReader.atDownstream(MAX_FRAME).read(longer));
    }

    @Test
    void theOpeningComesFirstAtTheUpstream() throws Exception {
        RelayMessage.Opening opening = new RelayMessage.Opening(1, 3, 4, hex(NONCE));
        byte[] bytes = RelayWriter.write(opening);
        assertEquals(hex("4857524c 01 03 04 00" + NONCE), Bytes.of(bytes));
        RelayReader reader = RelayReader.atUpstream();
        for (int i = 0; i < bytes.length - 1; i++) {
            assertNull(reader.read(ByteBuffer.wrap(bytes, i, 1)));
        }
        assertEquals(opening, reader.read(ByteBuffer.wrap(bytes, bytes.length - 1, 1)));
        assertEquals(
                new RelayMessage.KeepAlive(0),
                reader.read(ByteBuffer.wrap(RelayWriter.write(new RelayMessage.KeepAlive(0)))));
    }

    @Test
    void versionsAgreeOnTheNewestThatBothSpeak() {
        assertEquals(2, opening(1, 2).agree(1, 3).orElseThrow());
        assertEquals(2, opening(2, 5).agree(1, 2).orElseThrow());
        assertTrue(opening(2, 5).agree(1, 1).isEmpty());
        assertTrue(opening(1, 1).agree(2, 3).isEmpty());
        assertTrue(opening(3, 1).agree(1, 1).isEmpty());
    }

    static Stream<Row> malformed() {
        return Stream.of(
                bad("node id is ''", "00000031 01 01 02 01 0000000000000005" + NONCE + "00 02 7231 0000"),
                bad("CHALLENGE: nonce of 32 bytes", "0000000c 01 01 02 01 0000000000000005 00"),
                bad("HELLO: body length is 8193, expected at most 8192", "00002001 02"),
                bad("proof length is 31", "00000001 02 1f"),
                bad(
                        "HELLO: application is 'a b'",
                        "0000001f 02 00 0000000000000001 01 65 01 67 03 612062 01 62 0000000000000009 0000000000"),
                bad(
                        "epoch is -1",
                        "00000022 02 00 0000000000000001 01 65 01 67 01 61 01 62 ffffffffffffffff 0000000000000000 00"),
                bad(
                        "after-sequence is -2",
                        "00000022 02 00 0000000000000001 01 65 01 67 01 61 01 62 0000000000000000 fffffffffffffffe 00"),
                bad(
                        "via is 65 nodes",
                        "00000022 02 00 0000000000000001 01 65 01 67 01 61 01 62 0000000000000000 0000000000000000 41"),
                bad("text is 513 bytes, expected at most 512", "00000004 0c 0001 0201"),
                bad("configuration length is 65537", "00000013 06 00 01 00000780 00000438 00000000 00 00010001"),
                bad("width is 2147483648", "00000013 06 00 01 80000000 00000438 00000000 00 00000000"),
                bad("sequence is -1", "0000001a 07 02 00 ffffffffffffffff ffffffffffffffff 0000000000000000"),
                bad("FRAME: body length is 4294967295", "ffffffff 07"),
                bad(
                        "extension of 3 bytes",
                        "00000022 07 00 02 0000000000000000 0000000000000000 0000000000000000 0006 0001 0003 0202"),
                bad(
                        "extensions length is 4097",
                        "0000001c 07 00 02 0000000000000000 0000000000000000 0000000000000000 1001"),
                bad("message of type 200: body length is 1048577", "00100001 c8"),
                bad("option length of 2 bytes", "0000000a 0a 0000000000000000 0001"));
    }

    private static Row bad(String message, String hex) {
        return new Row(message, new RelayMessage.Unknown(0), hex);
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void refusesAndNamesTheField(Row row) {
        MalformedException refusal = assertThrows(MalformedException.class, () -> {
            RelayReader reader = RelayReader.atDownstream(MAX_FRAME);
            ByteBuffer in = ByteBuffer.wrap(hex(row.hex()).toByteArray());
            while (reader.read(in) != null) {
                // on to the next
            }
        });
        assertTrue(refusal.getMessage().contains(row.name()), refusal.getMessage());
    }

    @Test
    void refusesWhatIsNotTheProtocolByItsFirstByte() {
        var refusal = assertThrows(
                MalformedException.class,
                () -> RelayReader.atUpstream().read(ByteBuffer.wrap("GET / HTTP/1.1".getBytes(US_ASCII))));
        assertTrue(refusal.getMessage().contains("expected the opening of a relay link"));
        assertThrows(
                MalformedException.class, () -> RelayReader.atUpstream().read(ByteBuffer.wrap(new byte[] {'H', 'x'})));
    }

    @Test
    void anUpstreamTakesNoFrames() throws Exception {
        RelayReader reader = RelayReader.atUpstream();
        reader.read(ByteBuffer.wrap(RelayWriter.write(opening(1, 1))));
        assertThrows(MalformedException.class, () -> reader.read(ByteBuffer.wrap(new byte[] {0, 0, 0, 22, 7})));
    }

    @Test
    void skipsMessagesOfUnknownTypeWithoutKeepingThem() throws Exception {
        RelayReader reader = RelayReader.atDownstream(MAX_FRAME);
        ByteBuffer bytes = ByteBuffer.allocate(5 + 100_000 + 13);
        bytes.putInt(100_000).put((byte) 99).position(5 + 100_000);
        bytes.put(RelayWriter.write(new RelayMessage.Echo(3))).flip();
        assertEquals(new RelayMessage.Unknown(99), reader.read(bytes));
        assertEquals(new RelayMessage.Echo(3), reader.read(bytes));
    }

    @Test
    void aPayloadIsAViewOfWhatWasReadOnce() throws Exception {
        Frame frame = frame(new byte[100_000], List.of());
        RelayReader reader = RelayReader.atDownstream(MAX_FRAME);
        var read = (RelayMessage.FrameOfTrack) reader.read(ByteBuffer.wrap(RelayWriter.frame(frame)));
        assertSame(reader.body().array(), read.payload().array());
        assertEquals(frame.payload(), read.payload());
    }

    @Test
    void theHeadOfAFrameAndItsPayloadAreTheFrame() {
        for (List<Extension> extensions : List.of(List.<Extension>of(), List.of(new Extension(7, hex("0102"))))) {
            Frame frame = frame(new byte[] {1, 2, 3}, extensions);
            ByteArrayOutputStream pieces = new ByteArrayOutputStream();
            pieces.writeBytes(RelayWriter.frameHead(frame));
            pieces.writeBytes(frame.payload().toByteArray());
            assertEquals(Bytes.of(RelayWriter.frame(frame)), Bytes.of(pieces.toByteArray()));
        }
    }

    @Test
    void aClaimedLengthCostsNoMemoryBeforeItsBytesArrive() throws Exception {
        int claimed = 1 << 30;
        List<RelayReader> readers = new ArrayList<>();
        for (int i = 0; i < 100; i++) { // 100 GiB if it were believed
            RelayReader reader = RelayReader.atDownstream(claimed);
            assertNull(reader.read(
                    ByteBuffer.allocate(5).putInt(claimed).put((byte) 7).flip()));
            readers.add(reader);
        }
        assertEquals(100, readers.size());
    }

    @Test
    void longTextIsCutBetweenCharacters() throws Exception {
        var end = (RelayMessage.End) RelayReader.atDownstream(MAX_FRAME)
                .read(ByteBuffer.wrap(RelayWriter.write(new RelayMessage.End(1, "a" + "é".repeat(300)))));
        assertEquals("a" + "é".repeat(255), end.text());
        var lines = (RelayMessage.End) RelayReader.atDownstream(MAX_FRAME)
                .read(ByteBuffer.wrap(RelayWriter.write(new RelayMessage.End(1, "one\ntwo"))));
        assertEquals("one?two", lines.text());
    }

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(200).boxed();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void messagesInARowComeBackHoweverTheyAreCut(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        List<RelayMessage> sent = new ArrayList<>();
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        List<Row> rows = messages().toList();
        for (int i = 0; i < 20; i++) {
            RelayMessage message = random.nextInt(3) == 0
                    ? RelayMessage.FrameOfTrack.of(frame(randomBytes(random, random.nextInt(20_000)), List.of()))
                    : rows.get(random.nextInt(rows.size())).value();
            sent.add(message);
            wire.writeBytes(RelayWriter.write(message));
        }
        List<RelayMessage> read = new ArrayList<>();
        RelayReader reader = RelayReader.atDownstream(MAX_FRAME);
        ByteBuffer all = ByteBuffer.wrap(wire.toByteArray());
        while (all.hasRemaining()) {
            ByteBuffer piece = all.slice(all.position(), Math.min(all.remaining(), 1 + random.nextInt(3000)))
                    .asReadOnlyBuffer();
            all.position(all.position() + piece.remaining());
            for (RelayMessage message = reader.read(piece); message != null; message = reader.read(piece)) {
                read.add(message);
            }
        }
        assertEquals(sent, read);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomBytesAreReadOrRefusedAndNothingElse(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 50; round++) {
            byte[] bytes;
            if (random.nextBoolean()) { // a likely header in front of noise
                bytes = randomBytes(random, 5 + random.nextInt(200));
                ByteBuffer.wrap(bytes).putInt(random.nextInt(250)).put((byte) random.nextInt(14));
            } else { // one flipped byte in a good message
                List<Row> rows = messages().toList();
                bytes = hex(rows.get(random.nextInt(rows.size())).hex()).toByteArray();
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                RelayReader reader = RelayReader.atDownstream(1000);
                ByteBuffer in = ByteBuffer.wrap(bytes);
                for (RelayMessage message = reader.read(in); message != null; message = reader.read(in)) {
                    if (!(message instanceof RelayMessage.Unknown)) {
                        RelayWriter.write(message); // what was read can be said again
                    }
                }
            } catch (MalformedException expected) {
                assertTrue(expected.getMessage().length() < 300, expected.getMessage());
            }
        }
    }

    private static RelayMessage.Opening opening(int lowest, int highest) {
        return new RelayMessage.Opening(lowest, highest, 0, hex(NONCE));
    }

    private static Frame frame(byte[] payload, List<Extension> extensions) {
        Track track = Track.video(io.headwater.media.Codec.H264, Bytes.EMPTY, 0, 0);
        return new Frame(1, 42, track, 1000, 2000, true, Bytes.of(payload), extensions);
    }

    private static byte[] randomBytes(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static Bytes hex(String hex) {
        return Bytes.of(HexFormat.of().parseHex(hex.replace(" ", "")));
    }
}
