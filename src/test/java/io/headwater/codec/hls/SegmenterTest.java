package io.headwater.codec.hls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.MalformedException;
import io.headwater.media.Frame;
import io.headwater.media.MediaKind;
import io.headwater.media.Track;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SegmenterTest {
    private static final long NOW_MS = 1_800_000_000_000L;

    /** A mark and the frame it is on. */
    record Marked(Mark mark, Frame frame) {}

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(60).boxed();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void partsAreAsLongAsTheTargetAllows(long seed) {
        RandomStream stream = new RandomStream(seed).video(40, 1).audio(RandomStream.AAC_44100, 40, (int) (seed & 63));
        List<Marked> marks = marks(stream.frames());
        assertTrue(marks.size() > 50, "only " + marks.size() + " parts");
        int seen = 0;
        for (int i = 0; i + 1 < marks.size(); i++) {
            Marked part = marks.get(i);
            Marked next = marks.get(i + 1);
            assertEquals(MediaKind.VIDEO, part.frame().track().kind());
            long durationUs = next.frame().dtsUs() - part.frame().dtsUs();
            String what = part.mark().segment() + "." + part.mark().part() + " of " + durationUs + " us at "
                    + stream.framesPerSecond + " pictures/s, target "
                    + part.mark().partTargetMs() + " ms";
            if (seen++ < 4) {
                continue; // the frame rate has to be seen first
            }
            assertTrue(durationUs <= part.mark().partTargetMs() * 1000L, what);
            boolean last = next.mark().startsSegment();
            assertTrue(last || durationUs >= 850L * part.mark().partTargetMs(), what);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void segmentsStartAtKeyframesAndObeyTheTargetDuration(long seed) {
        RandomStream stream = new RandomStream(seed).video(60, 2).audio(RandomStream.AAC_48000, 60, 0);
        List<Marked> marks = marks(stream.frames());
        List<Marked> starts =
                marks.stream().filter(marked -> marked.mark().startsSegment()).toList();
        int announced = 0;
        for (Marked marked : marks) {
            assertTrue(marked.mark().targetDurationS() >= announced, "the target duration fell");
            announced = marked.mark().targetDurationS();
        }
        double keyframesMs = stream.keyframeEvery * 1000 / stream.framesPerSecond;
        for (int i = 0; i + 1 < starts.size(); i++) {
            Marked start = starts.get(i);
            long durationMs = (starts.get(i + 1).frame().dtsUs() - start.frame().dtsUs()) / 1000;
            assertEquals(i, start.mark().segment());
            assertTrue(start.frame().startsPicture() && start.mark().independent());
            assertTrue(durationMs >= 1000, "segment of " + durationMs + " ms");
            assertTrue(durationMs < 2000 + keyframesMs, "segment of " + durationMs + " ms");
            assertTrue(
                    Math.round(durationMs / 1000.0) <= starts.get(i + 1).mark().targetDurationS());
            assertEquals(0, start.mark().discontinuity());
            long pdt = start.mark().programDateTimeMs() - starts.get(0).mark().programDateTimeMs();
            assertEquals((start.frame().dtsUs() - starts.get(0).frame().dtsUs()) / 1000.0, (double) pdt, i + 1);
        }
    }

    @Test
    void keyframesEveryTwoSecondsGiveSegmentsOfTwoSeconds() {
        List<Marked> marks = marks(steady(30, 60, 20));
        List<Long> starts = marks.stream()
                .filter(marked -> marked.mark().startsSegment())
                .map(marked -> marked.frame().dtsUs() / 1000)
                .toList();
        assertEquals(List.of(0L, 2000L, 4000L, 6000L, 8000L, 10_000L, 12_000L, 14_000L, 16_000L, 18_000L), starts);
        assertTrue(marks.stream().allMatch(marked -> marked.mark().targetDurationS() == 2));
        assertTrue(marks.stream().allMatch(marked -> marked.mark().partTargetMs() == 333));
    }

    @Test
    void withoutKeyframesASegmentEndsAtTheBound() {
        List<Marked> starts = marks(steady(25, 100_000, 35)).stream()
                .filter(marked -> marked.mark().startsSegment())
                .toList();
        assertEquals(
                List.of(0L, 10_000L, 20_000L, 30_000L),
                starts.stream().map(marked -> marked.frame().dtsUs() / 1000).toList());
        assertTrue(starts.get(0).mark().independent());
        assertFalse(starts.get(1).mark().independent());
        assertEquals(10, starts.get(1).mark().targetDurationS());
        assertEquals(0, starts.get(3).mark().discontinuity());
    }

    @Test
    void soundAloneIsCutByTime() {
        List<Marked> marks =
                marks(new RandomStream(7).audio(RandomStream.AAC_48000, 20, 0).frames());
        List<Marked> starts =
                marks.stream().filter(marked -> marked.mark().startsSegment()).toList();
        for (int i = 1; i < starts.size(); i++) {
            assertEquals(
                    2000,
                    (starts.get(i).frame().dtsUs() - starts.get(i - 1).frame().dtsUs()) / 1000.0,
                    22);
            assertTrue(starts.get(i).mark().independent());
        }
        assertTrue(starts.size() >= 8);
        assertTrue(marks.size() >= 56);
    }

    @Test
    void aSilenceOfTheStreamIsADiscontinuity() {
        List<Frame> frames = new ArrayList<>(steady(25, 50, 10));
        for (Frame frame : steady(25, 50, 10)) {
            frames.add(moved(frame, frames.size(), 15_000_000));
        }
        List<Marked> starts = marks(frames).stream()
                .filter(marked -> marked.mark().startsSegment())
                .toList();
        assertEquals(
                List.of(0, 0, 0, 0, 0, 1, 1, 1, 1, 1),
                starts.stream().map(marked -> marked.mark().discontinuity()).toList());
        assertTrue(starts.stream().allMatch(marked -> marked.mark().init() == 0));
        assertEquals(15_000_000, starts.get(5).frame().dtsUs());
    }

    @Test
    void picturesThatAreSecondsApartAreNotTakenForJumpsForLong() {
        List<Frame> frames = new ArrayList<>();
        for (Frame frame : steady(25, 1, 2)) {
            frames.add(moved(frame, frames.size(), 0, 50));
        }
        List<Marked> marks = marks(frames);
        assertTrue(marks.get(marks.size() - 1).mark().discontinuity() <= 2, marks.toString());
        assertEquals(50, marks.size());
    }

    @Test
    void anotherConfigurationIsADiscontinuityWithAnotherInitSection() {
        Track other = new Track(0, RandomStream.H264.codec(), RandomStream.H264.config(), 1280, 720, 0, 0);
        List<Frame> frames = new ArrayList<>(steady(25, 50, 5));
        for (Frame frame : steady(25, 50, 5)) {
            Frame moved = moved(frame, frames.size(), 5_000_000);
            frames.add(new Frame(
                    1, moved.sequence(), other, moved.dtsUs(), moved.ptsUs(), moved.keyframe(), moved.payload()));
        }
        List<Marked> starts = marks(frames).stream()
                .filter(marked -> marked.mark().startsSegment())
                .toList();
        assertEquals(
                List.of(0L, 2000L, 4000L, 5000L, 7000L, 9000L),
                starts.stream().map(marked -> marked.frame().dtsUs() / 1000).toList());
        assertEquals(
                List.of(0, 0, 0, 1, 1, 1),
                starts.stream().map(marked -> marked.mark().init()).toList());
        assertEquals(1, starts.get(3).mark().discontinuity());
    }

    @Test
    void soundThatComesLateIsTakenInAtTheNextKeyframe() {
        RandomStream stream = new RandomStream(3);
        List<Frame> frames =
                stream.video(20, 0).audio(RandomStream.AAC_48000, 10, 5000).frames();
        List<Marked> marks = marks(frames);
        assertEquals(1, marks.get(0).mark().tracks().size());
        Marked last = marks.get(marks.size() - 1);
        Marked both = marks.stream()
                .filter(marked -> marked.mark().tracks().size() == 2)
                .findFirst()
                .orElseThrow();
        assertTrue(both.mark().startsSegment() && both.frame().startsPicture());
        assertEquals(1, both.mark().discontinuity());
        // the sound ends after 15 s of 20, which is noticed after five more
        assertEquals(1, last.mark().init());
    }

    @Test
    void soundWithinTheFirstPartIsInTheFirstInitSection() {
        RandomStream stream = new RandomStream(3);
        List<Marked> marks =
                marks(stream.video(10, 0).audio(RandomStream.AAC_48000, 9, 150).frames());
        assertEquals(2, marks.get(1).mark().tracks().size());
        assertTrue(marks.stream()
                .allMatch(marked -> marked.mark().init() == 0 && marked.mark().discontinuity() == 0));
    }

    @Test
    void picturesThatStandStillDoNotHoldUpTheSoundForLong() {
        RandomStream stream = new RandomStream(11);
        List<Frame> frames =
                stream.video(10, 0).audio(RandomStream.AAC_48000, 30, 0).frames();
        List<Marked> marks = marks(frames);
        Marked withoutVideo = marks.stream()
                .filter(marked -> marked.mark().init() == 1)
                .findFirst()
                .orElseThrow();
        assertEquals(15_000.0, withoutVideo.frame().dtsUs() / 1000.0 - stream.startMs, 400);
        assertTrue(withoutVideo.mark().independent());
        long gap = 0;
        for (int i = 1; i < marks.size(); i++) {
            gap = Math.max(
                    gap, marks.get(i).frame().dtsUs() - marks.get(i - 1).frame().dtsUs());
        }
        assertTrue(gap < 1_600_000, "a part of " + gap + " us");
    }

    private static List<Frame> steady(int framesPerSecond, int keyframeEvery, int seconds) {
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < framesPerSecond * seconds; i++) {
            long dtsUs = Math.round(i * 1000.0 / framesPerSecond) * 1000;
            frames.add(new Frame(
                    1, i, RandomStream.H264, dtsUs, dtsUs, i % keyframeEvery == 0, RandomStream.hex("00000001")));
        }
        return frames;
    }

    private static Frame moved(Frame frame, long sequence, long byUs) {
        return moved(frame, sequence, byUs, 1);
    }

    private static Frame moved(Frame frame, long sequence, long byUs, int slower) {
        return new Frame(
                1,
                sequence,
                frame.track(),
                frame.dtsUs() * slower + byUs,
                frame.ptsUs() * slower + byUs,
                frame.keyframe(),
                frame.payload());
    }

    static List<Marked> marks(List<Frame> frames) {
        List<Marked> marks = new ArrayList<>();
        for (ClipFrames.Known known : ClipFrames.marked(frames, new Segmenter(SegmenterSettings.DEFAULT, 0), NOW_MS)) {
            try {
                Mark.of(known.frame().extensions()).ifPresent(mark -> marks.add(new Marked(mark, known.frame())));
            } catch (MalformedException malformed) {
                throw new AssertionError(malformed);
            }
        }
        return marks;
    }
}
