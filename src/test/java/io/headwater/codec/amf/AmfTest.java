package io.headwater.codec.amf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AmfTest {
    static Stream<Arguments> values() {
        return Stream.of(
                row("number", AmfValue.of(1), "00 3ff0000000000000"),
                row("negative number", AmfValue.of(-0.5), "00 bfe0000000000000"),
                row("true", AmfValue.of(true), "01 01"),
                row("false", AmfValue.of(false), "01 00"),
                row("string", AmfValue.of("live"), "02 0004 6c697665"),
                row("empty string", AmfValue.of(""), "02 0000"),
                row("string beyond ASCII", AmfValue.of("\u00e9"), "02 0002 c3a9"),
                row("null", AmfValue.Null.VALUE, "05"),
                row("undefined", AmfValue.Undefined.VALUE, "06"),
                row("reference", new AmfValue.Reference(2), "07 0002"),
                row("empty object", AmfValue.Obj.EMPTY, "03 0000 09"),
                row("object", AmfValue.Obj.EMPTY.with("app", "live"), "03 0003 617070 02 0004 6c697665 0000 09"),
                row(
                        "object with a member without a name",
                        AmfValue.Obj.EMPTY.with("", "x"),
                        "03 0000 02 0001 78 0000 09"),
                row(
                        "typed object",
                        new AmfValue.Obj("C", Map.of("a", AmfValue.of(true))),
                        "10 0001 43 0001 61 0101 0000 09"),
                row(
                        "array",
                        new AmfValue.EcmaArray(Map.of("a", AmfValue.of(false))),
                        "08 00000001 0001 61 0100 0000 09"),
                row(
                        "strict array",
                        new AmfValue.StrictArray(List.of(AmfValue.of("a"), AmfValue.Null.VALUE)),
                        "0a 00000002 02 0001 61 05"),
                row("date", new AmfValue.Date(0), "0b 0000000000000000 0000"),
                row("XML", new AmfValue.Xml("<a/>"), "0f 00000004 3c612f3e"));
    }

    static Stream<Arguments> onlyRead() {
        return Stream.of(
                row("unsupported", AmfValue.Undefined.VALUE, "0d"),
                row("long string of a short text", AmfValue.of("a"), "0c 00000001 61"),
                row(
                        "array whose count is wrong",
                        new AmfValue.EcmaArray(Map.of("a", AmfValue.of(false))),
                        "08 00000000 0001 61 0100 0000 09"),
                row("AMF3 undefined", AmfValue.Undefined.VALUE, "11 00"),
                row("AMF3 null", AmfValue.Null.VALUE, "11 01"),
                row("AMF3 false", AmfValue.of(false), "11 02"),
                row("AMF3 true", AmfValue.of(true), "11 03"),
                row("AMF3 integer of one byte", AmfValue.of(127), "11 04 7f"),
                row("AMF3 integer of two bytes", AmfValue.of(128), "11 04 8100"),
                row("AMF3 integer of four bytes", AmfValue.of(0x0fffffff), "11 04 bfffffff"),
                row("AMF3 negative integer", AmfValue.of(-1), "11 04 ffffffff"),
                row("AMF3 double", AmfValue.of(1), "11 05 3ff0000000000000"),
                row("AMF3 string", AmfValue.of("live"), "11 06 09 6c697665"),
                row("AMF3 XML", new AmfValue.Xml("<a/>"), "11 0b 09 3c612f3e"),
                row("AMF3 date", new AmfValue.Date(0), "11 08 01 0000000000000000"),
                row("AMF3 list", new AmfValue.StrictArray(List.of(AmfValue.of(true))), "11 09 03 01 03"),
                row(
                        "AMF3 array with a name",
                        new AmfValue.EcmaArray(Map.of("a", AmfValue.Null.VALUE)),
                        "11 09 01 03 61 01 01"),
                row("AMF3 dynamic object", AmfValue.Obj.EMPTY.with("a", "a"), "11 0a 0b 01 03 61 06 00 01"),
                row(
                        "AMF3 sealed object",
                        new AmfValue.Obj("C", Map.of("a", AmfValue.of(true))),
                        "11 0a 13 03 43 03 61 03"));
    }

    static Arguments row(String name, AmfValue value, String hex) {
        return Arguments.of(name, value, hex.replace(" ", ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("values")
    void isWrittenAsTheTableSays(String name, AmfValue value, String hex) {
        assertEquals(hex, HexFormat.of().formatHex(Amf0Writer.encode(value).toByteArray()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"values", "onlyRead"})
    void isReadAsTheTableSays(String name, AmfValue value, String hex) throws MalformedException {
        assertEquals(List.of(value), Amf0Reader.readAll(bytes(hex)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"values", "onlyRead"})
    void isRefusedAtEveryCut(String name, AmfValue value, String hex) {
        Bytes whole = bytes(hex);
        for (int length = 1; length < whole.length(); length++) {
            Bytes cut = whole.slice(0, length);
            assertThrows(MalformedException.class, () -> Amf0Reader.readAll(cut), () -> cut.toString());
        }
    }

    @Test
    void textsBeyondTheShortFormAreWrittenInTheLongOne() throws MalformedException {
        AmfValue text = AmfValue.of("x".repeat(70_000));
        Bytes written = Amf0Writer.encode(text);
        assertEquals(12, written.unsignedAt(0));
        assertEquals(List.of(text), Amf0Reader.readAll(written));
    }

    @Test
    void aReaderStopsAfterEachValue() throws MalformedException {
        Amf0Reader reader = new Amf0Reader(Amf0Writer.encode(AmfValue.of("name"), AmfValue.of(7)));
        assertEquals(AmfValue.of("name"), reader.read());
        assertEquals(7, reader.position());
        assertTrue(reader.hasMore());
    }

    @Test
    void markersNobodyMayUseAreRefusedByTheirNumber() {
        assertRefused("type marker at byte 0 is 4", bytes("04"));
        assertRefused("type marker at byte 0 is 255", bytes("ff"));
        assertRefused("AMF3 type marker at byte 1 is 12", bytes("110c"));
        assertRefused("externalizable", bytes("110a0701"));
        assertRefused("AMF3 string reference is 3, expected below 0", bytes("110606"));
        assertRefused("AMF3 traits reference is 1, expected below 0", bytes("110a05"));
    }

    @Test
    void valuesInsideValuesEndAtTheLimit() throws MalformedException {
        assertEquals(1, Amf0Reader.readAll(nested(AmfLimits.DEFAULTS.depth())).size());
        assertRefused("AMF depth is 17, expected at most 16", nested(AmfLimits.DEFAULTS.depth() + 1));
        assertRefused("AMF depth is 17, expected at most 16", nested(100_000));
        assertRefused("AMF depth is 17, expected at most 16", bytes("11" + "090301".repeat(100_000)));
    }

    @Test
    void manyValuesEndAtTheLimit() {
        assertRefused("number of values is 20001", bytes("05".repeat(20_001)));
        assertRefused("number of values is 4294967296", bytes("0affffffff05"));
        assertRefused("AMF elements at byte 5 needs 300 bytes", bytes("0a0000012c05"));
        assertRefused("number of values", bytes("03" + "00016105".repeat(30_000) + "000009"));
    }

    @Test
    void longTextsEndAtTheLimit() {
        assertRefused("text length is 4294967295, expected at most 262144", bytes("0cffffffff"));
        assertRefused("AMF string at byte 3 needs 65535 bytes, the message has 1 left", bytes("02ffff00"));
    }

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(500).boxed();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomBytesAreReadOrRefused(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] noise = new byte[random.nextInt(1, 200)];
        for (int i = 0; i < noise.length; i++) {
            // mostly markers and small numbers, so that many get past the first byte
            noise[i] = (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : random.nextInt(18));
        }
        try {
            List<AmfValue> read = Amf0Reader.readAll(Bytes.of(noise));
            assertEquals(read, Amf0Reader.readAll(Amf0Writer.encode(read)));
        } catch (MalformedException refused) {
            assertTrue(refused.getMessage().startsWith("AMF"), refused.getMessage());
        }
    }

    private static void assertRefused(String expected, Bytes bytes) {
        String message = assertThrows(MalformedException.class, () -> Amf0Reader.readAll(bytes))
                .getMessage();
        assertTrue(message.contains(expected), message);
    }

    private static Bytes nested(int depth) {
        List<String> parts = new ArrayList<>();
        parts.add("0a00000001".repeat(depth - 1));
        parts.add("05");
        return bytes(String.join("", parts));
    }

    private static Bytes bytes(String hex) {
        return Bytes.of(HexFormat.of().parseHex(hex));
    }
}
