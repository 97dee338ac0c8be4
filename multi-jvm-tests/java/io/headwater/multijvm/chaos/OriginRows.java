package io.headwater.multijvm.chaos;

import io.headwater.multijvm.Await;
import java.util.List;
import java.util.Optional;

/** A node that feeds others dies, hangs, or cannot be reached any more. */
final class OriginRows {
    private static final String HOME = "region1";
    private static final String FAR = "region2";

    private OriginRows() {}

    /** Nothing happens: what the machine itself does to a stream. */
    static void quiet(Round round) throws InterruptedException {
        round.begin("a1", List.of());
        round.fault();
        Show.goesOn(round.show.watchers(), 5 * Show.SECOND, "nothing happens");
        finish(round, round.show.watchers(), 0);
    }

    static void secondaryKilled(Round round) {
        String main = round.oneOf(ChaosCluster.inGroup(HOME));
        String secondary = secondaryOf(round, main);
        round.show.forget(secondary);
        round.fault();
        round.cluster.node(secondary).kill();
        goesOn(round, 4);
        finish(round, round.show.watchersAt(ChaosCluster.inGroup(FAR)), 0);
        round.over();
    }

    /** The usual beginning with a drawn node as the far group's origin. */
    private static String secondaryOf(Round round, String main) {
        String secondary = round.oneOf(ChaosCluster.inGroup(FAR));
        round.begin(main, List.of(secondary));
        String found = round.show.originOf(main, FAR);
        round.check(found.equals(secondary), "the first to ask was " + secondary + ", the origin is " + found);
        return found;
    }

    static void secondaryHung(Round round) {
        String main = round.oneOf(ChaosCluster.inGroup(HOME));
        String secondary = secondaryOf(round, main);
        String asks = withoutStream(round, secondary);
        round.show.forget(secondary);
        round.fault();
        round.cluster.node(secondary).signal("STOP");
        try {
            round.newPlay(newPlay(round, asks));
            goesOn(round, round.isShort ? 4 : 10);
        } finally {
            round.cluster.node(secondary).signal("CONT");
        }
        round.over();
        goesOn(round, 3);
        finish(round, round.show.watchersAt(ChaosCluster.inGroup(FAR)), 0);
    }

    /** It loses everybody: its own players, too, hear nothing until it is back. */
    static void secondaryLinkCut(Round round) {
        String main = round.oneOf(ChaosCluster.inGroup(HOME));
        String secondary = secondaryOf(round, main);
        List<String> others = ChaosCluster.allBut(secondary);
        cut(round, secondary, others, round.show.watchersAt(others), Optional.of(withoutStream(round, secondary)));
    }

    /** It loses the main origin alone: its own players are to be fed by others, too. */
    static void secondaryUpstreamCut(Round round) {
        String main = round.oneOf(ChaosCluster.inGroup(HOME));
        String secondary = secondaryOf(round, main);
        cut(round, secondary, List.of(main), round.show.watchers(), Optional.empty());
    }

    /** A node of the far group whose players leave, so that it has to ask for the stream again. */
    private static String withoutStream(Round round, String secondary) {
        String node = ChaosCluster.inGroup(FAR).stream()
                .filter(name -> !name.equals(secondary) && !name.equals(round.show.successorOf(secondary, FAR)))
                .findFirst()
                .orElseThrow();
        round.show.forget(node);
        Await.until(
                node + " does not pull " + round.show.stream() + " any more",
                Show.LIMIT,
                () -> round.show.feedOf(secondary, node).isEmpty());
        return node;
    }

    private static Watcher newPlay(Round round, String node) {
        Watcher player = round.show.play(node, Watcher.Protocol.HTTP_FLV);
        Show.goesOn(List.of(player), 1, "a new play at " + node);
        return player;
    }

    private static void cut(
            Round round, String secondary, List<String> from, List<Watcher> all, Optional<String> asks) {
        List<Watcher> served =
                all.stream().filter(round.show.watchers()::contains).toList();
        round.fault();
        round.cluster.cut(List.of(secondary), from, Network.Plane.ALL);
        try {
            asks.ifPresent(node -> round.newPlay(newPlay(round, node)));
            Show.goesOn(served, (round.isShort ? 4 : 10) * Show.SECOND, "while the link is cut");
        } finally {
            round.cluster.heal(List.of(secondary), from, Network.Plane.ALL);
        }
        round.over();
        List<Watcher> affected = round.show.watchersAt(ChaosCluster.inGroup(FAR)).stream()
                .filter(served::contains)
                .toList();
        round.gaps(affected, 0);
        goesOn(round, 3);
        round.oneTransferInto(round.show, ChaosCluster.GROUPS, "region2", "region3");
        round.look(
                round.show,
                round.show.watchers().stream()
                        .filter(one -> one.node().equals(secondary) && !served.contains(one))
                        .toList());
    }

    static void midChainKilled(Round round) {
        String main = round.oneOf(ChaosCluster.inGroup(HOME));
        String secondary = secondaryOf(round, main);
        round.show.forget(secondary);
        round.cluster.node(secondary).kill();
        goesOn(round, 1);
        Await.until(
                "a new origin of " + FAR,
                Show.LIMIT,
                () -> !List.of(secondary, "").contains(round.show.originOf(main, FAR)));
        String last = round.show.watchersAt(ChaosCluster.inGroup(FAR)).stream()
                .map(Watcher::node)
                .filter(name -> !name.equals(round.show.originOf(main, FAR)))
                .findFirst()
                .orElseThrow();
        String successor = Await.value(
                last + " is fed by a node of its group",
                Show.LIMIT,
                () -> round.show.feedOf(main, last),
                feed -> ChaosCluster.inGroup(FAR).contains(feed) && !feed.equals(secondary));
        round.show.forget(successor);
        round.fault();
        round.cluster.node(successor).kill();
        goesOn(round, 4);
        finish(round, round.show.watchersAt(ChaosCluster.inGroup(FAR)), 0);
        round.over();
    }

    static void mainKilledPublisherReturns(Round round) throws InterruptedException {
        String main = round.oneOf(ChaosCluster.inGroup(HOME));
        round.begin(main, List.of(round.oneOf(ChaosCluster.inGroup(FAR))));
        round.show.forget(main);
        List<String> others =
                ChaosCluster.names().stream().filter(name -> !name.equals(main)).toList();
        String next = round.oneOf(others);
        round.fault();
        round.cluster.node(main).kill();
        round.pass(java.time.Duration.ofMillis(200 + round.random.nextInt(700)));
        double absenceMs = round.sinceFaultNanos() / 1e6;
        NumberedPublisher back = round.show.begin(next, "");
        Show.shows(round.show.watchers(), back);
        goesOn(round, 3);
        round.over();
        round.gaps(round.show.watchers(), absenceMs);
        round.look(round.show);
        String[] entered = java.util.stream.Stream.of("region1", "region2", "region3")
                .filter(group -> !group.equals(ChaosCluster.groupOf(next)))
                .toArray(String[]::new);
        round.oneTransferInto(round.show, ChaosCluster.GROUPS, entered);
    }

    private static void goesOn(Round round, int seconds) {
        Show.goesOn(round.show.watchers(), seconds * Show.SECOND, "after the fault");
    }

    private static void finish(Round round, List<Watcher> affected, double allowedMs) {
        round.gaps(affected, allowedMs);
        round.oneTransferInto(round.show, ChaosCluster.GROUPS, "region2", "region3");
        round.look(round.show);
    }
}
