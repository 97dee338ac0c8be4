package io.headwater.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.hls.ClipFrames;
import io.headwater.codec.hls.Collected;
import io.headwater.codec.hls.Container;
import io.headwater.codec.hls.MediaPlaylist;
import io.headwater.codec.hls.Part;
import io.headwater.codec.hls.Segment;
import io.headwater.codec.hls.Segmenter;
import io.headwater.codec.hls.SegmenterSettings;
import io.headwater.media.Bytes;
import io.headwater.media.Frame;
import io.headwater.media.MediaKind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** FFmpeg decodes what is packaged of each codec, without an error and with every frame. */
class PackagedMediaIT {
    private static final Path FOLDER = Path.of("target", "packaged");

    @BeforeAll
    static void ffmpegIsHere() throws IOException {
        Ffmpeg.assumePresent();
        Files.createDirectories(FOLDER);
    }

    @Test
    void theDemoClip() throws Exception {
        decodes("demo", ClipFrames.demo());
    }

    @ParameterizedTest
    @CsvSource({
        "libx264, aac, 48000, -bf 2",
        "libx265, libopus, 48000, -preset ultrafast -x265-params log-level=none:bframes=2",
        "libsvtav1, libmp3lame, 44100, -preset 10",
        "libvpx-vp9, aac, 44100, -deadline realtime -cpu-used 8"
    })
    void encodedNow(String video, String audio, int rate, String options) throws Exception {
        Path flv = FOLDER.resolve(video + ".flv");
        List<String> arguments = new ArrayList<>(List.of("-hide_banner", "-nostdin", "-loglevel", "error", "-y"));
        arguments.addAll(List.of("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25"));
        arguments.addAll(List.of("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=" + rate));
        arguments.addAll(List.of("-t", "5", "-c:v", video, "-g", "25", "-pix_fmt", "yuv420p", "-c:a", audio));
        arguments.addAll(List.of(options.split(" ")));
        arguments.add(flv.toString());
        succeeds("encode-" + video, "ffmpeg", arguments);
        decodes(video, ClipFrames.read(Files.readAllBytes(flv)));
    }

    private static void decodes(String name, List<Frame> frames) throws Exception {
        Collected packaged = Collected.of(
                ClipFrames.marked(frames, new Segmenter(SegmenterSettings.DEFAULT, 0), 1_800_000_000_000L));
        assertEquals(List.of(), packaged.lost);
        assertEquals(1, packaged.inits.size());
        Path folder = Files.createDirectories(FOLDER.resolve(name));
        Path whole = folder.resolve("whole.mp4");
        Files.write(whole, packaged.file(0));
        Path playlist = write(folder, packaged);
        for (Path input : List.of(whole, playlist)) {
            String counted = succeeds(
                    name,
                    "ffprobe",
                    List.of(
                                    "-allowed_extensions",
                                    "ALL",
                                    "-extension_picky",
                                    "0",
                                    "-v",
                                    "warning",
                                    "-count_packets",
                                    "-show_entries",
                                    "stream=codec_type,nb_read_packets",
                                    "-of",
                                    "csv=p=0",
                                    input.toString())
                            .subList(input == whole ? 4 : 0, 12));
            assertTrue(counted.contains("video," + count(frames, MediaKind.VIDEO)), input + " has " + counted);
            assertTrue(counted.contains("audio," + count(frames, MediaKind.AUDIO)), input + " has " + counted);
        }
        String decoded = succeeds(
                name,
                "ffmpeg",
                List.of(
                        "-v",
                        "warning",
                        "-xerror",
                        "-err_detect",
                        "explode",
                        "-i",
                        whole.toString(),
                        "-f",
                        "null",
                        "-"));
        assertEquals("", decoded);
    }

    /** The same as transport streams, one file of all segments and a playlist. */
    @ParameterizedTest
    @CsvSource({"libx264, aac, 0", "libx265, aac, 0", "libx264, libmp3lame, 0"})
    void transportStreams(String video, String audio, int warnings) throws Exception {
        Path flv = FOLDER.resolve("ts-" + video + "-" + audio + ".flv");
        List<String> arguments = new ArrayList<>(List.of("-hide_banner", "-nostdin", "-loglevel", "error", "-y"));
        arguments.addAll(List.of("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25"));
        arguments.addAll(List.of("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"));
        arguments.addAll(List.of("-t", "7", "-c:v", video, "-preset", "ultrafast", "-g", "25", "-pix_fmt", "yuv420p"));
        arguments.addAll(List.of("-c:a", audio, flv.toString()));
        succeeds("encode-ts", "ffmpeg", arguments);
        List<Frame> frames = ClipFrames.read(Files.readAllBytes(flv));
        Collected packaged = Collected.of(
                ClipFrames.marked(frames, new Segmenter(SegmenterSettings.DEFAULT, 0), 1_800_000_000_000L),
                Container.MPEG_TS);
        assertEquals(List.of(), packaged.lost);
        assertTrue(packaged.segments.size() > 2);
        Path folder = Files.createDirectories(FOLDER.resolve("ts-" + video + "-" + audio));
        Files.createDirectories(folder.resolve("1"));
        List<Bytes> all = new ArrayList<>();
        for (Segment segment : packaged.segments) {
            write(folder.resolve("1/" + segment.mark().segment() + ".ts"), segment.bytes());
            all.addAll(segment.bytes());
        }
        write(folder.resolve("whole.ts"), all);
        Path playlist = folder.resolve("index.m3u8");
        Files.writeString(playlist, new MediaPlaylist(0, 0, 0, packaged.segments, false, true).renderTs("", ""));
        for (Path input : List.of(folder.resolve("whole.ts"), playlist)) {
            String counted = succeeds(
                    "ts",
                    "ffprobe",
                    List.of(
                            "-v",
                            "warning",
                            "-count_frames",
                            "-show_entries",
                            "stream=codec_type,nb_read_frames",
                            "-of",
                            "csv=p=0",
                            input.toString()));
            assertTrue(counted.contains("video," + count(frames, MediaKind.VIDEO)), input + " has " + counted);
            String decoded = succeeds(
                    "ts",
                    "ffmpeg",
                    List.of(
                            "-v",
                            "warning",
                            "-xerror",
                            "-err_detect",
                            "explode",
                            "-i",
                            input.toString(),
                            "-f",
                            "null",
                            "-"));
            assertEquals(warnings, decoded.lines().count(), decoded);
        }
    }

    private static Path write(Path folder, Collected packaged) throws IOException {
        Files.createDirectories(folder.resolve("1"));
        write(folder.resolve("1/init-0.mp4"), List.of(packaged.inits.get(0).bytes()));
        for (Segment segment : packaged.segments) {
            write(folder.resolve(segment.name().toString()), segment.bytes());
        }
        for (Part part : packaged.parts) {
            assertTrue(part.bytes().length() > 0);
        }
        Path playlist = folder.resolve("index.m3u8");
        Files.writeString(playlist, new MediaPlaylist(0, 0, 0, packaged.segments, true, true).render("", ""));
        return playlist;
    }

    private static void write(Path file, List<Bytes> runs) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            for (Bytes run : runs) {
                out.write(run.array(), run.offset(), run.length());
            }
        }
    }

    /** Sound before the first picture is left out. */
    private static long count(List<Frame> frames, MediaKind kind) {
        return frames.stream()
                .dropWhile(frame -> !frame.startsPicture())
                .filter(frame -> frame.track().kind() == kind)
                .count();
    }

    private static String succeeds(String name, String program, List<String> arguments) throws InterruptedException {
        try (Ffmpeg.Run run = Ffmpeg.run(name + "-" + program, program, arguments)) {
            assertTrue(run.ended(120), program + " does not end");
            String output = run.output();
            assertEquals(0, run.process().exitValue(), output);
            return output.strip();
        }
    }
}
