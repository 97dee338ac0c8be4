package io.headwater.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.Frame;
import io.headwater.media.Tracks;
import io.headwater.topology.NodeId;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StartsTest {
    private static final int GOP = 5;

    private final Ring ring = new Ring(1_000_000, 1_000_000, new EncodedMemory(null));

    private void append(long epoch, long from, long to) {
        ring.startEpoch();
        ring.startable(true, false);
        for (long n = from; n <= to; n++) {
            Frame frame = TestFrames.picture(epoch, n, GOP);
            ring.append(new Slot.Placed(
                    frame, Tracks.NONE, false, false, frame.dtsUs(), frame.ptsUs(), frame.dtsUs() / 1000));
        }
    }

    private static SubscribeRequest.Relay has(long epoch, long sequence) {
        NodeId node = new NodeId("edge");
        return new SubscribeRequest.Relay(node, epoch, sequence, List.of(node));
    }

    private Frame frameAt(Cursor.Start start) {
        return Objects.requireNonNull(ring.get(start.position())).frame();
    }

    @Test
    void nobodyStartsInAnEmptyRing() {
        ring.startable(true, false);
        assertNull(Starts.newest(ring, 0));
        assertNull(Starts.oldest(ring, 0, 0));
        assertNull(Starts.relay(ring, has(0, -1), 1, -1));
    }

    @Test
    void aPlayerStartsAtTheNewestKeyframe() {
        append(1, 0, 13);
        assertEquals(new Cursor.Start(10, 1, false), Starts.newest(ring, 0));
        assertNull(Starts.newest(ring, 11));
    }

    @Test
    void withoutASegmentTheOldestStartIsTheNewest() {
        append(1, 0, 13);
        assertEquals(new Cursor.Start(10, 1, false), Starts.oldest(ring, 0, 0));
    }

    @Test
    void aNodeThatIsInALaterEpochWaits() {
        append(1, 0, 13);
        assertNull(Starts.relay(ring, has(2, 0), 1, 13));
    }

    @Test
    void aNodeThatHasEverythingGoesOnWithTheNextFrame() {
        append(1, 0, 13);
        assertEquals(new Cursor.Start(14, 1, true), Starts.relay(ring, has(1, 13), 1, 13));
    }

    /** A ring of one epoch and the beginning of another, at most some of which is still there. */
    @ParameterizedTest
    @MethodSource("seeds")
    void nothingIsMissingWhereANodeGoesOn(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long first = random.nextInt(20);
        long last = first + random.nextInt(80);
        append(1, first, last);
        append(2, 0, random.nextInt(40));
        long newest = Objects.requireNonNull(ring.newest()).frame().sequence();
        SubscribeRequest.Relay relay = has(1 + random.nextInt(2), random.nextInt(120));

        Cursor.Start start = Starts.relay(ring, relay, 2, newest);

        if (start == null || !start.resumed()) {
            assertEquals(Starts.newest(ring, 0), start);
        } else if (start.position() < ring.head()) {
            Frame next = frameAt(start);
            boolean goesOn = next.epoch() == relay.epoch() && next.sequence() == relay.afterSequence() + 1;
            boolean wasTheLast = relay.epoch() == 1 && relay.afterSequence() == last && next.sequence() == 0;
            assertTrue(goesOn || wasTheLast, () -> relay + " goes on with " + next);
        } else {
            assertTrue(relay.epoch() == 2 && relay.afterSequence() >= newest);
        }
    }

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(300).boxed();
    }
}
