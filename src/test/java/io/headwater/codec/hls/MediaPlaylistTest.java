package io.headwater.codec.hls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.Bytes;
import io.headwater.media.Frame;
import io.lindstrom.m3u8.model.MasterPlaylist;
import io.lindstrom.m3u8.model.MediaSegment;
import io.lindstrom.m3u8.parser.MasterPlaylistParser;
import io.lindstrom.m3u8.parser.MediaPlaylistParser;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MediaPlaylistTest {
    private static final int WINDOW = 12;

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(15).boxed();
    }

    /** What a node keeps of a stream, and what it says after every part. */
    private static final class Window implements Packager.Output {
        final List<Segment> segments = new ArrayList<>();
        final List<MediaPlaylist> said = new ArrayList<>();
        final Packager packager = new Packager(1 << 20, this);
        long mediaSequence;
        long discontinuitySequence;
        int targetDurationS;

        @Override
        public void init(Init init) {}

        @Override
        public void part(Part part) {
            say(false);
        }

        @Override
        public void segment(Segment segment) {
            segments.add(segment);
            while (segments.size() > WINDOW) {
                Segment gone = segments.remove(0);
                mediaSequence++;
                discontinuitySequence += segments.get(0).breaksWith(gone) ? 1 : 0;
            }
            say(false);
        }

        void say(boolean ended) {
            List<Segment> listed = new ArrayList<>(segments);
            packager.growing()
                    .filter(growing -> listed.isEmpty()
                            || !listed.get(listed.size() - 1).mark().equals(growing.mark()))
                    .ifPresent(listed::add);
            MediaPlaylist playlist =
                    new MediaPlaylist(mediaSequence, discontinuitySequence, targetDurationS, listed, true, ended);
            targetDurationS = playlist.targetDuration();
            said.add(playlist);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aRowOfPlaylistsBreaksNoRule(long seed) {
        Window window = new Window();
        SplittableRandom random = new SplittableRandom(seed);
        PlaylistChecker whole = new PlaylistChecker();
        PlaylistChecker deltas = new PlaylistChecker();
        for (int epoch = 1; epoch <= 3; epoch++) {
            RandomStream stream = new RandomStream(random.nextLong())
                    .video(30, 1)
                    .audio(RandomStream.AAC_44100, 30, random.nextInt(100));
            Segmenter segmenter = new Segmenter(SegmenterSettings.DEFAULT, window.targetDurationS);
            for (ClipFrames.Known known : ClipFrames.marked(stream.frames(), segmenter, 1_800_000_000_000L)) {
                window.packager.frame(inEpoch(epoch, known.frame()), known.tracks());
            }
            window.packager.end(random.nextBoolean());
        }
        window.say(true);
        assertTrue(window.said.size() > 150);
        for (MediaPlaylist playlist : window.said) {
            whole.playlist(playlist.render("", ""));
            deltas.playlist(random.nextInt(10) == 0 ? playlist.render("", "") : playlist.renderDelta("", ""));
        }
        assertEquals(List.of(), whole.problems().stream().limit(5).toList());
        assertEquals(List.of(), deltas.problems().stream().limit(5).toList());
        assertTrue(whole.discontinuities() >= 2);
        assertEquals(whole.endSequence(), deltas.endSequence());
    }

    @Test
    void theTextIsAsTheSpecificationHasIt() {
        MediaPlaylist playlist = new MediaPlaylist(
                7,
                2,
                0,
                List.of(
                        segment(3, 0, 1, true, false, 333_000, 333_000, 333_000, 333_000, 333_000, 333_000),
                        segment(4, 0, 2, true, false, 333_000, 300_001),
                        segment(4, 1, 2, false, false, 333_000)),
                true,
                false);
        assertEquals("""
                #EXTM3U
                #EXT-X-VERSION:9
                #EXT-X-TARGETDURATION:2
                #EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=12.0,HOLD-BACK=6.0,CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.999000
                #EXT-X-PART-INF:PART-TARGET=0.333000
                #EXT-X-MEDIA-SEQUENCE:7
                #EXT-X-DISCONTINUITY-SEQUENCE:2
                #EXT-X-MAP:URI="stream1/3/init-1.mp4?s=9"
                #EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:00.000Z
                #EXT-X-PART:DURATION=0.333000,URI="stream1/3/0.0.m4s?s=9",INDEPENDENT=YES
                #EXT-X-PART:DURATION=0.333000,URI="stream1/3/0.1.m4s?s=9"
                #EXT-X-PART:DURATION=0.333000,URI="stream1/3/0.2.m4s?s=9"
                #EXT-X-PART:DURATION=0.333000,URI="stream1/3/0.3.m4s?s=9"
                #EXT-X-PART:DURATION=0.333000,URI="stream1/3/0.4.m4s?s=9"
                #EXT-X-PART:DURATION=0.333000,URI="stream1/3/0.5.m4s?s=9"
                #EXTINF:1.998000,
                stream1/3/0.m4s?s=9
                #EXT-X-DISCONTINUITY
                #EXT-X-MAP:URI="stream1/4/init-2.mp4?s=9"
                #EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:00.000Z
                #EXT-X-PART:DURATION=0.333000,URI="stream1/4/0.0.m4s?s=9",INDEPENDENT=YES
                #EXT-X-PART:DURATION=0.300001,URI="stream1/4/0.1.m4s?s=9"
                #EXTINF:0.633001,
                stream1/4/0.m4s?s=9
                #EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:02.000Z
                #EXT-X-PART:DURATION=0.333000,URI="stream1/4/1.0.m4s?s=9",INDEPENDENT=YES
                #EXT-X-PRELOAD-HINT:TYPE=PART,URI="stream1/4/1.1.m4s?s=9"
                """, playlist.render("stream1/", "?s=9"));
    }

    @Test
    void plainPlaylistsHaveNoPartsAndNoSegmentThatGrows() {
        String text = new MediaPlaylist(
                        0,
                        0,
                        4,
                        List.of(
                                segment(3, 0, 0, true, true, 333_000),
                                segment(3, 1, 0, true, false, 999_000),
                                segment(3, 2, 0, false, false, 333_000)),
                        false,
                        true)
                .render("", "");
        assertEquals("""
                #EXTM3U
                #EXT-X-VERSION:9
                #EXT-X-TARGETDURATION:4
                #EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=24.0,HOLD-BACK=12.0
                #EXT-X-MEDIA-SEQUENCE:0
                #EXT-X-MAP:URI="3/init-0.mp4"
                #EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:00.000Z
                #EXT-X-GAP
                #EXTINF:0.333000,
                3/0-0.m4s
                #EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:02.000Z
                #EXTINF:0.999000,
                3/1.m4s
                #EXT-X-ENDLIST
                """, text);
    }

    @Test
    void anotherParserReadsBoth() throws Exception {
        MediaPlaylist playlist = new MediaPlaylist(
                1L << 33,
                2,
                0,
                List.of(
                        segment(3, 0, 1, true, false, 333_000, 333_000, 333_000),
                        segment(4, 0, 2, true, false, 333_000, 300_001),
                        segment(4, 1, 2, false, false, 333_000)),
                true,
                false);
        io.lindstrom.m3u8.model.MediaPlaylist read =
                new MediaPlaylistParser().readPlaylist(playlist.render("a/", "?s=1"));
        assertEquals(1L << 33, read.mediaSequence());
        assertEquals(2, read.discontinuitySequence());
        assertEquals(0.333, read.partialSegmentInformation().orElseThrow().partTargetDuration());
        assertEquals(0.999, read.serverControl().orElseThrow().partHoldBack().orElseThrow());
        List<MediaSegment> segments = read.mediaSegments();
        assertEquals(2, segments.size());
        assertEquals(3, segments.get(0).partialSegments().size());
        assertTrue(segments.get(1).discontinuity());
        assertEquals(
                "a/4/init-2.mp4?s=1", segments.get(1).segmentMap().orElseThrow().uri());
        assertEquals(1, read.partialSegments().size());

        MasterPlaylist master = new MasterPlaylistParser()
                .readPlaylist(new MultivariantPlaylist(
                                List.of(RandomStream.H264, RandomStream.AAC_48000), 2_000_000, 1_500_000, 29.97, true)
                        .render("stream1/index.m3u8?s=1"));
        assertEquals(
                List.of("avc1.64001e", "mp4a.40.2"), master.variants().get(0).codecs());
        assertEquals(2_000_000, master.variants().get(0).bandwidth());
        assertEquals(640, master.variants().get(0).resolution().orElseThrow().width());
        assertEquals(29.97, master.variants().get(0).frameRate().orElseThrow());
        assertEquals("stream1/index.m3u8?s=1", master.variants().get(0).uri());
    }

    @ParameterizedTest
    @CsvSource({"9,-1,true", "10,-1,false", "10,0,true", "10,1,true", "10,2,false", "11,0,false", "3,5,true"})
    void aBlockedReloadIsAnsweredAsSoonAsWhatItWaitsForIsThere(long msn, int part, boolean there) {
        MediaPlaylist playlist = new MediaPlaylist(
                9,
                0,
                0,
                List.of(segment(3, 0, 1, true, false, 333_000), segment(3, 1, 1, false, false, 333_000, 333_000)),
                true,
                false);
        assertEquals(there, playlist.has(msn, part));
    }

    @Test
    void aSegmentWithoutPartsIsNotListed() {
        MediaPlaylist playlist = new MediaPlaylist(
                9, 0, 0, List.of(segment(3, 0, 1, true, false, 333_000), segment(3, 1, 1, false, false)), true, false);
        assertEquals(1, playlist.segments().size());
        assertEquals("3/1.0.m4s", playlist.preloadHint().orElseThrow().toString());
    }

    @Test
    void theCheckerSeesWhatIsWrong() {
        MediaPlaylist first = new MediaPlaylist(
                5,
                1,
                0,
                List.of(
                        segment(3, 1, 0, true, false, 333_000, 333_000, 333_000),
                        segment(3, 2, 0, false, false, 333_000)),
                true,
                false);
        assertFinds(
                "media sequence fell",
                first.render("", ""),
                first.render("", "").replace("SEQUENCE:5", "SEQUENCE:4"));
        assertFinds("its parts", first.render("", "").replace("EXTINF:0.999", "EXTINF:0.998"));
        assertFinds("PART-HOLD-BACK", first.render("", "").replace("BACK=0.999", "BACK=0.9"));
        assertFinds("part 0 lasts", first.render("", "").replace("PART-TARGET=0.333", "PART-TARGET=0.3"));
        assertFinds("lasts only", first.render("", "").replace("PART-TARGET=0.333", "PART-TARGET=0.4"));
        assertFinds(
                "target duration fell",
                first.render("", "")
                        .replace("DURATION:2", "DURATION:3")
                        .replace("=12.0", "=18.0")
                        .replace("=6.0", "=9.0"),
                first.render("", ""));
        assertFinds(
                "discontinuity sequence",
                first.render("", ""),
                first.render("", "").replace("NCE:1\n", "NCE:2\n"));
        assertFinds(
                "duration changed",
                first.render("", ""),
                first.render("", "")
                        .replace("0.333000,URI=\"3/1.2", "0.300000,URI=\"3/1.2")
                        .replace("0.999000,\n", "0.966000,\n"));
        assertFinds("program date-time is off", first.render("", "").replace("08:00:02.999", "08:00:03.999"));
        assertFinds(
                "lost parts",
                first.render("", "")
                        .replace("#EXT-X-PRE", "#EXT-X-PART:DURATION=0.333000,URI=\"3/2.1.m4s\"\n#EXT-X-PRE"),
                first.render("", ""));
        assertFinds("was 3/1.m4s", first.render("", ""), first.render("", "").replace("3/1.m4s", "3/9.m4s"));
    }

    private static void assertFinds(String problem, String... playlists) {
        PlaylistChecker checker = new PlaylistChecker();
        for (String playlist : playlists) {
            checker.playlist(playlist);
        }
        assertTrue(
                checker.problems().stream().anyMatch(one -> one.contains(problem)),
                problem + " is not in " + checker.problems());
        assertFalse(playlists.length > 1 && checker.problems().get(0).startsWith("playlist 1"), problem);
    }

    private static Frame inEpoch(int epoch, Frame frame) {
        return new Frame(
                epoch,
                frame.sequence(),
                frame.track(),
                frame.dtsUs(),
                frame.ptsUs(),
                frame.keyframe(),
                frame.payload(),
                frame.extensions());
    }

    private static Segment segment(long epoch, long segment, int init, boolean complete, boolean gap, long... partsUs) {
        Mark mark = new Mark(
                segment,
                0,
                true,
                init,
                init,
                1_800_000_000_000L + segment * (segment == 2 ? 1_499 : 2000) + (segment == 2 ? 1 : 0),
                2,
                333,
                Mark.NO_AUDIO_TIME,
                List.of(new TrackRef(0, 0)));
        List<Part> parts = new ArrayList<>();
        long durationUs = 0;
        for (long us : partsUs) {
            parts.add(new Part(epoch, segment, parts.size(), Bytes.EMPTY, us, parts.isEmpty()));
            durationUs += us;
        }
        return new Segment(epoch, mark, parts, durationUs, complete, false, gap);
    }
}
