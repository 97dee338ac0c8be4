package io.headwater.cluster;

import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.SharedNotes;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The nodes that were lost lately: taken out of the membership because nobody reached them. All nodes tell the same of
 * them, those too that came later, until the node is back, an operator takes it out, or {@link #REMEMBERED} is over.
 */
final class LostNodes {
    static final Duration REMEMBERED = Duration.ofMinutes(15);
    static final int MOST = 100;

    private static final String PREFIX = "lost/";
    private static final String TAKEN_OUT = "taken-out";
    private static final int FIELDS = 9;

    private final SharedNotes notes;
    private final Counters counters;
    private final LongSupplier clock;
    private Members before;

    LostNodes(SharedNotes notes, Counters counters, LongSupplier clock, Members before) {
        this.notes = notes;
        this.counters = counters;
        this.clock = clock;
        this.before = before;
    }

    /** A node, the unique number of its control plane, and when it was lost. */
    record Lost(ClusterNode node, long uid, long atMs) {}

    /** Compares with the membership of the last call. One thread. */
    void look(Members now) {
        if (now.equals(before)) {
            return;
        }
        if (now.selfIsUp()) {
            now.nodes().forEach(node -> back(node.id(), now.uids().getOrDefault(node.id(), 0L)));
            for (ClusterNode node : before.nodes()) {
                if (node.status() == NodeStatus.UNREACHABLE
                        && now.node(node.id()).isEmpty()) {
                    lost(node, before.uids().getOrDefault(node.id(), 0L));
                }
            }
        }
        before = now;
    }

    private void lost(ClusterNode node, long uid) {
        counters.increment(Metric.CLUSTER_NODES_LOST);
        String name = PREFIX + node.id();
        boolean known =
                notes.get(name).filter(text -> text.startsWith(uid + " ")).isPresent();
        if (known) {
            return; // another node said so, or an operator took it out
        }
        if (notes.startingWith(PREFIX).size() >= MOST && notes.get(name).isEmpty()) {
            counters.increment(Metric.CLUSTER_NODES_LOST_FORGOTTEN);
            return;
        }
        long now = clock.getAsLong();
        notes.put(name, written(node, uid, now), now + REMEMBERED.toMillis());
    }

    /** Lost in an earlier life: when this one leaves by itself, the node is not to be shown again. */
    private void back(NodeId node, long uid) {
        notes.get(PREFIX + node)
                .flatMap(text -> read(node, text))
                .filter(lost -> lost.uid != uid)
                .ifPresent(lost -> takenOut(node, lost.uid));
    }

    /** An operator takes a member out that cannot be reached: it is not to be shown when it is gone. */
    void takenOut(NodeId node, long uid) {
        notes.put(PREFIX + node, uid + " " + TAKEN_OUT, clock.getAsLong() + REMEMBERED.toMillis());
    }

    /** Shows the node no more. @return whether it was shown */
    boolean forget(NodeId node) {
        Optional<Lost> shown = notes.get(PREFIX + node).flatMap(text -> read(node, text));
        shown.ifPresent(lost -> takenOut(node, lost.uid));
        return shown.isPresent();
    }

    /** Those that are not among these members, by name. */
    List<Lost> besides(Collection<ClusterNode> members) {
        Set<NodeId> there = members.stream().map(ClusterNode::id).collect(Collectors.toSet());
        return notes.startingWith(PREFIX).entrySet().stream()
                .limit(MOST)
                .flatMap(note -> read(new NodeId(note.getKey().substring(PREFIX.length())), note.getValue()).stream())
                .filter(lost -> !there.contains(lost.node.id()))
                .toList();
    }

    private static String written(ClusterNode node, long uid, long atMs) {
        return String.join(
                " ",
                Long.toString(uid),
                Long.toString(atMs),
                node.peer().group().name(),
                node.peer().host(),
                Integer.toString(node.httpPort()),
                Integer.toString(node.rtmpPort()),
                Long.toString(node.sinceMs()),
                node.clusterAddress(),
                node.version());
    }

    private static Optional<Lost> read(NodeId id, String text) {
        String[] parts = text.split(" ", FIELDS);
        if (parts.length < FIELDS) {
            return Optional.empty();
        }
        Peer peer = new Peer(id, new NodeGroup(parts[2]), parts[3], 0);
        ClusterNode node = new ClusterNode(
                peer,
                Integer.parseInt(parts[4]),
                Integer.parseInt(parts[5]),
                parts[8],
                Long.parseLong(parts[6]),
                parts[7],
                NodeStatus.DOWN);
        return Optional.of(new Lost(node, Long.parseLong(parts[0]), Long.parseLong(parts[1])));
    }
}
