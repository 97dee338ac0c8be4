package io.headwater.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.MediaKind;
import io.headwater.media.Track;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Configurations as encoders write them, and what decoders must hear of them. */
class DecoderConfigTest {
    private static final String AVC_160X90 =
            "0164000affe100196764000aacd9428df93011000003000100000300140f1225960100" + "0568ebecb22cfdf8f800";
    private static final String HEVC_160X90 = "0101600000009000000000001ef000fcfdf8f800000f03200001001840010c01ffff01"
            + "600000030090000003000003001e959809210001002a42010101600000030090000003000003001ea0142061f265959a4932bc"
            + "05a0200000030020000003014122000100074401c172b46240";

    @ParameterizedTest
    @CsvSource({
        // x264, high profile, cropped from 96 to 90 lines
        "H264, avc1.64000a, 160, 90, " + AVC_160X90,
        // constrained baseline 3.1, 1280x720, as WebRTC-born encoders write it
        "H264, avc1.42e01f, 1280, 720, 0142e01fffe1000c6742e01f8d8d402802dd8100" + "01000468ce3c80",
        "HEVC, hvc1.1.6.L30.90, 160, 90, " + HEVC_160X90,
        "AV1, av01.0.00M.08, 160, 90, 81000c000a0a00000003b4fd936be401",
        // without a sequence header, main profile level 5.1, 10 bit, high tier
        "AV1, av01.0.13H.10, 0, 0, 810dcc00",
        "VP9, vp09.00.10.08, 0, 0, 01000000000a820202020000",
    })
    void sayThePicture(Codec codec, String name, int width, int height, String config) {
        Track track = DecoderConfig.track(codec, hex(config));
        assertEquals(name, CodecString.of(track).orElse("none"));
        assertEquals(Track.video(codec, hex(config), width, height), track);
    }

    @ParameterizedTest
    @CsvSource({
        // x264 at a constant rate
        "H264, 25, 0164001effe1001a6764001eacd980a02ff9610000030001000003003283e2c5a401000568ebecb22c",
        // the same cut in the middle of its timing
        "H264, 0, 0164001effe100106764001eacd980a02ff961000003000100",
        // timing, and that it is not fixed
        "H264, 0, " + AVC_160X90,
        // no timing
        "H264, 0, 0142e01fffe1000c6742e01f8d8d402802dd8100" + "01000468ce3c80",
        "H264, 0, 00",
        "HEVC, 0, " + HEVC_160X90,
    })
    void aRateIsPromisedOrUnknown(Codec codec, double rate, String config) {
        assertEquals(rate, DecoderConfig.frameRate(DecoderConfig.track(codec, hex(config))));
    }

    @ParameterizedTest
    @CsvSource({
        "AAC, mp4a.40.2, 44100, 2, 1210",
        "AAC, mp4a.40.2, 48000, 6, 11b0",
        "AAC, mp4a.40.2, 48000, 8, 11b8",
        // escaped rate: 15, then 12345 in 24 bits
        "AAC, mp4a.40.2, 12345, 1, 1780181c88",
        // HE-AAC, core 22050, out 44100, explicit
        "AAC, mp4a.40.5, 44100, 2, 2b920800",
        // HE-AAC v2, core 22050 mono
        "AAC, mp4a.40.29, 44100, 2, eb8a0800",
        // HE-AAC, core 24000, backward-compatible
        "AAC, mp4a.40.2, 48000, 2, 131056e598",
        // the extension is there and says that it is not used
        "AAC, mp4a.40.2, 44100, 1, 120856e500",
        // channels in a program config element
        "AAC, mp4a.40.2, 44100, 0, 1200",
        "OPUS, opus, 48000, 2, 4f707573486561640102380180bb0000000000",
        "OPUS, opus, 48000, 1, 4f70757348656164010138010000000000000000",
    })
    void sayTheSound(Codec codec, String name, int sampleRate, int channels, String config) {
        Track track = DecoderConfig.track(codec, hex(config));
        assertEquals(name, CodecString.of(track).orElse("none"));
        assertEquals(Track.audio(codec, hex(config), sampleRate, channels), track);
    }

    @ParameterizedTest
    @CsvSource({
        "H264, 00", "H264, 0164000affe1ffff67", "H264, 0164000affe1000467640a00", "HEVC, 01", "AV1, 80000000",
        "AV1, 81000c000affff", "AAC, 12", "AAC, 1690", "OPUS, 4f7075734865616401",
                "OPUS, 4f707573486561640100380180bb0000000000",
    })
    void unreadableOnesGiveZerosAndKeepTheStream(Codec codec, String config) {
        Track track = DecoderConfig.track(codec, hex(config));
        assertEquals(codec, track.codec());
        assertEquals(hex(config), track.config());
        assertEquals(0, track.width() + track.height() + track.sampleRate() + track.channels());
    }

    @ParameterizedTest
    @CsvSource({
        "44100, 2, fffb9064",
        "48000, 1, fffb94c4",
        "22050, 2, fff38064",
        "24000, 1, fff384c0",
        "11025, 2, ffe38064",
        "8000, 2, ffe38864",
        "32000, 2, fffa9864",
    })
    void mp3FramesSayTheirSound(int sampleRate, int channels, String header) {
        Track track = DecoderConfig.mp3(null, hex(header));
        assertEquals(Track.audio(Codec.MP3, Bytes.EMPTY, sampleRate, channels), track);
        assertEquals("mp4a.40.34", CodecString.of(track).orElse("none"));
        assertSame(track, DecoderConfig.mp3(track, hex(header + "00")));
        assertSame(track, DecoderConfig.mp3(track, hex("0102030405")));
    }

    @Test
    void anMp3FrameOfAnotherRateMakesANewTrack() {
        Track first = DecoderConfig.mp3(null, hex("fffb9064"));
        assertEquals(48_000, DecoderConfig.mp3(first, hex("fffb94c4")).sampleRate());
    }

    @Test
    void dataTracksHaveNoCodecString() {
        assertTrue(CodecString.of(Track.metadata(hex("05"))).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomBytesNeverBreakIt(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[][] good = {
            HexFormat.of().parseHex(AVC_160X90),
            HexFormat.of().parseHex(HEVC_160X90),
            HexFormat.of().parseHex("81000c000a0a00000003b4fd936be401"),
            HexFormat.of().parseHex("131056e598")
        };
        byte[] bytes = good[random.nextInt(good.length)].clone();
        for (int flips = random.nextInt(8); flips >= 0; flips--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        Bytes config = Bytes.of(bytes, 0, random.nextInt(bytes.length + 1));
        for (Codec codec : Codec.values()) {
            Track track = DecoderConfig.track(codec, config);
            assertEquals(codec, track.codec());
            assertTrue(track.width() >= 0 && track.width() < 65_536, track.toString());
            assertTrue(track.sampleRate() >= 0 && track.channels() >= 0, track.toString());
            String name = CodecString.of(track).orElse("none");
            assertTrue(name.matches("[A-Za-z0-9.]+"), name);
            assertTrue(codec.kind() != MediaKind.DATA || name.equals("none"), name);
        }
    }

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(300).boxed();
    }

    private static Bytes hex(String hex) {
        return Bytes.of(HexFormat.of().parseHex(hex));
    }
}
