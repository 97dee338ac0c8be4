package io.headwater.codec.hls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.Bytes;
import io.headwater.media.Extension;
import io.headwater.media.Frame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PackagerTest {
    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(60).boxed();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whoeverJoinsLaterMakesTheSameBytes(long seed) {
        List<ClipFrames.Known> frames = stream(seed);
        Collected all = Collected.of(frames);
        int from = new SplittableRandom(seed).nextInt(frames.size() * 3 / 4);
        Collected late = Collected.of(frames.subList(from, frames.size()));
        Map<String, Part> byName = new HashMap<>();
        all.parts.forEach(part -> byName.put(part.segment() + "." + part.part(), part));
        assertTrue(late.parts.size() > 3);
        for (Part part : late.parts) {
            assertEquals(byName.get(part.segment() + "." + part.part()), part);
        }
        int segments = late.segments.size();
        assertEquals(all.segments.subList(all.segments.size() - segments, all.segments.size()), late.segments);
        assertTrue(all.inits.containsAll(late.inits));
        assertEquals(List.of(), all.lost);
        assertEquals(List.of(), late.lost);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aMissingFrameMakesAGapOfItsSegmentAndOfNoOther(long seed) {
        List<ClipFrames.Known> frames = new ArrayList<>(stream(seed));
        Collected all = Collected.of(frames);
        int missing = 1 + new SplittableRandom(seed).nextInt(frames.size() - 2);
        frames.remove(missing);
        Collected some = Collected.of(frames);
        // of a last segment that is broken from its first part on nothing is told
        int told = some.segments.size();
        int gaps = all.segments.size() - told;
        for (int i = 0; i < told; i++) {
            Segment whole = all.segments.get(i);
            Segment segment = some.segments.get(i);
            assertEquals(whole.mark().segment(), segment.mark().segment());
            if (segment.gap()) {
                gaps++;
                assertTrue(whole.parts().containsAll(segment.parts()));
            } else {
                assertEquals(whole.parts(), segment.parts());
            }
        }
        assertTrue(gaps == 1 || gaps == 2, gaps + " gaps");
    }

    @Test
    void partsAddUpToTheirSegment() {
        Collected demo = Collected.of(
                ClipFrames.marked(ClipFrames.demo(), new Segmenter(SegmenterSettings.DEFAULT, 0), 1_800_000_000_000L));
        assertEquals(List.of(), demo.lost);
        assertEquals(1, demo.inits.size());
        assertEquals(
                demo.parts,
                demo.segments.stream().flatMap(s -> s.parts().stream()).toList());
        for (Segment segment : demo.segments) {
            assertEquals(
                    segment.durationUs(),
                    segment.parts().stream().mapToLong(Part::durationUs).sum());
        }
        assertEquals(
                10_240_000,
                demo.segments.stream().mapToLong(Segment::durationUs).sum());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void transportStreamsAreTheSameForWhoeverJoinsLater(long seed) {
        List<ClipFrames.Known> frames = stream(seed);
        Collected all = Collected.of(frames, Container.MPEG_TS);
        Collected fragments = Collected.of(frames);
        int from = new SplittableRandom(seed).nextInt(frames.size() / 2);
        Collected late = Collected.of(frames.subList(from, frames.size()), Container.MPEG_TS);
        int segments = late.segments.size();
        assertTrue(segments > 1);
        assertEquals(all.segments.subList(all.segments.size() - segments, all.segments.size()), late.segments);
        assertEquals(
                fragments.inits.stream().map(Init::tracks).toList(),
                all.inits.stream().map(Init::tracks).toList());
        assertEquals(fragments.segments.size(), all.segments.size());
        for (int i = 0; i + 1 < all.segments.size(); i++) {
            assertEquals(
                    fragments.segments.get(i).durationUs(), all.segments.get(i).durationUs());
            assertEquals(1, all.segments.get(i).parts().size());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aTransportStreamThatIsCutShortHasThePartsThatAreComplete(long seed) {
        List<ClipFrames.Known> all = stream(seed);
        List<ClipFrames.Known> frames = all.subList(0, 1 + new SplittableRandom(seed).nextInt(all.size()));
        Collected streams = Collected.cut(frames, Container.MPEG_TS);
        Collected fragments = Collected.cut(frames, Container.FMP4);
        assertEquals(fragments.segments.size(), streams.segments.size());
        for (int i = 0; i < fragments.segments.size(); i++) {
            Segment fragment = fragments.segments.get(i);
            Segment stream = streams.segments.get(i);
            assertEquals(fragment.mark(), stream.mark());
            assertEquals(fragment.durationUs(), stream.durationUs());
            assertEquals(fragment.cutShort(), stream.cutShort());
            int parts = fragment.cutShort() ? fragment.parts().size() : ResourceName.TsFile.WHOLE;
            assertEquals(new ResourceName.TsFile(1, fragment.mark().segment(), parts), stream.tsName());
        }
    }

    @Test
    void whatIsGrowingIsTold() {
        List<ClipFrames.Known> frames = stream(5);
        Packager packager = new Packager(1 << 20, new Collected());
        int parts = 0;
        for (ClipFrames.Known known : frames) {
            packager.frame(known.frame(), known.tracks());
            int now = packager.growing().map(segment -> segment.parts().size()).orElse(0);
            assertTrue(now == 0 || now == parts || now == parts + 1);
            parts = now;
            packager.growing().ifPresent(segment -> assertFalse(segment.complete()));
        }
    }

    @Test
    void anEpochThatIsCutShortHasOnlyCompletePartsAndSaysSoInTheName() {
        List<ClipFrames.Known> frames = stream(9);
        Collected whole = Collected.of(frames);
        Collected cut = new Collected();
        Packager packager = new Packager(1 << 20, cut);
        frames.forEach(known -> packager.frame(known.frame(), known.tracks()));
        packager.end(false);
        Segment last = cut.segments.get(cut.segments.size() - 1);
        Segment lastWhole = whole.segments.get(whole.segments.size() - 1);
        assertTrue(last.cutShort());
        assertEquals(lastWhole.parts().size() - 1, last.parts().size());
        assertEquals(
                "1/" + last.mark().segment() + "-" + last.parts().size() + ".m4s",
                last.name().toString());
        assertEquals("1/" + last.mark().segment() + ".m4s", lastWhole.name().toString());
    }

    @Test
    void aSegmentBeyondTheLimitIsAGapAndHoldsNoMore() {
        Collected collected = new Collected();
        Packager packager = new Packager(2000, collected);
        stream(5).forEach(known -> packager.frame(known.frame(), known.tracks()));
        assertTrue(collected.segments.stream().allMatch(Segment::gap));
        assertFalse(collected.lost.isEmpty());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nonsenseInMarksIsLostAndNothingElse(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Collected collected = new Collected();
        Packager packager = new Packager(1 << 20, collected);
        for (ClipFrames.Known known : stream(seed)) {
            Frame frame = known.frame();
            Bytes value = frame.extensions().isEmpty()
                    ? Bytes.of(new byte[40])
                    : frame.extensions().get(0).value();
            byte[] bytes = value.toByteArray();
            if (random.nextInt(4) == 0) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            boolean mark = !frame.extensions().isEmpty() || random.nextInt(20) == 0;
            Frame sent = new Frame(
                    frame.epoch(),
                    frame.sequence(),
                    frame.track(),
                    frame.dtsUs(),
                    frame.ptsUs(),
                    frame.keyframe(),
                    frame.payload(),
                    mark ? List.of(new Extension(Mark.EXTENSION_TYPE, Bytes.of(bytes))) : List.of());
            packager.frame(sent, known.tracks());
        }
        packager.end(true);
        for (int i = 1; i < collected.segments.size(); i++) {
            assertTrue(collected.segments.get(i).mark().segment()
                    > collected.segments.get(i - 1).mark().segment());
        }
    }

    private static List<ClipFrames.Known> stream(long seed) {
        RandomStream stream = new RandomStream(seed).video(30, 1).audio(RandomStream.AAC_44100, 30, (int) (seed & 127));
        return ClipFrames.marked(stream.frames(), new Segmenter(SegmenterSettings.DEFAULT, 0), 1_800_000_000_000L);
    }
}
