package io.headwater.codec.flv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Track;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FlvDemuxerTest {
    private static final String AVC_CONFIG = "17 00 000000 0164001f";
    private static final String AVC_KEY = "17 01 000000 0a";

    @Test
    void framesBeforeTheirConfigurationAreDroppedUntilItComes() throws MalformedException {
        Heard heard = new Heard().video(0, AVC_KEY).audio(0, "af 01 0b").video(40, "27 01 000000 0c");
        assertEquals("", heard.story());
        assertEquals(
                List.of("BEFORE_CONFIG H264 frame", "BEFORE_CONFIG AAC frame", "BEFORE_CONFIG H264 frame"),
                heard.dropped);
        heard.video(80, AVC_CONFIG).video(80, AVC_KEY).audio(90, "af 00 1210").audio(90, "af 01 0b");
        assertEquals("H264 80+0 key 0a\nAAC 90+0 key 0b\n", heard.story());
    }

    @Test
    void theSameConfigurationAgainKeepsTheTrackAndAnotherMakesANewOne() throws MalformedException {
        Heard heard = new Heard()
                .video(0, AVC_CONFIG)
                .video(0, AVC_KEY)
                .video(40, AVC_CONFIG)
                .video(40, AVC_KEY);
        assertSame(heard.frames.get(0).track(), heard.frames.get(1).track());
        heard.video(80, "17 00 000000 01640028").video(80, AVC_KEY);
        assertNotSame(heard.frames.get(0).track(), heard.last().track());
        assertEquals(Track.VIDEO, heard.last().track().id());
    }

    @Test
    void aCodecChangeNeedsItsOwnConfiguration() throws MalformedException {
        Heard heard = new Heard().video(0, AVC_CONFIG).video(0, AVC_KEY).video(40, "93 68766331 0a");
        assertEquals(List.of("BEFORE_CONFIG HEVC frame"), heard.dropped);
        heard.video(80, "90 68766331 01").video(80, "93 68766331 0a");
        assertEquals(Codec.HEVC, heard.last().track().codec());
    }

    @Test
    void anEmptyConfigurationOrFrameIsLeftOut() throws MalformedException {
        // libaom's first header is empty; the real one follows
        Heard heard = new Heard()
                .video(0, "90 61763031")
                .video(0, "90 61763031 81000c00")
                .video(0, "91 61763031 0a");
        heard.video(40, "91 61763031").video(40, "").audio(40, "").script(40, "");
        assertEquals("AV1 0+0 key 0a\n", heard.story());
        assertEquals(
                List.of(
                        "EMPTY AV1 configuration",
                        "EMPTY AV1 frame",
                        "EMPTY video tag",
                        "EMPTY audio tag",
                        "EMPTY script tag"),
                heard.dropped);
    }

    @Test
    void timestampsPassTheWrapInBothDirections() throws MalformedException {
        Heard heard = new Heard().audio(0xffff_ff00L, "af 00 1210");
        heard.audio(0xffff_fff0L, "af 01 01").audio(0x10, "af 01 02").audio(0xffff_fffeL, "af 01 03");
        heard.audio(0x20, "af 01 04").audio(0x1_0000_0030L, "af 01 05");
        assertEquals("""
                AAC 4294967280+0 key 01
                AAC 4294967312+0 key 02
                AAC 4294967294+0 key 03
                AAC 4294967328+0 key 04
                AAC 4294967344+0 key 05
                """, heard.story());
    }

    @Test
    void jumpsOfThePublishersClockArePassedOn() throws MalformedException {
        Heard heard = new Heard().audio(1000, "af 00 1210").audio(1000, "af 01 01");
        heard.audio(500_000, "af 01 02").audio(3, "af 01 03");
        assertEquals("AAC 1000+0 key 01\nAAC 500000+0 key 02\nAAC 3+0 key 03\n", heard.story());
    }

    @Test
    void metadataStampedZeroDoesNotDisturbTheTimeline() throws MalformedException {
        Heard heard = new Heard().audio(0xf000_0000L, "af 00 1210").audio(0xf000_0000L, "af 01 01");
        heard.script(0, ON_META_DATA + "05").audio(0xf000_0017L, "af 01 02");
        assertEquals(0xf000_0017L * 1000, heard.last().dtsUs());
    }

    @Test
    void negativeOffsetsShiftAllPresentationTimesAlike() throws MalformedException {
        Heard heard = new Heard().video(0, AVC_CONFIG).video(0, "17 01 000000 01");
        heard.video(40, "27 01 ffffb0 02").video(80, "27 01 ffffd8 03").video(120, "27 01 000000 04");
        heard.video(160, "27 01 000028 05");
        // the largest is -80 ms: 0 until it is seen, then everything is 80 ms later
        assertEquals("H264 0+0 key 01\nH264 40+0 02\nH264 80+40 03\nH264 120+80 04\nH264 160+120 05\n", heard.story());
    }

    @Test
    void anAbsurdNegativeOffsetDoesNotDelayTheStreamByHours() throws MalformedException {
        Heard heard =
                new Heard().video(0, AVC_CONFIG).video(0, "17 01 800000 01").video(40, "27 01 000000 02");
        assertEquals("H264 0+0 key 01\nH264 40+5000 02\n", heard.story());
    }

    private static final String ON_META_DATA = "02 000a 6f6e4d65746144617461 ";
    private static final String SET_DATA_FRAME = "02 000d 40736574446174614672616d65 ";

    @Test
    void metadataBecomesATrackAndOneEmptyFrame() throws MalformedException {
        Heard heard = new Heard().script(0, SET_DATA_FRAME + ON_META_DATA + "08 00000000 000009");
        assertEquals("METADATA 0+0 key \n", heard.story());
        assertEquals(
                Track.metadata(Bytes.of(new byte[] {8, 0, 0, 0, 0, 0, 0, 9})),
                heard.last().track());
        heard.script(9, ON_META_DATA + "08 00000000 000009"); // nothing new
        assertEquals(1, heard.frames.size());
        heard.script(9, ON_META_DATA + "05");
        assertEquals(Track.metadata(Bytes.of(new byte[] {5})), heard.last().track());
        assertEquals(2, heard.frames.size());
    }

    @Test
    void otherDataMessagesAreFramesWithTheirName() throws MalformedException {
        String onText = "02 0006 6f6e54657874 05"; // onText
        Heard heard = new Heard().script(7, onText).script(8, SET_DATA_FRAME + onText);
        String payload = onText.replace(" ", "");
        assertEquals("SCRIPT 7+0 key " + payload + "\nSCRIPT 8+0 key " + payload + "\n", heard.story());
        assertSame(heard.frames.get(0).track(), heard.frames.get(1).track());
    }

    @Test
    void tooMuchMetadataIsNotKept() throws MalformedException {
        Heard heard = new Heard().script(0, ON_META_DATA + "00".repeat(ScriptDemuxer.MAX_METADATA + 1));
        assertEquals(List.of("TOO_LONG onMetaData"), heard.dropped);
        heard.script(0, ON_META_DATA + "00".repeat(ScriptDemuxer.MAX_METADATA));
        assertEquals(1, heard.frames.size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "9 | 22 00          | UNKNOWN video codec id 2",
                "9 | 57 00          | UNKNOWN video command",
                "9 | 17 03 000000   | UNKNOWN AVC packet type 3",
                "9 | 90 76703038 00 | UNKNOWN video codec 'vp08'",
                "9 | 90 00ff4142 00 | UNKNOWN video codec '??AB'",
                "9 | 95 68766331 00 | UNKNOWN video packet type 5",
                "9 | 96 40 68766331 | UNKNOWN multitrack type 4",
                "8 | b2 00          | UNKNOWN audio codec id 11",
                "8 | af 02 00       | UNKNOWN AAC packet type 2",
                "8 | 90 664c6143 00 | UNKNOWN audio codec 'fLaC'",
                "8 | 94 4f707573 01 | UNKNOWN audio packet type 4",
                "18 | 02 000f 40636c65617244617461 4672616d65 | UNKNOWN @clearDataFrame",
                "15 | 00            | UNKNOWN tag type 15",
            })
    void whatIsNotKnownIsDroppedOncePerTag(int type, String body, String expected) throws MalformedException {
        Heard heard = new Heard().tag(type, 0, body);
        assertEquals(List.of(expected), heard.dropped);
        assertEquals("", heard.story());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "9 | 17                  | video tag of 1 bytes ends inside its AVC packet type, expected at least 2",
                "9 | 17 01 0000          | video tag of 4 bytes ends inside its composition time, expected at least 5",
                "9 | 90 687663           | video tag of 4 bytes ends inside its FourCC, expected at least 5",
                "9 | 97 ff 0010 00       | video tag of 5 bytes ends inside its ModEx data, expected at least 21",
                "9 | 96 11 68766331 00 0000ff 00 | video tag of 11 bytes ends inside its track, expected at least 265",
                "8 | af                  | audio tag of 1 bytes ends inside its AAC packet type, expected at least 2",
                "18 | 02 0005 6f          | script tag of 4 bytes ends inside its name, expected at least 8",
                "18 | 05                  | script tag begins with AMF0 marker 5, expected a string (2 or 12)",
                "18 | 0c ffffffff         | script tag has a name of 4294967295 bytes",
            })
    void whatEndsTooEarlyIsMalformed(int type, String body, String expected) {
        MalformedException refused = assertThrows(MalformedException.class, () -> new Heard().tag(type, 0, body));
        assertEquals(expected, refused.getMessage());
    }

    @Test
    void hevcByCodecIdTwelveIsRead() throws MalformedException {
        Heard heard = new Heard()
                .video(0, "1c 00 000000 01")
                .video(0, "1c 01 000028 0a")
                .video(1, "2c 02");
        assertEquals("HEVC 0+40 key 0a\n", heard.story());
        assertTrue(heard.dropped.isEmpty());
    }

    @Test
    void enhancedFormsOfOldCodecsAreRead() throws MalformedException {
        Heard heard = new Heard()
                .video(0, "90 61766331 0164001f") // avc1
                .video(0, "91 61766331 000028 0a")
                .video(40, "a3 61766331 0b")
                .video(40, "a2 61766331")
                .audio(0, "90 6d703461 1210") // mp4a
                .audio(0, "91 6d703461 0c")
                .audio(23, "92 6d703461")
                .audio(23, "91 2e6d7033 fffb9064"); // .mp3
        assertEquals("H264 0+40 key 0a\nH264 40+0 0b\nAAC 0+0 key 0c\nMP3 23+0 key fffb9064\n", heard.story());
        assertTrue(heard.dropped.isEmpty(), heard.dropped.toString());
    }

    @Test
    void modExPrefixesAreSkipped() throws MalformedException {
        // three bytes of nanoseconds, then 256 bytes of something, then the packet
        Heard heard = new Heard().video(0, "97 02 0f4240 00 68766331 01");
        heard.video(0, "97 02 0f4240 07 ff 00ff" + "aa".repeat(256) + "03 68766331 0a");
        assertEquals("HEVC 0+0 key 0a\n", heard.story());
    }

    @Test
    void ofSeveralTracksTheFirstIsTaken() throws MalformedException {
        Heard heard = new Heard()
                .video(0, "96 00 68766331 00 01") // one track, its sequence start
                .video(0, "96 13 68766331 01 000001 bb 00 000002 0a0b") // many tracks, coded frames X
                .video(40, "96 23 61763031 02 000001 bb 68766331 00 000001 0c"); // many codecs
        assertEquals("HEVC 0+0 key 0a0b\nHEVC 40+0 key 0c\n", heard.story());
        assertEquals(List.of("EXTRA_TRACK track 1", "EXTRA_TRACK track 2"), heard.dropped);
        heard.audio(40, "95 01 4f707573 03 aa");
        assertEquals("EXTRA_TRACK track 3", heard.dropped.get(2));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomTagsAreReadOrRefusedAndNothingElse(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Heard heard = new Heard();
        int[] types = {8, 9, 18, 9, 8, 20};
        int[] heads = {0x17, 0x27, 0x1c, 0x90, 0x91, 0x93, 0x96, 0x97, 0xaf, 0x95, 0x2f, 0x02, 0x0c};
        int[] fourCcs = {FourCc.HVC1, FourCc.AV01, FourCc.OPUS, FourCc.AVC1, FourCc.MP4A};
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            byte[] body = new byte[random.nextInt(40)];
            random.nextBytes(body);
            if (body.length > 0) {
                body[0] = (byte) heads[random.nextInt(heads.length)];
            }
            if (body.length > 4 && random.nextBoolean()) {
                java.nio.ByteBuffer.wrap(body).putInt(1, fourCcs[random.nextInt(fourCcs.length)]);
            }
            try {
                heard.demuxer.tag(types[random.nextInt(types.length)], random.nextInt(), Bytes.of(body), heard);
            } catch (MalformedException expected) {
                refused++;
            }
        }
        assertTrue(refused + heard.dropped.size() + heard.frames.size() > 0);
        heard.frames.forEach(frame -> assertTrue(frame.ptsUs() >= frame.dtsUs(), frame.toString()));
    }

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(100).boxed();
    }
}
