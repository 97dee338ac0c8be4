package io.headwater.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.hls.Mark;
import io.headwater.codec.hls.Segmenter;
import io.headwater.codec.hls.SegmenterSettings;
import io.headwater.media.Bytes;
import io.headwater.media.Extension;
import io.headwater.media.Frame;
import io.headwater.media.Track;
import io.headwater.media.Tracks;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RingTest {
    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(300).boxed();
    }

    private static Slot.Placed placed(Frame frame) {
        return new Slot.Placed(frame, Tracks.NONE, false, false, frame.dtsUs(), frame.ptsUs(), frame.dtsUs() / 1000);
    }

    /** Against a plain list of everything that was ever appended. */
    @ParameterizedTest
    @MethodSource("seeds")
    void itHoldsTheNewestFramesWithinItsLimitsAndFindsThemByPositionAndSequence(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long keepUs = 1000L * random.nextInt(1_000);
        long maxBytes = 1_000L + random.nextInt(50_000);
        Ring ring = new Ring(keepUs, maxBytes, new EncodedMemory(null));
        List<Frame> all = new ArrayList<>();
        long epoch = 1;
        long sequence = 0;
        long epochStart = 0;
        long dts = 0;
        int gop = 1 + random.nextInt(60);
        ring.startable(true, false);
        for (int n = 0; n < 400; n++) {
            if (random.nextInt(100) == 0) {
                epoch += 1 + random.nextInt(3);
                sequence = 0;
                epochStart = n;
                ring.startEpoch();
                ring.startable(true, false);
            } else if (random.nextInt(50) == 0) {
                sequence += random.nextInt(10);
            }
            dts += 1000L * random.nextInt(20);
            Track track = random.nextInt(3) == 0 ? TestFrames.AUDIO : TestFrames.VIDEO;
            boolean key = track.equals(TestFrames.AUDIO) || random.nextInt(gop) == 0;
            Frame frame = new Frame(epoch, sequence++, track, dts, dts, key, Bytes.of(new byte[random.nextInt(300)]));
            all.add(frame);
            ring.append(placed(frame));

            assertEquals(n + 1, ring.head());
            long tail = ring.tail();
            long newestKey = lastKey(all, epochStart);
            for (long position = 0; position <= n + 3; position++) {
                Slot slot = ring.get(position);
                if (position < tail || position > n) {
                    assertNull(slot);
                } else {
                    assertEquals(all.get((int) position), slot.frame());
                }
            }
            long held = cost(all, tail, n);
            assertTrue(held <= maxBytes || tail == n, "holds " + held);
            if (tail > 0 && held + all.get((int) tail - 1).payload().length() + Slot.OVERHEAD <= maxBytes) {
                Frame gone = all.get((int) tail - 1);
                assertTrue(dts - gone.dtsUs() > keepUs, "a frame left early");
                assertTrue(newestKey < 0 || tail <= newestKey, "the group of pictures was cut");
            }
            assertEquals(newestKey >= tail ? newestKey : -1, ring.start(0));
            assertEquals(-1, ring.start(n + 1));
            long wantedEpoch = Math.max(1, epoch - random.nextInt(2));
            long wanted = random.nextLong(sequence + 5);
            assertEquals(expected(all, tail, wantedEpoch, wanted), ring.find(wantedEpoch, wanted));
        }
    }

    /** So that the first request for HLS is answered from memory. */
    @ParameterizedTest
    @ValueSource(ints = {1_000, 1_280, 2_000, 2_500, 3_000, 3_900})
    void aWholeSegmentIsInItWheneverThereWasOne(int groupMs) {
        Ring ring = new Ring(4_000_000, 1 << 20, new EncodedMemory(null));
        Segmenter segmenter = new Segmenter(SegmenterSettings.DEFAULT, 0);
        List<Long> starts = new ArrayList<>();
        for (int n = 0; n < 2_000; n++) {
            long us = n * 20_000L;
            boolean key = us / 1000 / groupMs != (us - 20_000L) / 1000 / groupMs || n == 0;
            Frame plain = new Frame(1, n, TestFrames.VIDEO, us, us, key, Bytes.of(new byte[10]));
            Mark mark = segmenter.frame(plain, Tracks.NONE.with(TestFrames.VIDEO), us / 1000);
            List<Extension> marks = mark == null ? List.of() : List.of(mark.toExtension());
            ring.append(placed(new Frame(1, n, TestFrames.VIDEO, us, us, key, plain.payload(), marks)));
            if (mark != null && mark.startsSegment()) {
                starts.add((long) n);
            }
            if (starts.size() > 1) {
                long whole = starts.get(starts.size() - 2);
                assertTrue(ring.tail() <= whole, () -> "begins at " + ring.tail() + ", the segment at " + whole);
            }
            long oldestUs =
                    Objects.requireNonNull(ring.get(ring.tail())).frame().dtsUs();
            assertTrue(us - oldestUs <= 8_020_000, "no more than that");
        }
        assertTrue(starts.size() > 5);
    }

    private static long lastKey(List<Frame> all, long from) {
        for (int i = all.size() - 1; i >= from; i--) {
            if (all.get(i).startsPicture()) {
                return i;
            }
        }
        return -1;
    }

    private static long cost(List<Frame> all, long from, long to) {
        return all.subList((int) from, (int) to + 1).stream()
                .mapToLong(frame -> frame.payload().length() + Slot.OVERHEAD)
                .sum();
    }

    private static long expected(List<Frame> all, long tail, long epoch, long sequence) {
        long found = -1;
        for (long i = tail; i < all.size(); i++) {
            Frame frame = all.get((int) i);
            if (frame.epoch() < epoch || (frame.epoch() == epoch && frame.sequence() <= sequence)) {
                found = i;
            }
        }
        return found;
    }

    @Test
    void anEndlessGroupOfPicturesLosesItsOldestFramesAndIsNoStartAnyMore() {
        Ring ring = new Ring(1_000_000_000, 20 * (Slot.OVERHEAD + 100L), new EncodedMemory(null));
        ring.startable(true, false);
        for (int n = 0; n < 100; n++) {
            ring.append(placed(new Frame(1, n, TestFrames.VIDEO, n, n, n == 0, Bytes.of(new byte[100]))));
        }
        assertEquals(20, ring.frames());
        assertEquals(-1, ring.start(0));
        assertEquals(80, ring.takeOverflowed());
        assertEquals(0, ring.takeOverflowed());
    }

    @Test
    void encodedFormsCountAgainstTheLimit() {
        EncodedMemory node = new EncodedMemory(null);
        Ring ring = new Ring(1_000_000_000, 20 * (Slot.OVERHEAD + 100L), node);
        TestFormat format = new TestFormat();
        for (int n = 0; n < 100; n++) {
            Slot slot = ring.append(placed(new Frame(1, n, TestFrames.VIDEO, n, n, n == 0, Bytes.of(new byte[100]))));
            slot.encoded(format).release();
            slot.encoded(format).release();
        }
        assertTrue(ring.frames() < 20);
        assertEquals(ring.frames(), node.buffers());
        assertEquals(100, format.encoded.get(), "once for each frame");
        ring.retire();
        assertEquals(0, node.buffers());
    }
}
