package io.headwater.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Frame;
import io.headwater.media.Track;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TimelineTest {
    private static final Track SCRIPT = new Track(Track.SCRIPT, Codec.SCRIPT, Bytes.EMPTY, 0, 0, 0, 0);

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(300).boxed();
    }

    private static Frame frame(Track track, long dtsUs) {
        return new Frame(1, 0, track, dtsUs, dtsUs, true, Bytes.EMPTY);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void timeNeverFallsWithinATrackOverAllEpochs(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Timeline timeline = new Timeline();
        long now = 0;
        long[] last = {-1, -1};
        for (int epoch = 0; epoch < 10; epoch++) {
            timeline.startEpoch();
            long origin = random.nextLong(-1_000_000_000L, 1_000_000_000L);
            now += random.nextInt(5_000_000);
            long skew = random.nextInt(300_000);
            for (int n = 0; n < 50; n++) {
                now += 40_000;
                long video = timeline.place(frame(TestFrames.VIDEO, origin + n * 40_000L), now);
                long audio = timeline.place(frame(TestFrames.AUDIO, origin + n * 40_000L - skew), now);
                assertTrue(video > last[0] && video >= 0, () -> "video " + video + " after " + last[0]);
                assertTrue(
                        (audio > last[1] && audio >= 0) || (n < 8 && epoch == 0),
                        () -> "audio " + audio + " after " + last[1]);
                last[0] = video;
                last[1] = audio;
            }
        }
    }

    @Test
    void anEpochFollowsTheOneBeforeByTheTimeThatPassed() {
        Timeline timeline = new Timeline();
        timeline.place(frame(TestFrames.VIDEO, 5_000_000), 0);
        timeline.place(frame(TestFrames.VIDEO, 5_040_000), 40_000);
        timeline.startEpoch();
        assertEquals(5_080_000, timeline.place(frame(TestFrames.VIDEO, 77), 41_000), "at least a frame later");
        timeline.startEpoch();
        assertEquals(7_080_000, timeline.place(frame(TestFrames.VIDEO, 900_000_000), 2_041_000));
        assertEquals(7_120_000, timeline.place(frame(TestFrames.VIDEO, 900_040_000), 2_081_000));
    }

    @Test
    void aFirstEpochKeepsThePublishersTimesUnlessTheyAreNegative() {
        assertEquals(123, new Timeline().place(frame(TestFrames.VIDEO, 123), 0));
        Timeline negative = new Timeline();
        assertEquals(0, negative.place(frame(TestFrames.VIDEO, -500), 0));
        assertEquals(100, negative.place(frame(TestFrames.VIDEO, -400), 0));
    }

    /** An encoder whose clock jumps anywhere at any time, with two tracks that notice one after the other. */
    @ParameterizedTest
    @MethodSource("seeds")
    void aPublishersJumpsAreSmoothedForAllItsTracks(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        PublisherClock clock = new PublisherClock();
        long now = 0;
        long videoBase = random.nextLong(1_000_000_000_000L);
        long audioBase = videoBase;
        long lastVideo = Long.MIN_VALUE;
        long lastAudio = Long.MIN_VALUE;
        int jumps = 0;
        int sinceJump = 0;
        for (int n = 0; n < 500; n++) {
            now += 40_000;
            if (random.nextInt(100) == 0 && sinceJump > 20 && n > 20) {
                long by = (random.nextBoolean() ? 1 : -1) * random.nextLong(20_000_000, 1_000_000_000_000L);
                videoBase += by;
                jumps++;
                sinceJump = 0;
            }
            if (sinceJump == 5) {
                audioBase = videoBase;
            }
            sinceJump++;
            long video = clock.place(TestFrames.VIDEO, videoBase + n * 40_000L, now);
            long audio = clock.place(TestFrames.AUDIO, audioBase + n * 40_000L, now);
            if (lastVideo != Long.MIN_VALUE) {
                long step = video - lastVideo;
                assertTrue(step >= 0 && step < 400_000, () -> "video went by " + step);
                long audioStep = audio - lastAudio;
                assertTrue(audioStep >= 0 && audioStep < 400_000, () -> "audio went by " + audioStep);
            }
            assertTrue(Math.abs(video - audio) < 500_000, "sound and picture are apart");
            lastVideo = video;
            lastAudio = audio;
        }
        assertEquals(jumps, clock.jumps());
    }

    @Test
    void aPauseOfThePublisherIsNoJump() {
        PublisherClock clock = new PublisherClock();
        clock.place(TestFrames.VIDEO, 1_000_000, 0);
        assertEquals(61_000_000, clock.place(TestFrames.VIDEO, 61_000_000, 60_000_000));
        assertEquals(0, clock.jumps());
    }

    @Test
    void carelesslyStampedDataDoesNotMoveTheClock() {
        PublisherClock clock = new PublisherClock();
        clock.place(TestFrames.VIDEO, 100_000_000, 0);
        assertEquals(100_000_000, clock.place(SCRIPT, 0, 10));
        assertEquals(100_040_000, clock.place(TestFrames.VIDEO, 100_040_000, 40_000));
        assertEquals(0, clock.jumps());
    }
}
