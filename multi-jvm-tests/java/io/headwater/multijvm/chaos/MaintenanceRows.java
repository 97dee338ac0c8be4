package io.headwater.multijvm.chaos;

import io.headwater.multijvm.Await;
import io.headwater.multijvm.chaos.Watcher.Protocol;
import java.time.Duration;
import java.util.List;

/** Nodes that are told to end, one or all of them after each other. */
final class MaintenanceRows {
    private static final String FAR = "region2";
    /** A quarter of a second. */
    private static final long MOST_RACING = Show.SECOND / 4;

    private static final Duration ENDS_WITHIN = Duration.ofMinutes(2);

    private MaintenanceRows() {}

    /** The node feeds a region and has a publisher of its own, who goes elsewhere when he is told to. */
    static void drain(Round round) {
        String main = round.oneOf(ChaosCluster.inGroup("region1"));
        String drained = round.oneOf(ChaosCluster.inGroup(FAR));
        List<String> others = ChaosCluster.allBut(drained);
        round.begin(main, List.of(drained));
        Show own = round.another("-own");
        NumberedPublisher publisher = own.publish(drained);
        own.watchAt(others);
        Show obeyed = round.another("-obeyed");
        NumberedPublisher obeying = obeyed.publishObeying(drained);
        obeyed.watchAt(others);
        Show.goesOn(own.watchers(), Show.SECOND, "the drained node's own stream");
        Show.goesOn(obeyed.watchers(), Show.SECOND, "the stream whose publisher goes where it is asked to");
        round.fault(own, obeyed);
        var answer = round.cluster.node(drained).rest().post("/rest/v2/node/drain", "{}");
        round.check(answer.status() / 100 == 2, "drain was answered " + answer);
        NumberedPublisher there = obeyed.moved(obeying);
        Show.shows(obeyed.watchers(), there);
        NumberedPublisher moved = movesTo(own, publisher, main);
        Show.goesOn(own.watchers(), Show.SECOND, "the stream whose publisher was sent away");
        Show.goesOn(obeyed.watchers(), Show.SECOND, "the stream whose publisher was asked to go");
        round.moved(own.watchers(), publisher, moved);
        round.moved(obeyed.watchers(), obeying, there);
        String taker = obeyed.originOf(main, FAR);
        round.tail(obeyed.watchersAt(ChaosCluster.allBut(taker)), obeying, 0);
        round.tail(obeyed.watchersAt(List.of(taker)), obeying, MOST_RACING);
        Show.goesOn(round.show.watchersAt(others), 3 * Show.SECOND, "while the node drains");
        round.gaps(round.show.watchersAt(others), 0);
        round.check(
                round.cluster.node(drained).rest().get("/rest/v2/readiness").status() != 200,
                drained + " drains and says that it is ready");
        round.show.forget(drained);
        Await.until(
                drained + " has drained",
                ENDS_WITHIN,
                () -> round.cluster.node(drained).self().path("state").asText().equals("drained"));
        round.cluster.node(drained).signal("TERM");
        round.cluster.node(drained).awaitExit(ENDS_WITHIN);
        round.over();
        Show.goesOn(round.show.watchers(), 2 * Show.SECOND, "after the node has gone");
        round.gaps(round.show.watchers(), 0);
        round.oneTransferInto(round.show, ChaosCluster.GROUPS, FAR, "region3");
        round.look(round.show);
        round.look(own);
        round.look(obeyed);
    }

    /** What an encoder does: it waits for the end of its connection and goes to the next node of its list. */
    private static NumberedPublisher movesTo(Show show, NumberedPublisher publisher, String next) {
        Await.until(
                "the publisher is told to go",
                ENDS_WITHIN,
                () -> !publisher.ended().isEmpty());
        NumberedPublisher moved = show.publish(next);
        Show.shows(show.watchers(), moved);
        return moved;
    }

    static void rollingRestart(Round round) {
        String main = "a1";
        round.begin(main, List.of());
        NumberedPublisher publisher = round.show.publishers().get(0);
        List<String> nodes = round.isShort ? List.of("a1", "b1") : ChaosCluster.names();
        for (String name : nodes) {
            boolean published = name.equals(main);
            round.show.forget(name);
            round.fault();
            round.cluster.node(name).signal("TERM");
            NumberedPublisher before = publisher;
            if (published) {
                main = "c1".equals(name) ? "a1" : "c1";
                publisher = movesTo(round.show, publisher, main);
            }
            round.cluster.node(name).awaitExit(ENDS_WITHIN);
            Show.goesOn(round.show.watchers(), Show.SECOND, "after " + name + " has gone");
            if (published) {
                round.moved(round.show.watchers(), before, publisher);
            } else {
                round.gaps(round.show.watchers(), 0);
            }
            round.over();
            round.cluster.repair();
            round.show.watch(name, Protocol.HTTP_FLV);
        }
        round.look(round.show);
    }
}
