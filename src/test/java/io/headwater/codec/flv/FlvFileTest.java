package io.headwater.codec.flv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Frame;
import io.headwater.media.Track;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole files: what is written, what FFmpeg wrote, and every way it can arrive in pieces. */
class FlvFileTest {
    private static final int MAX_BODY = 1 << 20;

    @Test
    void headerAndTagAreWrittenAsTheSpecificationSays() {
        ByteBuffer out = ByteBuffer.allocate(64);
        FlvFile.writeHeader(true, false, out);
        FlvBody body = new FlvBody(
                FlvTag.AUDIO, Bytes.of(new byte[] {(byte) 0xaf, 1}), Bytes.of(new byte[] {9, 0x0a, 0x0b}, 1, 2));
        FlvFile.writeTag(body, 0x1_1234_5678L, out);
        assertEquals(FlvFile.HEADER_LENGTH + FlvFile.tagLength(body), out.position());
        assertEquals(
                "464c5601 04 00000009 00000000 08 000004 345678 12 000000 af010a0b 0000000f".replace(" ", ""),
                HexFormat.of().formatHex(out.array(), 0, out.position()));
    }

    @ParameterizedTest
    @CsvSource({"true, true, 5", "false, true, 1", "false, false, 0"})
    void headerFlagsSayWhatPlayersWillGet(boolean audio, boolean video, int flags) {
        ByteBuffer out = ByteBuffer.allocate(FlvFile.HEADER_LENGTH);
        FlvFile.writeHeader(audio, video, out);
        assertEquals(flags, out.get(4));
    }

    @Test
    void aBodyThatATagCannotSayIsABug() {
        FlvBody body = new FlvBody(FlvTag.VIDEO, Bytes.EMPTY, Bytes.of(new byte[FlvFile.MAX_BODY + 1]));
        assertThrows(IllegalArgumentException.class, () -> FlvFile.writeTag(body, 0, ByteBuffer.allocate(8)));
    }

    @ParameterizedTest
    @CsvSource({
        "h264-aac, H264 20 2 10991 160x90 AAC 88 88 5985 44100/1",
        "hevc-opus, HEVC 20 2 12026 160x90 OPUS 101 101 7490 48000/1",
        "av1, AV1 10 1 4681 160x90",
        "vp9, VP9 10 1 6165 0x0",
        "mp3, MP3 40 40 4180 44100/1"
    })
    void filesOfFfmpegGiveTheFramesThatFfprobeCounts(String file, String expected)
            throws IOException, MalformedException {
        Heard heard = demuxed(tags(fixture(file)));
        List<String> found = new ArrayList<>();
        for (Codec codec : Codec.values()) {
            List<Frame> frames = heard.frames.stream()
                    .filter(f -> f.track().codec() == codec)
                    .toList();
            if (!frames.isEmpty() && codec != Codec.METADATA) {
                Track track = frames.get(0).track();
                String shape = track.sampleRate() > 0
                        ? track.sampleRate() + "/" + track.channels()
                        : track.width() + "x" + track.height();
                found.add(codec + " " + frames.size() + " "
                        + frames.stream().filter(Frame::keyframe).count() + " "
                        + frames.stream().mapToInt(f -> f.payload().length()).sum() + " " + shape);
            }
        }
        assertEquals(expected, String.join(" ", found));
    }

    @Test
    void bFramesOfFfmpegKeepTheirOffsets() throws IOException, MalformedException {
        Heard heard = demuxed(tags(fixture("h264-aac")));
        assertEquals(
                "0+200 100+400 200+100 300+100 400+400",
                heard.frames.stream()
                        .filter(f -> f.track().codec() == Codec.H264)
                        .limit(5)
                        .map(f -> f.dtsUs() / 1000 + "+" + (f.ptsUs() - f.dtsUs()) / 1000)
                        .collect(Collectors.joining(" ")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"h264-aac", "hevc-opus", "av1", "vp9", "mp3"})
    void whatIsMuxedAgainIsTheSameStream(String file) throws IOException, MalformedException {
        Heard heard = demuxed(tags(fixture(file)));
        Heard again = demuxed(tags(muxed(heard.frames)));
        assertEquals(heard.frames, again.frames);
        assertTrue(again.dropped.isEmpty(), again.dropped.toString());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomStreamsAreReadBack(long seed) throws MalformedException {
        List<Frame> frames = randomStream(new SplittableRandom(seed));
        Heard again = demuxed(tags(muxed(frames)));
        assertEquals(frames, again.frames);
    }

    @Test
    void everyCutGivesTheSameTags() throws MalformedException {
        byte[] file = muxed(randomStream(new SplittableRandom(7)).subList(0, 12));
        List<FlvTag> whole = tags(file);
        for (int cut = 0; cut <= file.length; cut++) {
            FlvReader reader = new FlvReader(MAX_BODY);
            List<FlvTag> found = new ArrayList<>();
            drain(reader, ByteBuffer.wrap(file, 0, cut), found);
            assertTrue(found.size() <= whole.size());
            drain(reader, ByteBuffer.wrap(file, cut, file.length - cut), found);
            assertEquals(whole, found, "cut at " + cut);
        }
        FlvReader bytewise = new FlvReader(MAX_BODY);
        List<FlvTag> found = new ArrayList<>();
        for (int i = 0; i < file.length; i++) {
            drain(bytewise, ByteBuffer.wrap(file, i, 1), found);
        }
        assertEquals(whole, found);
    }

    @Test
    void aLongerHeaderIsSkipped() throws MalformedException {
        assertEquals(
                List.of(new FlvTag(8, 0x0100_0002L, Bytes.EMPTY)),
                tags(HexFormat.of()
                        .parseHex("464c5601040000000b" + "ffff" + "00000000" + "08000000000002" + "01000000")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "474c56010500000009 | not FLV: does not begin with 'FLV'",
                "464c56020500000009 | FLV header says version 2, length 9, expected version 1, length 9",
                "464c56010500000008 | FLV header says version 1, length 8, expected version 1, length 9",
                "464c560105ffffffff | FLV header says version 1, length 4294967295, expected version 1, length 9",
                "464c56010500000009 00000000 29000000 00000000 000000 | FLV tag is encrypted, expected a plain one",
                "464c56010500000009 00000000 09100001 00000000 000000 | "
                        + "FLV tag body is 1048577 bytes, expected at most 1048576",
            })
    void whatIsNotFlvIsMalformed(String hex, String expected) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        MalformedException refused = assertThrows(MalformedException.class, () -> tags(bytes));
        assertEquals(expected, refused.getMessage());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void brokenFilesAreReadOrRefusedAndNothingElse(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] file = fixture("h264-aac");
        for (int i = 0; i < 20; i++) {
            file[random.nextInt(file.length)] = (byte) random.nextInt(256);
        }
        Heard heard = new Heard();
        boolean refused = false;
        try {
            for (FlvTag tag : tags(file)) {
                heard.demuxer.tag(tag.type(), tag.timestampMs(), tag.body(), heard);
            }
        } catch (MalformedException expected) {
            refused = true;
        }
        assertTrue(refused || !heard.frames.isEmpty());
    }

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(50).boxed();
    }

    private static List<Frame> randomStream(SplittableRandom random) {
        Heard heard = new Heard();
        Codec[] video = {Codec.H264, Codec.HEVC, Codec.AV1, Codec.VP9};
        Codec[] audio = {Codec.AAC, Codec.OPUS};
        Codec[] chosen = {video[random.nextInt(4)], audio[random.nextInt(2)]};
        Track[] tracks = {track(chosen[0], random), track(chosen[1], random)};
        long dtsMs = random.nextLong(1L << 32);
        for (int i = 0; i < 60; i++) {
            int which = random.nextInt(2);
            if (random.nextInt(20) == 0) {
                tracks[which] = track(chosen[which], random);
            }
            boolean offsets = chosen[which] == Codec.H264 || chosen[which] == Codec.HEVC;
            dtsMs += random.nextInt(50);
            long ptsMs = dtsMs + (offsets ? random.nextInt(200) : 0);
            boolean key = which == 1 || random.nextInt(5) == 0;
            heard.frame(tracks[which], dtsMs * 1000, ptsMs * 1000, key, bytes(random, 1 + random.nextInt(300)));
        }
        return heard.frames;
    }

    private static Track track(Codec codec, SplittableRandom random) {
        return io.headwater.codec.DecoderConfig.track(codec, bytes(random, 8));
    }

    private static Bytes bytes(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Bytes.of(bytes);
    }

    private static byte[] muxed(List<Frame> frames) {
        ByteBuffer out = ByteBuffer.allocate(1 << 20);
        FlvFile.writeHeader(true, true, out);
        Track[] sent = new Track[256];
        for (Frame frame : frames) {
            Track track = frame.track();
            if (!track.equals(sent[track.id()])) {
                sent[track.id()] = track;
                FlvMuxer.config(track).ifPresent(body -> FlvFile.writeTag(body, frame.dtsUs() / 1000, out));
            }
            FlvMuxer.frame(frame).ifPresent(body -> FlvFile.writeTag(body, frame.dtsUs() / 1000, out));
        }
        byte[] file = new byte[out.position()];
        out.flip().get(file);
        return file;
    }

    private static List<FlvTag> tags(byte[] file) throws MalformedException {
        List<FlvTag> tags = new ArrayList<>();
        drain(new FlvReader(MAX_BODY), ByteBuffer.wrap(file), tags);
        return tags;
    }

    private static void drain(FlvReader reader, ByteBuffer in, List<FlvTag> tags) throws MalformedException {
        Optional<FlvTag> tag = reader.read(in);
        while (tag.isPresent()) {
            tags.add(tag.get());
            tag = reader.read(in);
        }
        assertEquals(0, in.remaining());
    }

    private static Heard demuxed(List<FlvTag> tags) throws MalformedException {
        Heard heard = new Heard();
        for (FlvTag tag : tags) {
            heard.demuxer.tag(tag.type(), tag.timestampMs(), tag.body(), heard);
        }
        return heard;
    }

    static byte[] fixture(String name) throws IOException {
        try (InputStream in = FlvFileTest.class.getResourceAsStream("/flv/" + name + ".flv")) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
