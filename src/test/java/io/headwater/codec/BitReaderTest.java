package io.headwater.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.headwater.media.Bytes;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class BitReaderTest {
    @Test
    void readsFieldsAcrossBytes() throws MalformedException {
        BitReader in = reader("a5f0ff");
        assertEquals(0b101, in.u(3));
        assertEquals(0b00101_1111, in.u(9));
        assertEquals(0, in.bits(0));
        assertEquals(0x0ff, in.u(12));
        assertEquals(0, in.remaining());
    }

    @Test
    void readsThirtyTwoBitsUnsigned() throws MalformedException {
        assertEquals(0xffff_fffeL, reader("fffffffe").bits(32));
    }

    /** The first codes of table 9-2: 1, 010, 011, 00100, 00101. */
    @Test
    void readsExpGolombCodes() throws MalformedException {
        BitReader in = reader("a64280"); // 1 010 011 00100 0010 1
        for (int expected = 0; expected < 5; expected++) {
            assertEquals(expected, in.ue());
        }
        BitReader signed = reader("a64280");
        assertEquals(0, signed.se());
        assertEquals(1, signed.se());
        assertEquals(-1, signed.se());
        assertEquals(2, signed.se());
        assertEquals(-2, signed.se());
    }

    @Test
    void takesEmulationPreventionOutOfNalUnits() throws MalformedException {
        BitReader in = BitReader.ofNal("nal", hex("0000030000030103"));
        assertEquals(0, in.bits(32));
        assertEquals(0x0103, in.u(16));
        assertEquals(0, in.remaining());
    }

    @Test
    void refusesToReadBeyondTheEnd() throws MalformedException {
        BitReader in = reader("00");
        assertThrows(MalformedException.class, () -> in.bits(9));
        assertThrows(MalformedException.class, () -> in.skip(9));
        assertThrows(MalformedException.class, () -> reader("00").ue());
        assertThrows(
                MalformedException.class, () -> reader("0000000000ffffffffff").ue());
        in.skip(8);
    }

    @Test
    void namesTheFieldThatIsTooLarge() {
        MalformedException refused =
                assertThrows(MalformedException.class, () -> reader("00100000").ue(5, "width"));
        assertEquals("set: width is 2047, expected at most 5", refused.getMessage());
    }

    private static BitReader reader(String hex) {
        return new BitReader("set", hex(hex));
    }

    private static Bytes hex(String hex) {
        return Bytes.of(HexFormat.of().parseHex(hex));
    }
}
