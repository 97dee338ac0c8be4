package io.headwater.codec.flv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.DecoderConfig;
import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Frame;
import io.headwater.media.MediaKind;
import io.headwater.media.Track;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written for each codec, byte by byte, and that it is read back. */
class FlvBodiesTest {
    private static final Bytes CONFIG = Bytes.of(new byte[] {0x12, 0x10});
    private static final Bytes PAYLOAD = Bytes.of(new byte[] {(byte) 0xc0, (byte) 0xde});

    /** @param config the sequence header's body in hex, empty for none */
    record Row(String name, Codec codec, boolean key, int offsetMs, String config, String frame) {
        @Override
        public String toString() {
            return name;
        }

        Track track() {
            Bytes bytes = codec.configured() ? CONFIG : Bytes.EMPTY;
            return codec == Codec.MP3 ? Track.audio(codec, bytes, 0, 0) : DecoderConfig.track(codec, bytes);
        }

        Frame value() {
            return new Frame(1, 0, track(), 40_000, 40_000 + offsetMs * 1000L, key, PAYLOAD);
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                new Row("avc keyframe", Codec.H264, true, 0, "17 00 000000 1210", "17 01 000000 c0de"),
                new Row("avc with offset", Codec.H264, false, 0x0102_03, "17 00 000000 1210", "27 01 010203 c0de"),
                new Row("hevc keyframe", Codec.HEVC, true, 0, "90 68766331 1210", "93 68766331 c0de"),
                new Row("hevc with offset", Codec.HEVC, false, 80, "90 68766331 1210", "a1 68766331 000050 c0de"),
                new Row("av1", Codec.AV1, true, 0, "90 61763031 1210", "91 61763031 c0de"),
                new Row("vp9", Codec.VP9, false, 0, "90 76703039 1210", "a1 76703039 c0de"),
                new Row("aac", Codec.AAC, true, 0, "af 00 1210", "af 01 c0de"),
                new Row("mp3", Codec.MP3, true, 0, "", "2f c0de"),
                new Row("opus", Codec.OPUS, true, 0, "90 4f707573 1210", "91 4f707573 c0de"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void areWrittenAsTheSpecificationSays(Row row) {
        assertEquals(
                row.config(),
                FlvMuxer.config(row.track())
                        .map(body -> spaced(row.config(), body))
                        .orElse(""));
        FlvBody body = FlvMuxer.frame(row.value()).orElseThrow();
        assertEquals(row.codec().kind() == MediaKind.VIDEO ? FlvTag.VIDEO : FlvTag.AUDIO, body.tagType());
        assertEquals(row.frame(), spaced(row.frame(), body));
        assertEquals(plain(row.frame()).length() / 2, body.length());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void areReadBack(Row row) throws MalformedException {
        Heard heard = new Heard();
        int type = row.codec().kind() == MediaKind.VIDEO ? FlvTag.VIDEO : FlvTag.AUDIO;
        if (!row.config().isEmpty()) {
            heard.tag(type, 40, row.config());
        }
        heard.tag(type, 40, row.frame());
        assertEquals(1, heard.frames.size());
        assertEquals(row.value(), heard.last());
        assertTrue(heard.dropped.isEmpty(), heard.dropped.toString());
    }

    /** A body cut anywhere is malformed, says nothing, or gives a shorter payload; it never throws anything else. */
    @ParameterizedTest
    @MethodSource("rows")
    void areReadOrRefusedAtEveryCut(Row row) throws MalformedException {
        int type = row.codec().kind() == MediaKind.VIDEO ? FlvTag.VIDEO : FlvTag.AUDIO;
        String frame = plain(row.frame());
        int head = frame.length() / 2 - PAYLOAD.length();
        for (int cut = 0; cut < frame.length() / 2; cut++) {
            Heard heard = new Heard();
            if (!row.config().isEmpty()) {
                heard.tag(type, 40, row.config());
            }
            String bytes = frame.substring(0, cut * 2);
            if (cut == 0 || cut == head) {
                heard.tag(type, 40, bytes);
                assertEquals(1, heard.dropped.size(), bytes);
                assertTrue(heard.dropped.get(0).startsWith("EMPTY"), heard.dropped.toString());
            } else if (cut < head) {
                MalformedException refused =
                        assertThrows(MalformedException.class, () -> heard.tag(type, 40, bytes), bytes);
                assertTrue(
                        refused.getMessage().contains("tag of " + cut + " bytes ends inside its ")
                                || row.offsetMs() != 0,
                        refused.getMessage());
            } else {
                heard.tag(type, 40, bytes);
                assertEquals(PAYLOAD.slice(0, cut - head), heard.last().payload());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "44100, 2, 2f",
        "44100, 1, 2e",
        "48000, 2, 2f",
        "22050, 1, 2a",
        "11025, 2, 27",
        "8000, 1, e2",
        "8000, 2, e3",
    })
    void mp3HeadersSayTheNearestRate(int sampleRate, int channels, String expected) {
        Track track = Track.audio(Codec.MP3, Bytes.EMPTY, sampleRate, channels);
        FlvBody body =
                FlvMuxer.frame(new Frame(1, 0, track, 0, 0, true, PAYLOAD)).orElseThrow();
        assertEquals(expected, HexFormat.of().formatHex(body.head().toByteArray()));
    }

    @ParameterizedTest
    @CsvSource({"8388607, 27017fffff", "8388608, 27017fffff", "-1, 2701000000"})
    void offsetsStayInsideTwentyFourBits(long offsetMs, String expected) {
        Track track = DecoderConfig.track(Codec.H264, CONFIG);
        Frame frame = new Frame(1, 0, track, 0, offsetMs * 1000, false, PAYLOAD);
        FlvBody body = FlvMuxer.frame(frame).orElseThrow();
        assertEquals(expected, HexFormat.of().formatHex(body.head().toByteArray()));
    }

    private static String plain(String hex) {
        return hex.replace(" ", "");
    }

    /** The body in hex, with spaces where {@code like} has them, so that a difference reads well. */
    private static String spaced(String like, FlvBody body) {
        HexFormat hex = HexFormat.of();
        String text = hex.formatHex(body.head().toByteArray())
                + hex.formatHex(body.payload().toByteArray());
        return text.equals(plain(like)) ? like : text;
    }
}
