package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.StreamKey;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StandingsTest {
    private final Standings standings = new Standings();

    private static StreamKey key(int number) {
        return new StreamKey("live", "s" + number);
    }

    @Test
    void aStreamNobodyAskedForIsNoOnes() {
        assertEquals(Standing.NONE, standings.of(key(1)));
        assertFalse(standings.remembers(key(1)));
    }

    @Test
    void theStreamLetGoOfFirstIsForgottenFirst() {
        for (int i = 0; i <= Standings.MOST_REMEMBERED; i++) {
            standings.put(key(i), Standing.NONE.wanted(i).stopped());
        }
        assertFalse(standings.remembers(key(0)));
        assertTrue(standings.remembers(key(1)));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsWantedIsNeverForgotten(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int many = Standings.MOST_REMEMBERED + 2_000;
        boolean[] wanted = new boolean[many];
        for (int i = 0; i < 2 * many; i++) {
            int stream = random.nextInt(many);
            wanted[stream] = random.nextInt(3) > 0;
            Standing standing = Standing.NONE.wanted(i);
            standings.put(key(stream), wanted[stream] ? standing : standing.stopped());
        }
        for (int i = 0; i < many; i++) {
            assertEquals(wanted[i], standings.of(key(i)).wants(), "stream " + i);
        }
    }

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(5).boxed();
    }
}
