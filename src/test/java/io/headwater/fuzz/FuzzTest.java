package io.headwater.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A moment of fuzzing for each target; scripts/fuzz goes on for as long as one likes. */
class FuzzTest {
    private static final long MOST_RUNS = 20_000;
    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

    static Stream<FuzzTarget> targets() {
        return Targets.all().stream();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void whateverIsSaidIsReadOrRefused(FuzzTarget target) {
        Fuzzer.Report report = new Fuzzer(target, Long.getLong("seed", 1)).run(MOST_RUNS, MOST_NANOS);
        assertEquals(List.of(), report.findings());
        assertTrue(report.runs() > target.seeds().size(), report::toString);
        assertTrue(report.ends() > 1, () -> "all inputs end the same way: " + report);
    }

    @Test
    void aReaderThatThrowsOrTakesMuchMemoryIsFound() {
        List<byte[]> seeds = List.of(new byte[] {1, 2, 3, 4});
        FuzzTarget throwing = new FuzzTarget("throwing", seeds, List.of(), input -> "" + input[3]);
        assertEquals(
                1, new Fuzzer(throwing, 1).run(1_000, MOST_NANOS).findings().size());
        FuzzTarget greedy = new FuzzTarget(
                "greedy",
                seeds,
                List.of(),
                input -> input.length < 4 ? "" : "" + new byte[(input[0] & 0xff) << 20].length);
        assertTrue(new Fuzzer(greedy, 1)
                .run(1_000, TimeUnit.SECONDS.toNanos(10))
                .findings()
                .get(0)
                .contains("memory"));
    }
}
