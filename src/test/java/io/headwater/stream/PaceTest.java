package io.headwater.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {
    @ParameterizedTest
    @CsvSource({
        // the pass, then the asking after its beginning, and what is left, in microseconds
        "0, 0, 0",
        "900, 900, 0",
        "1100, 1100, 5500",
        "1100, 2100, 4500",
        "1100, 6600, 0",
        "3000, 4000, 14000",
        "9000, 9000, 20000",
        "900000, 900000, 20000",
    })
    void aLongPassIsFollowedByARestOfThreeTimesItsLengthWithinABound(long pass, long asked, long left) {
        for (long origin : new long[] {0, -5_000_000, Long.MAX_VALUE - 1_000_000}) {
            Pace pace = new Pace(origin);
            assertEquals(0, pace.leftNanos(origin));
            pace.passed(origin, origin + pass * 1000);
            assertEquals(left * 1000, pace.leftNanos(origin + asked * 1000));
        }
    }
}
