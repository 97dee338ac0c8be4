package io.headwater.multijvm.chaos;

import io.headwater.multijvm.NodeProcess;
import io.headwater.multijvm.chaos.Watcher.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Very many players ask for a stream at the moment their region's origin dies. */
final class HerdRow {
    private static final String FAR = "region2";
    private static final String STARTED = "relay.pulls.started";
    private static final String OPENED = "relay.pulls.opened";

    /** Beside the pull that every node has, a switch to another one; each is counted. */
    private static final String RESCUES = "feed.beside.rescues";

    private static final String MOVES = "feed.beside.moves";
    /** The region's origin that died, the other node of the group, and the main origin. */
    private static final int CANDIDATES = 3;

    private HerdRow() {}

    static void play(Round round) {
        int players = round.isShort ? 300 : 1000;
        String main = round.oneOf(ChaosCluster.inGroup("region1"));
        String victim = round.oneOf(ChaosCluster.inGroup(FAR));
        List<String> left = ChaosCluster.inGroup(FAR).stream()
                .filter(name -> !name.equals(victim))
                .toList();
        round.show.publish(main);
        round.show.watch(victim, Protocol.HTTP_FLV);
        // one has the stream, the other has to ask
        round.show.watch(left.get(0), Protocol.HTTP_FLV);
        round.settled(round.show, main);
        round.show.forget(victim);
        Map<String, Long> started = counters(round, left, STARTED);
        Map<String, Long> opened = counters(round, left, OPENED);
        Map<String, Long> rescues = counters(round, left, RESCUES);
        Map<String, Long> moves = counters(round, left, MOVES);
        List<Watcher> running = round.show.watchers();
        round.fault();
        round.cluster.node(victim).kill();
        List<Watcher> herd = new ArrayList<>();
        for (int i = 0; i < players; i++) {
            herd.add(round.show.play(left.get(i % left.size()), Protocol.HTTP_FLV));
        }
        Show.goesOn(herd, 1, "every player of the herd");
        herd.forEach(round::newPlay);
        Show.goesOn(running, Show.SECOND, "the player that was there");
        round.gaps(running, 0);
        round.over();
        round.oneTransferInto(round.show, ChaosCluster.GROUPS, FAR);
        for (String name : left) {
            long tried = round.cluster.node(name).counter(STARTED) - started.get(name);
            long made = round.cluster.node(name).counter(OPENED) - opened.get(name);
            long beside = round.cluster.node(name).counter(RESCUES)
                    - rescues.get(name)
                    + round.cluster.node(name).counter(MOVES)
                    - moves.get(name);
            round.outcome()
                    .note(name + " tried " + tried + " links, " + made + " were opened, " + beside + " beside another");
            round.check(
                    made <= 1 + beside, name + " opened " + made + " links for one stream, " + beside + " to switch");
            round.check(tried <= CANDIDATES + beside, name + " tried " + tried + " links for one stream");
        }
        round.look(round.show);
    }

    private static Map<String, Long> counters(Round round, List<String> nodes, String metric) {
        Map<String, Long> counters = new HashMap<>();
        for (String name : nodes) {
            NodeProcess node = round.cluster.node(name);
            counters.put(name, node.counter(metric));
        }
        return counters;
    }
}
