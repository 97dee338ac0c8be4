package io.headwater.codec.hls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import io.headwater.media.Extension;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkTest {
    private static final Mark MARK = new Mark(
            0x0102,
            3,
            true,
            4,
            5,
            1_800_000_000_123L,
            2,
            333,
            48_000,
            List.of(new TrackRef(0, 0xdeadbeef), new TrackRef(1, 7)));
    private static final String HEX = "01 0000000000000102 0003 00000004 00000005 000001a3185c507b 0002 014d"
            + " 000000000000bb80 02 00deadbeef 0100000007";

    @Test
    void isWrittenAndReadAsTheProtocolSays() throws MalformedException {
        Extension extension = MARK.toExtension();
        assertEquals(Mark.EXTENSION_TYPE, extension.type());
        assertEquals(
                HEX.replace(" ", ""), HexFormat.of().formatHex(extension.value().toByteArray()));
        Extension other = new Extension(77, Bytes.of(new byte[] {1}));
        assertEquals(Optional.of(MARK), Mark.of(List.of(other, extension)));
        assertEquals(Optional.empty(), Mark.of(List.of(other)));
    }

    @Test
    void bytesOfANewerVersionAreLeftAside() throws MalformedException {
        assertEquals(MARK, Mark.read(RandomStream.hex(HEX.replace(" ", "") + "c0de")));
    }

    @Test
    void isRefusedAtEveryCut() {
        Bytes whole = MARK.toExtension().value();
        for (int cut = 0; cut < whole.length(); cut++) {
            Bytes bytes = whole.slice(0, cut);
            MalformedException refused = assertThrows(MalformedException.class, () -> Mark.read(bytes));
            assertTrue(refused.getMessage().startsWith("HLS mark "), refused.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, ff, segment is -",
        "11, ff, discontinuity is -",
        "15, ff, init is -",
        "19, ff, program date-time is -",
        "28, 00, target duration is 0",
        "31, ff, audio time is -",
        "39, 00, number of tracks is 0",
        "39, 09, number of tracks is 9"
    })
    void saysWhichFieldIsOutOfRange(int at, String hex, String expected) {
        byte[] bytes = MARK.toExtension().value().toByteArray();
        bytes[at] = (byte) Integer.parseInt(hex, 16);
        MalformedException refused = assertThrows(MalformedException.class, () -> Mark.read(Bytes.of(bytes)));
        assertTrue(refused.getMessage().contains(expected), refused.getMessage());
    }

    @Test
    void randomBytesAreReadOrRefused() {
        SplittableRandom random = new SplittableRandom(Long.getLong("seed", 1));
        int read = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = MARK.toExtension().value().toByteArray();
            for (int j = random.nextInt(4); j >= 0; j--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                Mark mark = Mark.read(Bytes.of(bytes));
                assertEquals(mark, Mark.read(mark.toExtension().value()));
                read++;
            } catch (MalformedException refused) {
                assertTrue(refused.getMessage().startsWith("HLS mark"));
            }
        }
        assertTrue(read > 1000);
    }
}
