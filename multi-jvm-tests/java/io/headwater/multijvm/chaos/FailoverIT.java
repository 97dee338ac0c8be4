package io.headwater.multijvm.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A short round of every row of {@code scripts/chaos} on one cluster: nothing lost, nothing twice, every connection kept,
 * one origin. How fast, the script measures on a quiet machine; here the limits only tell a failover from none.
 */
class FailoverIT {
    private static final Limits GENEROUS = new Limits(30_000, 30_000, 30_000, 30_000, 30_000);
    /** Where two parts of a cluster have to find each other again before a region is entered once only. */
    private static final Limits REJOINED = new Limits(30_000, 30_000, 30_000, 30_000, 120_000);

    private static Chaos chaos;

    static Stream<Arguments> rows() {
        return Rows.ALL.stream().map(row -> Arguments.of(row.event(), row));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void viewersNoticeNothingTheyNeedNot(String event, Row row) throws InterruptedException {
        if (chaos == null) {
            chaos = Chaos.start(Options.parse(new String[] {"--short"}), Map.of());
        }
        Outcome outcome = new Outcome();
        try {
            chaos.round(row, outcome);
        } catch (AssertionError notWhole) {
            // the next row starts with a cluster of its own
            stop();
            throw notWhole;
        }
        Table.row(row, outcome);
        assertEquals(
                List.of(), outcome.missed(row.name().equals("control-plane-restart") ? REJOINED : GENEROUS), event);
    }

    @AfterAll
    static void stop() {
        if (chaos != null) {
            chaos.close();
            chaos = null;
        }
    }
}
