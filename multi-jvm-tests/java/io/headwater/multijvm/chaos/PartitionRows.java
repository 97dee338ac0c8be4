package io.headwater.multijvm.chaos;

import io.headwater.multijvm.Await;
import io.headwater.multijvm.chaos.Network.Plane;
import io.headwater.multijvm.chaos.Watcher.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Nodes or groups lose each other for a while; nobody dies. */
final class PartitionRows {
    private static final List<String> HERE = ChaosCluster.inGroup("region1");
    private static final List<String> THERE = ChaosCluster.inGroup("region2");

    /** What {@code publisher-grace} is by default. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    private PartitionRows() {}

    static void regionsCut(Round round) throws InterruptedException {
        String main = round.oneOf(HERE);
        String farMain = round.oneOf(THERE);
        Show here = round.show;
        round.begin(main, List.of());
        Show there = round.another("-there");
        there.publish(farMain);
        there.watchAt(ChaosCluster.names());
        round.settled(there, farMain);
        long restarts = round.cluster.sum("cluster.restarts");
        long conceded = round.cluster.sum("topology.conflicts.conceded");
        long prevailed = round.cluster.sum("topology.conflicts.prevailed");
        round.fault(there);
        round.cluster.cut(HERE, THERE, Plane.ALL);
        Show both = round.another("-both");
        try {
            duringTheCut(round, here, there, both);
        } finally {
            round.cluster.heal(HERE, THERE, Plane.ALL);
        }
        round.over();
        round.gaps(here.watchersAt(HERE), 0);
        round.gaps(there.watchersAt(THERE), 0);
        round.fault(there);
        List<Watcher> held = Stream.concat(here.watchersAt(THERE).stream(), there.watchersAt(HERE).stream())
                .toList();
        Show.goesOn(held, 2 * Show.SECOND, "after the heal");
        round.resumed(held);
        oneOfBoth(both);
        // its players may have followed before the entity that concedes has heard of it
        Await.until(
                "a side counts that it conceded " + both.stream(),
                Show.LIMIT,
                () -> round.cluster.sum("topology.conflicts.conceded") > conceded);
        round.outcome()
                .note("one key on both sides: "
                        + (round.cluster.sum("topology.conflicts.conceded") - conceded)
                        + " conceded, "
                        + (round.cluster.sum("topology.conflicts.prevailed") - prevailed)
                        + " prevailed");
        round.check(round.cluster.sum("cluster.restarts") == restarts, "a node was taken out of the cluster");
        round.oneTransferInto(here, ChaosCluster.GROUPS, "region2", "region3");
        round.oneTransferInto(there, ChaosCluster.GROUPS, "region1", "region3");
        round.look(here, held);
        round.look(there, held);
        round.look(both);
    }

    /** New plays and publishes on both sides, one key on both. */
    private static void duringTheCut(Round round, Show here, Show there, Show both) throws InterruptedException {
        long begin = round.sinceFaultNanos();
        for (Show running : List.of(here, there)) {
            Watcher player = running.play(running == here ? "a2" : "b3", Protocol.HTTP_FLV);
            Show.goesOn(List.of(player), 1, "a new play inside its region");
            round.newPlay(player);
        }
        both.publish("a1");
        both.publish("b1");
        both.watch("a2", Protocol.HTTP_FLV);
        both.watch("b2", Protocol.HTTP_FLV);
        long left = round.lasting(60, 20).toNanos() - (round.sinceFaultNanos() - begin);
        round.pass(Duration.ofNanos(Math.max(0, left)));
    }

    /** One of the two publishers of one key is told to stop, and all players show the other. */
    private static void oneOfBoth(Show both) {
        List<NumberedPublisher> left = Await.value(
                "one publisher of " + both.stream() + " is left",
                Show.LIMIT,
                () -> both.publishers().stream()
                        .filter(one -> one.ended().isEmpty())
                        .toList(),
                open -> open.size() == 1);
        Show.shows(both.watchers(), left.get(0));
        Show.goesOn(both.watchers(), Show.SECOND, "the stream that was published on both sides");
    }

    static void nodeIsolated(Round round) throws InterruptedException {
        String main = round.oneOf(HERE);
        String alone = round.oneOf(THERE);
        List<String> others = ChaosCluster.allBut(alone);
        round.begin(main, List.of());
        Show own = round.another("-own");
        own.publish(alone);
        own.watchAt(List.of(alone));
        // their stream's publisher is gone for them: they are held for the grace time and then told the end
        Show lost = round.another("-lost");
        lost.publish(alone);
        lost.watchAt(List.of(main));
        List<Watcher> held = round.show.watchersAt(List.of(alone));
        round.fault(own);
        round.cluster.cut(List.of(alone), others, Plane.ALL);
        try {
            Show.goesOn(own.watchers(), Show.SECOND, "its own stream");
            Watcher player = own.play(alone, Protocol.HTTP_FLV);
            Show.goesOn(List.of(player), 1, "a new play of its own stream");
            round.newPlay(player);
            long heldMs = toldTheEnd(round, lost);
            round.check(heldMs >= GRACE.toMillis(), "players elsewhere were told the end after " + heldMs + " ms only");
            round.outcome().note("players of its stream elsewhere were told the end after " + heldMs / 1000 + " s");
            // also when short: longer than it takes to be a cluster of its own, and the grace time after that
            long left = round.lasting(60, 34).toNanos() - round.sinceFaultNanos();
            round.pass(Duration.ofNanos(Math.max(0, left)));
        } finally {
            round.cluster.heal(List.of(alone), others, Plane.ALL);
        }
        round.over();
        round.gaps(own.watchers(), 0);
        round.fault(own);
        round.outcome().note("resume: players of other nodes' streams at the node");
        Show.goesOn(held, 2 * Show.SECOND, "after the heal");
        round.resumed(held);
        round.cluster.awaitWhole();
        own.watchAt(List.of(main));
        round.oneTransferInto(round.show, ChaosCluster.GROUPS, "region2", "region3");
        round.oneTransferInto(own, ChaosCluster.GROUPS, "region1");
        round.look(round.show, held);
        round.look(own);
    }

    /** How long after the fault all players of the stream were told that it is over: the first of them. */
    private static long toldTheEnd(Round round, Show lost) {
        Await.until(
                "a player of " + lost.stream() + " is told the end",
                Show.LIMIT,
                () -> lost.watchers().stream()
                        .anyMatch(player -> !player.ended().isEmpty()));
        long heldMs = round.sinceFaultNanos() / 1_000_000;
        Await.until(
                "all of them are",
                Show.LIMIT,
                () -> lost.watchers().stream()
                        .noneMatch(player -> player.ended().isEmpty()));
        return heldMs;
    }

    /** The first seed starts anew where it sees nobody, and so becomes a cluster of its own. */
    static void twoClusters(Round round) {
        String alone = "a1";
        List<String> others = ChaosCluster.allBut(alone);
        round.show.publish("b1");
        round.show.watchAt(others);
        round.settled(round.show, "b1");
        round.fault();
        round.cluster.cut(List.of(alone), others, Plane.ALL);
        try {
            round.cluster.node(alone).kill();
            round.cluster.startAgain(alone).awaitReady();
            round.check(
                    round.cluster.members(alone).equals(Map.of(alone, "region1")),
                    alone + " is in a cluster of " + round.cluster.members(alone));
        } finally {
            round.cluster.heal(List.of(alone), others, Plane.ALL);
        }
        round.over();
        round.cluster.awaitWhole();
        Watcher player = round.show.play(alone, Protocol.HTTP_FLV);
        Show.goesOn(List.of(player), Show.SECOND, "a play at the node that was alone");
        round.newPlay(player);
        round.gaps(round.show.watchersAt(others), 0);
        round.oneTransferInto(round.show, ChaosCluster.GROUPS, "region1", "region3");
        round.look(round.show);
    }
}
