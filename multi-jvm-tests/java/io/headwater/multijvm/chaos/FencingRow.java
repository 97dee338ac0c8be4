package io.headwater.multijvm.chaos;

import io.headwater.multijvm.Await;
import java.time.Duration;
import java.util.List;

/** A main origin that only slept comes back when another took its stream over. */
final class FencingRow {
    private FencingRow() {}

    static void play(Round round) throws InterruptedException {
        String old = round.oneOf(ChaosCluster.inGroup("region1"));
        List<String> others = ChaosCluster.allBut(old);
        round.begin(old, List.of());
        NumberedPublisher first = round.show.publishers().get(0);
        String next = round.oneOf(others);
        NumberedPublisher second;
        long refused = refused(round, old);
        round.fault();
        round.cluster.node(old).signal("STOP");
        try {
            second = round.show.begin(next, "");
            Show.shows(round.show.watchersAt(others), second);
            round.fault();
            round.pass(round.lasting(40, 12));
        } finally {
            round.cluster.node(old).signal("CONT");
        }
        round.over();
        Await.until(
                "the old publisher is told to stop",
                Duration.ofSeconds(30),
                () -> !first.ended().isEmpty());
        round.cluster.awaitWhole();
        Show.shows(round.show.watchers(), second);
        Show.goesOn(round.show.watchers(), 3 * Show.SECOND, "after the old origin is back");
        round.gaps(round.show.watchersAt(others), 0);
        round.check(refused(round, old) > refused, old + " did not count that its publisher was superseded");
        round.check(second.ended().isEmpty(), "the new publisher was ended: " + second.ended());
        for (String asked : List.of(old, next)) {
            Await.value(
                    "the main origin as " + asked + " tells it",
                    Show.LIMIT,
                    () -> round.show.topology(asked).path("mainOrigin").asText(),
                    next::equals);
        }
        round.look(round.show);
    }

    /** What tells at the old origin that its session is over. */
    private static long refused(Round round, String old) {
        return round.cluster.node(old).counter("publish.superseded");
    }
}
