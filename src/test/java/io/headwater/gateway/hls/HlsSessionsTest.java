package io.headwater.gateway.hls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.hls.Container;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Sessions.Session;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HlsSessionsTest {
    private static final StreamKey ONE = new StreamKey("live", "one");
    private static final StreamKey OTHER = new StreamKey("live", "other");
    private static final HlsStream.Place FRAGMENTS = new HlsStream.Place(ONE, Container.FMP4);
    private static final HlsStream.Place TRANSPORT = new HlsStream.Place(ONE, Container.MPEG_TS);
    private static final int MOST = 100;
    private static final long WITHIN_MS = 2_500;

    private final AtomicLong now = new AtomicLong(1_000);
    private final Counters counters = new Counters();
    private final HlsSessions sessions = new HlsSessions(MOST, counters, now::get);

    private boolean asks(HlsStream.Place place, String id) {
        return sessions.asks(place, id, "10.0.0.1:1", true);
    }

    private List<String> listed(StreamKey key) {
        return sessions.of(key).stream().map(Session::id).sorted().toList();
    }

    @Test
    void aSessionIsCountedWhileItAsksOnceASegmentAndListedWhileItAsksAtAll() {
        asks(FRAGMENTS, "a");
        sessions.asks(FRAGMENTS, "b", "10.0.0.2:1", false);
        assertEquals(1, sessions.count(FRAGMENTS, WITHIN_MS), "b asks for parts, another node for the segment's first");
        assertEquals(List.of("a", "b"), listed(ONE));
        now.addAndGet(WITHIN_MS);
        assertEquals(1, sessions.count(FRAGMENTS, WITHIN_MS));
        now.incrementAndGet();
        assertEquals(0, sessions.count(FRAGMENTS, WITHIN_MS));
        assertEquals(
                0, sessions.count(FRAGMENTS, 3 * WITHIN_MS), "who was gone is not back because more time is given");
        asks(FRAGMENTS, "a");
        assertEquals(1, sessions.count(FRAGMENTS, WITHIN_MS));
        now.addAndGet(HlsSessions.ASKS_WITHIN_MS);
        assertEquals(List.of("a"), listed(ONE));
        now.incrementAndGet();
        assertEquals(List.of(), listed(ONE));
    }

    @Test
    void namesOfStreamsThatAPeerMakesUpTakeNoMoreThanALimitAndThatMuchForAMoment() {
        for (int i = 0; i < 10 * MOST; i++) {
            assertTrue(asks(new HlsStream.Place(new StreamKey("live", "made-up" + i), Container.FMP4), "a"));
        }
        assertEquals(6 * MOST, counters.get(Metric.HLS_SESSIONS_REFUSED));
        now.addAndGet(HlsSessions.ASKS_WITHIN_MS + 1);
        asks(FRAGMENTS, "a");
        assertEquals(List.of("a"), listed(ONE));
    }

    @Test
    void eachContainerIsCountedByItselfAndAStreamIsListedAsAWhole() {
        asks(FRAGMENTS, "a");
        asks(TRANSPORT, "t");
        asks(new HlsStream.Place(OTHER, Container.FMP4), "o");
        assertEquals(1, sessions.count(FRAGMENTS, WITHIN_MS));
        assertEquals(1, sessions.count(TRANSPORT, WITHIN_MS));
        assertEquals(List.of("a", "t"), listed(ONE));
        assertEquals(2, sessions.end(ONE, Optional.empty()));
        assertEquals(List.of("o"), listed(OTHER));
    }

    @Test
    void oneThatWasEndedGetsNoFurtherPlaylistForAsLongAsItAsksAndANewOneDoes() {
        assertTrue(asks(FRAGMENTS, "a"));
        assertTrue(asks(FRAGMENTS, "b"));
        assertEquals(0, sessions.end(OTHER, Optional.of("a")));
        assertEquals(1, sessions.end(ONE, Optional.of("a")));
        assertEquals(0, sessions.end(ONE, Optional.of("a")));
        assertEquals(List.of("b"), listed(ONE));
        assertEquals(1, sessions.count(FRAGMENTS, WITHIN_MS));
        for (int i = 0; i < 3; i++) {
            now.addAndGet(HlsSessions.ASKS_WITHIN_MS);
            assertFalse(asks(FRAGMENTS, "a"));
        }
        assertTrue(asks(FRAGMENTS, "c"));
        assertEquals(List.of("c"), listed(ONE));
        now.addAndGet(HlsSessions.ASKS_WITHIN_MS + 1);
        assertTrue(asks(FRAGMENTS, "a"), "it went away and came again");
        assertEquals(1, counters.get(Metric.VIEWERS_ENDED));
    }

    @Test
    void soManyAreToldApart() {
        for (int i = 0; i < MOST + 3; i++) {
            assertTrue(asks(FRAGMENTS, "s" + i));
        }
        assertEquals(MOST, sessions.count(FRAGMENTS, WITHIN_MS));
        assertEquals(MOST, listed(ONE).size());
        assertEquals(3, counters.get(Metric.HLS_SESSIONS_REFUSED));
        now.addAndGet(HlsSessions.ASKS_WITHIN_MS + 1);
        asks(FRAGMENTS, "next");
        assertEquals(List.of("next"), listed(ONE));
    }
}
