package io.headwater.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {
    @ParameterizedTest
    @CsvSource({
        // the pass, then the asking after its beginning, and what is left, in microseconds
        "0, 0, 0",
        "600, 600, 0",
        "700, 700, 2100",
        "700, 1700, 1100",
        "700, 2800, 0",
        "4000, 5000, 11000",
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
