package io.headwater.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogLimitTest {
    private long now = Long.MAX_VALUE - 5;

    @Test
    void linesBeyondTheLimitAreCountedAndToldWithTheNextOne() {
        LogLimit limit = new LogLimit(2, Duration.ofNanos(100), () -> now);
        List<String> log = new ArrayList<>();
        for (String line : List.of("a", "b", "c", "d")) {
            limit.log(log::add, line);
        }
        now += 100;
        limit.log(log::add, "e");
        limit.log(log::add, "f");
        assertEquals(List.of("a", "b", "e (2 lines like this were left out before)", "f"), log);
    }
}
