package io.headwater.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.SelectStrategy;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An event loop of which messages arrive at a steady pace; the clock is turned by its sleep. */
class LoopRestTest {
    private long nowNanos = 5;
    private double arrived;
    private int rests;
    private int passes;
    private int longest;

    /** A loop of {@code perSecond} messages for a second: each pass takes what arrived since the last one. */
    private void second(LoopRest rest, double perSecond) throws Exception {
        rests = 0;
        passes = 0;
        longest = 0;
        long end = nowNanos + TimeUnit.SECONDS.toNanos(1);
        while (nowNanos < end) {
            long before = nowNanos;
            int ready = rest.calculateStrategy(() -> (int) (arrived + arrivedIn(before, perSecond)), false);
            arrived += arrivedIn(before, perSecond);
            if (ready == SelectStrategy.SELECT) {
                nowNanos += (long) (Math.max(0, 1 - arrived) / perSecond * 1e9) + 1;
                ready = 1;
                arrived = 1;
            }
            arrived -= ready;
            passes++;
            longest = Math.max(longest, ready);
        }
    }

    private double arrivedIn(long sinceNanos, double perSecond) {
        return (nowNanos - sinceNanos) * perSecond / 1e9;
    }

    private LoopRest loop() {
        return new LoopRest(() -> nowNanos, nanos -> {
            rests++;
            nowNanos += nanos;
        });
    }

    @Test
    void aLoopThatIsWokenNowAndThenNeverRests() throws Exception {
        LoopRest loop = loop();
        for (double perSecond : new double[] {1, 70, 500, 950}) {
            second(loop, perSecond);
            assertEquals(0, rests, perSecond + " messages a second");
        }
    }

    @Test
    void aLoopWithManyMessagesTakesThemTogether() throws Exception {
        LoopRest loop = loop();
        second(loop, 7_000);
        second(loop, 7_000);
        assertTrue(passes <= 260, passes + " passes");
        assertTrue(longest >= 27 && longest <= 30, longest + " messages in a pass");
    }

    @Test
    void aLoopThatHasLittleToDoAgainStopsToRest() throws Exception {
        LoopRest loop = loop();
        second(loop, 7_000);
        assertTrue(rests > 100);
        second(loop, 100);
        second(loop, 100);
        assertEquals(0, rests);
    }

    @Test
    void tasksThatAreThereAreNotWaitedWith() throws Exception {
        LoopRest loop = loop();
        second(loop, 7_000);
        rests = 0;
        assertEquals(3, loop.calculateStrategy(() -> 3, true));
        assertEquals(0, loop.calculateStrategy(() -> 0, true));
        assertEquals(0, rests);
    }

    @Test
    void aLoopWhoseRestBroughtNothingSleepsUntilSomethingComes() throws Exception {
        LoopRest loop = loop();
        second(loop, 7_000);
        assertEquals(SelectStrategy.SELECT, loop.calculateStrategy(() -> 0, false));
    }
}
