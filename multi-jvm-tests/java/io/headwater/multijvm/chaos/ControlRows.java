package io.headwater.multijvm.chaos;

import io.headwater.multijvm.Await;
import io.headwater.multijvm.chaos.Network.Plane;
import io.headwater.multijvm.chaos.Watcher.Protocol;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Those who decide die, or lose each other, while frames flow. */
final class ControlRows {
    private static final String HOME = "region1";
    private static final String FAR = "region2";
    private static final int TRIES = 12;

    private ControlRows() {}

    /** In the far group, or in the stream's home where the other groups look for it. */
    static void entityHostKilled(Round round) {
        boolean atHome = round.random.nextBoolean();
        String main = round.oneOf(ChaosCluster.inGroup(HOME));
        String first = round.oneOf(ChaosCluster.inGroup(FAR));
        String group = atHome ? HOME : FAR;
        Show show = round.show;
        String host = "";
        for (int i = 0; i < TRIES && (host.isEmpty() || host.equals(main) || host.equals(first)); i++) {
            // which node hosts an entity follows from the stream's name
            show.close();
            show = round.another("-" + i);
            show.publish(main);
            show.watch(first, Protocol.HTTP_FLV);
            host = round.cluster.entityHost(group, show.stream());
        }
        if (host.equals(main) || host.equals(first) || host.isEmpty()) {
            throw new AssertionError("no stream found whose entity in " + group + " is on a node without it");
        }
        String victim = host;
        show.watch(main, Protocol.RTMP);
        String asks = atHome
                ? "c1"
                : ChaosCluster.inGroup(FAR).stream()
                        .filter(name -> !name.equals(first) && !name.equals(victim))
                        .findFirst()
                        .orElseThrow();
        killAndPlay(round, show, victim, asks);
    }

    /** The node that decides for the far group is also the one that pulls for it: viewers lose their feed at once. */
    static void entityHostIsOriginKilled(Round round) {
        String main = round.oneOf(ChaosCluster.inGroup(HOME));
        Show show = round.show;
        String host = "";
        String first = "";
        for (int i = 0; i < 2 * TRIES && (host.isEmpty() || !host.equals(first)); i++) {
            show.close();
            show = round.another("-" + i);
            show.publish(main);
            first = round.oneOf(ChaosCluster.inGroup(FAR));
            show.watch(first, Protocol.HTTP_FLV);
            host = round.cluster.entityHost(FAR, show.stream());
        }
        String victim = first;
        round.check(host.equals(victim), "no stream found whose entity in " + FAR + " is on the node that pulls it");
        List<String> others = ChaosCluster.inGroup(FAR).stream()
                .filter(name -> !name.equals(victim))
                .toList();
        show.watch(main, Protocol.RTMP);
        show.watch(others.get(0), Protocol.HTTP_FLV);
        show.forget(victim);
        killAndPlay(round, show, victim, others.get(1));
        round.oneTransferInto(show, ChaosCluster.GROUPS, FAR);
    }

    static void coordinatorKilled(Round round) {
        String main = round.oneOf(ChaosCluster.inGroup(HOME));
        String victim = round.cluster.coordinator("b1");
        List<String> others = ChaosCluster.inGroup(FAR).stream()
                .filter(name -> !name.equals(victim))
                .toList();
        round.show.publish(main);
        round.show.watch(main, Protocol.RTMP);
        round.show.watch(others.get(0), Protocol.HTTP_FLV);
        // nobody in the group has asked for this one: somebody has to be named its entity's host first
        Show unknown = round.another("-unknown");
        unknown.publish(main);
        unknown.watch(main, Protocol.HTTP_FLV);
        round.outcome().note("the second new play is of a stream its group has never heard of");
        Watcher player = killAndPlay(round, round.show, victim, others.get(1));
        Watcher other = unknown.play(others.get(1), Protocol.HTTP_FLV);
        Show.goesOn(List.of(other), 1, "a new play of a stream that is new to the group");
        round.newPlay(other);
        Show.goesOn(List.of(player, other), Show.SECOND, "afterwards");
        round.look(unknown);
    }

    private static Watcher killAndPlay(Round round, Show show, String victim, String asks) {
        Show.goesOn(show.watchers(), Show.SECOND, "before the fault");
        List<Watcher> running = show.watchers();
        round.fault(show);
        round.cluster.node(victim).kill();
        Watcher player = show.play(asks, Protocol.HTTP_FLV);
        Show.goesOn(List.of(player), 1, "a new play at " + asks);
        round.newPlay(player);
        Show.goesOn(running, 4 * Show.SECOND, "after the fault");
        round.gaps(running, 0);
        round.over();
        round.look(show);
        return player;
    }

    /** Its group takes the node out, since it does not hear it any more; its media links are whole. */
    static void controlPlaneRestart(Round round) throws InterruptedException {
        String main = round.oneOf(ChaosCluster.inGroup(HOME));
        String victim = round.oneOf(ChaosCluster.inGroup(FAR));
        round.begin(main, List.of(victim));
        Show own = round.another("-own");
        own.publish(victim);
        own.watch(victim, Protocol.HTTP_FLV);
        own.watch(main, Protocol.HTTP_FLV);
        long restarts = round.cluster.node(victim).counter("cluster.restarts");
        round.fault(own);
        List<String> others = ChaosCluster.allBut(victim);
        round.cluster.cut(List.of(victim), others, Plane.CONTROL);
        try {
            Await.until(
                    victim + " is taken out of the cluster",
                    Duration.ofMinutes(1),
                    // or it has taken them out, one after the other, which it heard last at different times: seen on a
                    // full machine
                    () -> round.cluster.node(victim).counter("cluster.restarts") > restarts
                            || round.cluster.listed(victim, FAR) == 1);
            round.pass(Duration.ofSeconds(2));
        } finally {
            round.cluster.heal(List.of(victim), others, Plane.CONTROL);
        }
        round.over();
        round.cluster.awaitWhole();
        Show.goesOn(round.show.watchers(), 2 * Show.SECOND, "after the node is back");
        round.gaps(round.show.watchers(), 0);
        round.gaps(own.watchers(), 0);
        round.oneTransferInto(round.show, ChaosCluster.GROUPS, "region2", "region3");
        round.look(round.show);
        round.look(own);
    }

    static void groupChange(Round round) {
        String main = round.oneOf(ChaosCluster.inGroup(HOME));
        String mover = round.oneOf(ChaosCluster.inGroup(FAR));
        round.begin(main, List.of(mover));
        Show own = round.another("-own");
        own.publish(mover);
        own.watchAt(ChaosCluster.names());
        round.settled(own, mover);
        Map<String, String> moved = new HashMap<>(ChaosCluster.GROUPS);
        moved.put(mover, "region3");
        round.fault(own);
        try {
            round.cluster.move(mover, "region3");
            round.oneTransferInto(round.show, moved, "region2", "region3");
            round.oneTransferInto(own, moved, "region1", "region2");
        } finally {
            round.cluster.move(mover, FAR);
        }
        round.over();
        round.oneTransferInto(round.show, ChaosCluster.GROUPS, "region2", "region3");
        round.oneTransferInto(own, ChaosCluster.GROUPS, "region1", "region3");
        for (Show one : List.of(round.show, own)) {
            Show.goesOn(one.watchers(), 2 * Show.SECOND, "after the node is back");
            round.gaps(one.watchers(), 0);
            round.look(one);
        }
    }
}
