package io.headwater.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.relay.RelayMessage.Echo;
import io.headwater.codec.relay.RelayMessage.KeepAlive;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeepAlivesTest {
    private static final long MS = 1_000_000;

    private final KeepAlives link = new KeepAlives(Duration.ofMillis(100), Duration.ofSeconds(3), 0);

    @Test
    void theFirstOneAsksForAnEcho() {
        assertEquals(Optional.of(new KeepAlive(1)), link.due(0));
        assertEquals(Optional.empty(), link.due(99 * MS));
        assertEquals(Optional.of(new KeepAlive(0)), link.due(100 * MS));
    }

    @Test
    void aBusyLinkSendsNoneButAsksEverySecond() {
        link.due(0);
        for (long at = 10; at < 1000; at += 10) {
            link.sent(at * MS);
            assertEquals(Optional.empty(), link.due(at * MS + 1));
        }
        assertEquals(Optional.of(new KeepAlive(2)), link.due(1000 * MS));
    }

    @Test
    void theNextCheckIsNeverLaterThanWhatIsDue() {
        link.due(0);
        assertEquals(100 * MS, link.nextNs(0));
        link.sent(60 * MS);
        assertEquals(60 * MS, link.nextNs(100 * MS));
        link.sent(960 * MS);
        assertEquals(30 * MS, link.nextNs(970 * MS));
        assertEquals(MS, link.nextNs(2000 * MS));
    }

    @Test
    void aPeerIsSilentAfterItsTime() {
        assertFalse(link.silent(2999 * MS));
        assertTrue(link.silent(3000 * MS));
        link.received(3000 * MS);
        assertFalse(link.silent(5999 * MS));
    }

    @Test
    void howeverManyAskOneIsAnswered() {
        link.asked(new KeepAlive(5));
        link.asked(new KeepAlive(0));
        link.asked(new KeepAlive(6));
        assertEquals(Optional.of(new Echo(6)), link.answer());
        assertEquals(Optional.empty(), link.answer());
    }

    @Test
    void theRoundTripIsThatOfTheLastQuestion() {
        link.due(0);
        assertEquals(2000, link.roundTripUs(new Echo(1), 2 * MS));
        link.due(1000 * MS);
        assertEquals(-1, link.roundTripUs(new Echo(1), 1001 * MS));
        assertEquals(1000, link.roundTripUs(new Echo(2), 1001 * MS));
    }
}
