package io.headwater.codec.rtmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChunkReaderTest {
    private static final RtmpLimits SMALL = new RtmpLimits(1_000, 1_500, 4);

    static Stream<Arguments> streams() {
        String body200 = "ab".repeat(200);
        return Stream.of(
                row("type 0", "04 000010 000003 08 01000000 aabbcc", "8/1@16 aabbcc"),
                row("type 0 without a body", "04 000010 000000 08 01000000", "8/1@16 "),
                row(
                        "types 1, 2 and 3 take what they leave out from before",
                        "04 000010 000001 08 01000000 aa 44 000005 000002 09 bbbb 84 000007 cccc c4 dddd",
                        "8/1@16 aa",
                        "9/1@21 bbbb",
                        "9/1@28 cccc",
                        "9/1@35 dddd"),
                row(
                        "type 3 after type 0 repeats the time as a step",
                        "04 000028 000001 08 01000000 aa c4 bb",
                        "8/1@40 aa",
                        "8/1@80 bb"),
                row(
                        "type 3 after type 0 with a time that is no step",
                        "04 0f4240 000001 08 01000000 aa c4 bb",
                        "8/1@1000000 aa",
                        "8/1@1000000 bb"),
                row("chunk stream id of two bytes", "00 03 000010 000001 08 01000000 aa", "8/1@16 aa"),
                row("chunk stream id of three bytes", "01 0301 000010 000001 08 01000000 aa", "8/1@16 aa"),
                row("librtmp begins with type 1", "42 000000 000006 04 000300000000", "4/0@0 000300000000"),
                row(
                        "two chunks of the default size",
                        "06 000000 0000c8 09 01000000" + "ab".repeat(128) + "c6" + "ab".repeat(72),
                        "9/1@0 " + body200),
                row(
                        "interleaved messages",
                        "06 000000 0000c8 09 01000000" + "ab".repeat(128) + "04 000001 000001 08 01000000 aa c6"
                                + "ab".repeat(72),
                        "8/1@1 aa",
                        "9/1@0 " + body200),
                row(
                        "a new chunk size between the chunks of a message",
                        "06 000000 0000c8 09 01000000" + "ab".repeat(128) + "02 000000 000004 01 00000000 00000040 c6"
                                + "ab".repeat(64) + "c6" + "ab".repeat(8),
                        "9/1@0 " + body200),
                row(
                        "an aborted message is forgotten",
                        "06 000000 0000c8 09 01000000" + "ab".repeat(128)
                                + "02 000000 000004 02 00000000 00000006 46 000001 000001 09 cc",
                        "9/1@1 cc"),
                row(
                        "a message that begins anew before its end",
                        "06 000000 0000c8 09 01000000" + "ab".repeat(128) + "06 000001 000001 09 01000000 cc",
                        "9/1@1 cc"),
                row(
                        "extended timestamp, repeated in the second chunk",
                        "06 ffffff 0000c8 09 01000000 01000000" + "ab".repeat(128) + "c6 01000000" + "ab".repeat(72),
                        "9/1@16777216 " + body200),
                row(
                        "extended timestamp, left out of the second chunk",
                        "06 ffffff 0000c8 09 01000000 01000000" + "ab".repeat(128) + "c6" + "ab".repeat(72),
                        "9/1@16777216 " + body200),
                row(
                        "extended timestamp, left out before bytes that begin like it and end early",
                        "06 ffffff 000082 09 01000000 01000000" + "ab".repeat(128) + "c6 0100 86 000001 aa"
                                + "ab".repeat(127) + "c6 abab",
                        "9/1@16777216 " + "ab".repeat(128) + "0100",
                        "9/1@16777217 aa" + "ab".repeat(129)),
                row(
                        "extended step, with the time repeated instead of the step",
                        "06 000001 000001 09 01000000 aa 46 ffffff 0000c8 09 01000000" + "ab".repeat(128)
                                + "c6 01000001" + "ab".repeat(72),
                        "9/1@1 aa",
                        "9/1@16777217 " + body200),
                row("0xffffff itself is extended", "04 ffffff 000001 08 01000000 00ffffff aa", "8/1@16777215 aa"),
                row(
                        "times wrap at 2^32",
                        "04 ffffff 000001 08 01000000 fffffff0 aa 84 000020 bb",
                        "8/1@4294967280 aa",
                        "8/1@16 bb"));
    }

    static Arguments row(String name, String hex, String... messages) {
        return Arguments.of(name, HexFormat.of().parseHex(hex.replace(" ", "")), List.of(messages));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void readsWhatTheTableSays(String name, byte[] bytes, List<String> messages) throws MalformedException {
        assertEquals(messages, read(RtmpLimits.DEFAULTS, bytes.length, bytes));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void readsTheSameAtEveryCut(String name, byte[] bytes, List<String> messages) throws MalformedException {
        assertEquals(messages, read(RtmpLimits.DEFAULTS, 1, bytes));
        for (int cut = 1; cut < bytes.length; cut++) {
            ChunkReader reader = new ChunkReader(RtmpLimits.DEFAULTS);
            List<String> read = new ArrayList<>();
            reader.read(ByteBuffer.wrap(bytes, 0, cut), message -> read.add(shown(message)));
            reader.read(ByteBuffer.wrap(bytes, cut, bytes.length - cut), message -> read.add(shown(message)));
            assertEquals(messages, read, "cut at " + cut);
            assertEquals(bytes.length, reader.bytesRead());
        }
    }

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(300).boxed();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void readsWhatTheWriterWrites(long seed) throws MalformedException {
        SplittableRandom random = new SplittableRandom(seed);
        ChunkWriter writer = new ChunkWriter();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<String> sent = new ArrayList<>();
        long time = random.nextInt(3) == 0 ? random.nextLong(1L << 32) : random.nextLong(100);
        for (int i = 0; i < 40; i++) {
            if (random.nextInt(10) == 0) {
                int size = random.nextInt(1, 5_000);
                bytes.writeBytes(writer.write(new ControlMessage.SetChunkSize(size).toMessage())
                        .toByteArray());
            }
            time = time + random.nextLong(random.nextInt(8) == 0 ? 1L << 25 : 100) & 0xffffffffL;
            int[] types = {8, 9, 18, 20, 4};
            RtmpMessage message = new RtmpMessage(
                    types[random.nextInt(types.length)], random.nextInt(2), time, noise(random, random.nextInt(3_000)));
            sent.add(shown(message));
            bytes.writeBytes(writer.write(message).toByteArray());
        }
        assertEquals(sent, read(RtmpLimits.DEFAULTS, random.nextInt(1, 5_000), bytes.toByteArray()));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomBytesAreReadOrRefusedInBoundedMemory(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] noise = noise(random, 5_000).toByteArray();
        try {
            read(SMALL, 97, noise);
        } catch (MalformedException refused) {
            assertTrue(refused.getMessage().contains("expected")
                    || refused.getMessage().contains("more than"));
        }
    }

    @Test
    void refusesWhatIsTooMuchAndNamesIt() {
        refused("message length is 1001 (type 9), expected at most 1000", "06 000000 0003e9 09 01000000");
        refused("chunk size is 0, expected 1 to 16777215", "02 000000 000004 01 00000000 00000000");
        refused("chunk size is 2147483648", "02 000000 000004 01 00000000 80000000");
        refused("chunk size has 2 bytes, expected at least 4", "02 000000 000002 01 00000000 0000");
        refused("chunk stream 6 starts with a header of type 3, expected type 0", "c6");
        refused("chunk stream 6 starts with a header of type 2, expected type 0", "86 000000");
        refused(
                "more than 4 chunk streams",
                "03 000000 000000 08 00000000 04 000000 000000 08 00000000 05 000000 000000 08 00000000 "
                        + "06 000000 000000 08 00000000 07 000000 000000 08 00000000");
        refused(
                "messages begun and not ended hold 2000 bytes, expected at most 1500",
                "03 000000 0003e8 08 00000000" + "00".repeat(128) + "04 000000 0003e8 08 00000000");
    }

    @Test
    void anAnnouncedLengthIsNotAllocatedBeforeTheBytesCome() throws MalformedException {
        RtmpLimits limits = new RtmpLimits(16 << 20, 300_000, 64);
        ChunkReader reader = new ChunkReader(limits);
        byte[] header = HexFormat.of().parseHex("060000007fffff0901000000aa");
        reader.read(ByteBuffer.wrap(header), message -> {}); // would be refused if it held 8 MiB
        assertEquals(header.length, reader.bytesRead());
    }

    private static void refused(String expected, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        String message = assertThrows(MalformedException.class, () -> read(SMALL, 1, bytes))
                .getMessage();
        assertTrue(message.contains(expected), message);
    }

    private static List<String> read(RtmpLimits limits, int step, byte[] bytes) throws MalformedException {
        ChunkReader reader = new ChunkReader(limits);
        List<String> read = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += step) {
            int count = Math.min(step, bytes.length - at);
            reader.read(ByteBuffer.wrap(bytes, at, count), message -> read.add(shown(message)));
        }
        return read;
    }

    private static String shown(RtmpMessage message) {
        return message.type() + "/" + message.streamId() + "@" + message.timestamp() + " "
                + HexFormat.of().formatHex(message.body().toByteArray());
    }

    private static Bytes noise(SplittableRandom random, int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return Bytes.of(noise);
    }
}
