package io.headwater.codec.hls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NumberingTest {
    private static final long TIME = 1_790_000_000L;
    private static final long EPOCH = TIME << 20;
    private static final long BREAKS = TIME / 15 % 4096;

    private final Numbering numbering = new Numbering();

    @Test
    void aStreamNobodyRemembersBeginsAtTheTimeOfItsEpochAfterAMoment() {
        numbering.publish(EPOCH, 0);
        assertEquals(Optional.empty(), numbering.mark(0, 0, true, 0));
        assertEquals(Optional.empty(), numbering.mark(0, 0, false, 999));
        assertEquals(Optional.of(new NumberBase(TIME, BREAKS)), numbering.mark(0, 0, false, 1000));
        assertEquals(new NextNumbers(EPOCH, TIME + 1, BREAKS + 1), numbering.next());
    }

    @Test
    void theMainOriginOfTheEpochBeforeGoesOnAtOnce() {
        numbering.publish(EPOCH, 0);
        numbering.mark(0, 0, true, 1000);
        numbering.mark(7, 1, true, 14_400);
        numbering.publish(EPOCH + 5, 20_000);
        assertEquals(Optional.of(new NumberBase(TIME + 8, BREAKS + 2)), numbering.mark(0, 0, true, 20_000));
    }

    @Test
    void anEdgeThatBecomesTheMainOriginTakesTheHighestNumberOfThoseWhoComeToIt() {
        numbering.passed(EPOCH, 3, 0, new NumberBase(100, 10));
        numbering.publish(EPOCH + 1, 0);
        assertEquals(Optional.empty(), numbering.mark(0, 0, true, 10));
        numbering.heard(new NextNumbers(EPOCH, 105, 11));
        numbering.heard(new NextNumbers(EPOCH, 102, 11));
        assertEquals(Optional.of(new NumberBase(105, 11)), numbering.mark(0, 0, false, 350));
    }

    @Test
    void whoComesLateRaisesTheNextSegmentIfThatIsStillTooLow() {
        numbering.passed(EPOCH, 3, 0, new NumberBase(100, 10));
        numbering.publish(EPOCH + 1, 0);
        assertEquals(Optional.of(new NumberBase(104, 11)), numbering.mark(0, 0, true, 350));
        numbering.heard(new NextNumbers(EPOCH, 110, 12));
        assertEquals(Optional.of(new NumberBase(104, 11)), numbering.mark(0, 0, false, 700), "not within a segment");
        assertEquals(Optional.of(new NumberBase(109, 12)), numbering.mark(1, 0, true, 2_000));
        numbering.heard(new NextNumbers(EPOCH, 110, 12));
        assertEquals(Optional.of(new NumberBase(109, 12)), numbering.mark(2, 0, true, 4_000), "high enough");
    }

    @Test
    void aNodeThatKnowsNothingWaitsLongerForThoseWhoRemember() {
        numbering.publish(EPOCH + 1, 0);
        assertEquals(Optional.empty(), numbering.mark(0, 0, true, 0));
        assertEquals(Optional.empty(), numbering.mark(0, 0, false, 700));
        numbering.heard(new NextNumbers(EPOCH, 105, 11));
        assertEquals(Optional.of(new NumberBase(105, 11)), numbering.mark(0, 0, false, 1033));
    }

    @Test
    void numbersOfTheRunningEpochRaiseNothing() {
        numbering.publish(EPOCH, 0);
        numbering.mark(0, 0, true, 1000);
        numbering.heard(new NextNumbers(EPOCH, TIME + 3, BREAKS + 1));
        assertEquals(Optional.of(new NumberBase(TIME, BREAKS)), numbering.mark(1, 0, true, 2_000));
    }

    @Test
    void whatCannotBeANumberIsNotHeard() {
        numbering.heard(new NextNumbers(EPOCH, Long.MAX_VALUE, 3));
        numbering.heard(new NextNumbers(EPOCH, 5, -1));
        numbering.heard(new NextNumbers(0, 5, 5));
        assertEquals(NextNumbers.NONE, numbering.next());
    }

    /**
     * Nodes publish in turn and die; what each has seen of the epoch before, and which of the others come in time to say
     * so, is left to chance. One beside the main origin has seen all, since frames travel much faster than segments grow,
     * or all have forgotten. No player of any node ever sees a number fall.
     */
    @ParameterizedTest
    @MethodSource("seeds")
    void theNumberANodeSeesNeverFallsWhoeverPublishes(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Numbering> nodes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            nodes.add(new Numbering());
        }
        long time = TIME;
        long highest = 0;
        for (int turn = 0; turn < 8; turn++) {
            Numbering origin = nodes.get(random.nextInt(nodes.size()));
            long epoch = time << 20;
            origin.publish(epoch, 0);
            boolean anybody = !origin.next().isNone();
            for (Numbering node : nodes) {
                // whoever has the newest numbers comes; the others may
                if (node.next().mediaSequence() == highest || random.nextBoolean()) {
                    origin.heard(node.next());
                    anybody |= !node.next().isNone();
                }
            }
            Numbering witness = nodes.get(random.nextInt(nodes.size()));
            int segments = 1 + random.nextInt(6);
            for (int segment = 0; segment < segments; segment++) {
                NumberBase base =
                        origin.mark(segment, 0, true, 1_000 + segment * 2_000L).orElseThrow();
                long number = base.mediaSequence() + segment;
                assertTrue(number >= highest, "segment " + number + " after " + highest);
                assertTrue(number < time + 1 + 2L * segment + 1, "no number is above the time");
                if (segment == 0 && anybody && highest > 0) {
                    assertEquals(highest, number, "nothing is left out while somebody remembers");
                }
                highest = number + 1;
                for (Numbering node : nodes) {
                    if (node != origin && (node == witness || random.nextInt(4) > 0)) {
                        node.passed(epoch, segment, 0, base);
                    }
                }
            }
            time += segments * 2L + random.nextInt(10);
            if (random.nextInt(6) == 0) {
                nodes.replaceAll(forgotten -> new Numbering());
            } else {
                int dead = random.nextInt(nodes.size());
                if (nodes.get(dead) != witness) {
                    nodes.set(dead, new Numbering());
                }
            }
        }
    }

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(200).boxed();
    }
}
