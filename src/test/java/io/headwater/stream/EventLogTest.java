package io.headwater.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.StreamEvent.Kind;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private final Counters counters = new Counters();
    private long nowMs = 1_000;
    private final EventLog log = new EventLog(counters, () -> nowMs++, 150);

    private static StreamKey key(int number) {
        return new StreamKey("live", "s" + number);
    }

    private static StreamEvent event(String why) {
        return StreamEvent.of(Kind.FEED_CHANGED, why).between("a", "b").costing(40, 0);
    }

    @Test
    void theNewestHundredOfAStreamAreKeptInOrderWithTheirTime() {
        for (int i = 0; i < 130; i++) {
            log.record(key(1), event("n" + i));
        }
        assertEquals(100, log.of(key(1)).size());
        assertEquals("n30", log.of(key(1)).get(0).why());
        assertEquals("n129", log.of(key(1)).get(99).why());
        assertEquals(1_129, log.of(key(1)).get(99).atMs());
        assertEquals(130, counters.get(Metric.EVENTS_RECORDED));
    }

    @Test
    void aFullLogForgetsTheStreamThatWasQuietForTheLongestTime() {
        for (int i = 0; i < 60; i++) {
            log.record(key(1), event("one"));
            log.record(key(2), event("two"));
        }
        log.record(key(1), event("again"));
        for (int i = 0; i < 40; i++) {
            log.record(key(3), event("three"));
        }
        assertEquals(0, log.of(key(2)).size());
        assertEquals(61, log.of(key(1)).size());
        assertEquals(40, log.of(key(3)).size());
        assertEquals(1, counters.get(Metric.EVENTS_STREAMS_FORGOTTEN));
    }

    @Test
    void anUnknownStreamHasNone() {
        assertTrue(log.of(key(9)).isEmpty());
    }

    @Test
    void theLineSaysFromToWhyAndWhatItCost() {
        assertEquals(
                "feedChanged a -> b: silent, gap 40 ms, 0 frames lost, epoch 7",
                event("silent").in(7).toString());
        assertEquals(
                "held - -> b: gone",
                StreamEvent.of(Kind.HELD, "gone").between("", "b").toString());
    }
}
