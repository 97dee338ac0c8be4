package io.headwater.codec.mpegts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.DecoderConfig;
import io.headwater.codec.fmp4.Run;
import io.headwater.codec.fmp4.Sample;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Track;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TsSegmentTest {
    private static final Track H264 = DecoderConfig.track(
            Codec.H264, hex("0164001effe1001a6764001eacd980a02ff9610000030001000003003283e2c5a401000568ebecb22c"));
    private static final Track AAC = DecoderConfig.track(Codec.AAC, hex("1190"));

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(100).boxed();
    }

    @Test
    void tablesAndPicturesAreWrittenAsTheSpecificationSays() {
        Bytes segment = TsSegment.write(
                List.of(H264),
                List.of(new Run(1, 90_000, List.of(new Sample(hex("00000002 65ff"), 3600, 7200, true)))));
        String text = HexFormat.of().formatHex(segment.toByteArray());
        assertTrue(text.startsWith("47400010" + "0000b00d0001c100000001f0002ab104b2" + "ff"), text.substring(0, 60));
        assertTrue(
                text.startsWith("47500010" + "0002b0120001c10000e100f0001be100f00015bd4d56" + "ff", 2 * 188),
                text.substring(2 * 188, 2 * 188 + 60));
        int picture = text.indexOf("474100");
        assertEquals(2 * 188 * 2, picture);
        // adaptation field with a clock of 1 s, then the packet with PTS and DTS 0.7 s later
        assertTrue(text.contains("50" + "0000afc87e00"), text.substring(picture, picture + 100));
        assertTrue(
                text.contains("000001e0000084c00a" + "310009e391" + "110009ab51"),
                text.substring(picture, picture + 400));
        assertTrue(text.contains("0000000109f0" + "00000001" + "6764001e"), "delimiter and parameter sets");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverTheFramesContinuityRunsOnFromSegmentToSegment(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<Integer, Integer> next = new HashMap<>();
        for (int i = 0; i < 3; i++) {
            List<Sample> pictures = new ArrayList<>();
            List<Sample> sounds = new ArrayList<>();
            for (int j = random.nextInt(60); j >= 0; j--) {
                byte[] bytes = new byte[random.nextInt(2000) + 6];
                bytes[3] = (byte) 2;
                pictures.add(new Sample(Bytes.of(bytes), 3600, random.nextInt(3) * 3600L, j % 25 == 0));
            }
            for (int j = random.nextInt(90); j > 0; j--) {
                sounds.add(new Sample(Bytes.of(new byte[random.nextInt(400)]), 1024, 0, true));
            }
            List<Run> runs = new ArrayList<>(List.of(new Run(1, 0, pictures)));
            if (!sounds.isEmpty()) {
                runs.add(new Run(2, 500, sounds));
            }
            Bytes segment = TsSegment.write(List.of(H264, AAC), runs);
            assertEquals(0, segment.length() % 188);
            for (int at = 0; at < segment.length(); at += 188) {
                assertEquals(0x47, segment.at(at));
                int pid = (segment.unsignedAt(at + 1) & 0x1f) << 8 | segment.unsignedAt(at + 2);
                assertTrue((segment.at(at + 3) & 0x10) != 0, "no payload");
                assertEquals(next.getOrDefault(pid, 0), segment.at(at + 3) & 0x0f, "PID " + pid);
                next.put(pid, (segment.at(at + 3) + 1) & 0x0f);
            }
            assertTrue(next.values().stream().allMatch(counter -> counter == 0));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyFrameCanBeReadBackWithItsTime(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Sample> pictures = new ArrayList<>();
        ByteArrayOutputStream units = new ByteArrayOutputStream();
        ByteArrayOutputStream sound = new ByteArrayOutputStream();
        List<Long> times = new ArrayList<>();
        long base = random.nextLong(1L << 34);
        for (int i = 0; i < 1 + random.nextInt(60); i++) {
            byte[] nal = new byte[1 + random.nextInt(3000)];
            random.nextBytes(nal);
            nal[0] = (byte) (i == 0 ? 0x65 : 0x41);
            long offset = random.nextInt(3) * 3600L;
            pictures.add(new Sample(
                    Bytes.of(ByteBuffer.allocate(4 + nal.length)
                            .putInt(nal.length)
                            .put(nal)
                            .array()),
                    3600,
                    offset,
                    i == 0));
            units.writeBytes(nal);
            times.add(base + i * 3600L + offset + 63_000 & (1L << 33) - 1);
        }
        List<Sample> sounds = new ArrayList<>();
        for (int i = 0; i < random.nextInt(90); i++) {
            byte[] frame = new byte[random.nextInt(500)];
            random.nextBytes(frame);
            sounds.add(new Sample(Bytes.of(frame), 1024, 0, true));
            sound.writeBytes(frame);
        }
        List<Run> runs = new ArrayList<>(List.of(new Run(1, base, pictures)));
        if (!sounds.isEmpty()) {
            runs.add(new Run(2, base / 90 * 48, sounds));
        }
        ReadBack read = new ReadBack(TsSegment.write(List.of(H264, AAC), runs));
        assertEquals(times, read.pictureTimes);
        assertArrayEquals(units.toByteArray(), read.slices());
        assertArrayEquals(sound.toByteArray(), read.sound());
        assertEquals(times.size(), read.clocks.size());
        for (int i = 0; i < times.size(); i++) {
            assertEquals(base + i * 3600L & (1L << 33) - 1, read.clocks.get(i), "clock " + i);
        }
    }

    @Test
    void framesOfMp3ThatAreNoneAreLeftOut() {
        Track mp3 = new Track(Track.AUDIO, Codec.MP3, Bytes.EMPTY, 0, 0, 48_000, 2);
        for (int length = 0; length < 40; length++) {
            Bytes segment = TsSegment.write(
                    List.of(mp3),
                    List.of(new Run(2, 0, List.of(new Sample(Bytes.of(new byte[length]), 1152, 0, true)))));
            assertEquals(length < 4 ? 32 : 48, segment.length() / 188, length + " bytes");
        }
    }

    private static Bytes hex(String hex) {
        return Bytes.of(HexFormat.of().parseHex(hex.replace(" ", "")));
    }
}
