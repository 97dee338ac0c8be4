package io.headwater.cluster;

import io.headwater.topology.ClusterView;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The cluster as one node sees it at one moment: one entry per node id.
 *
 * @param self the node that looks
 * @param nodes every node that was not removed, this one included once it joined, in order of their ids
 * @param uids the unique numbers of their control planes; one that started again has another
 * @param view the same as the entities of this node's group see it
 */
record Members(Peer self, List<ClusterNode> nodes, Map<NodeId, Long> uids, ClusterView view) {

    Members {
        nodes = List.copyOf(nodes);
        uids = Map.copyOf(uids);
    }

    /** A node of ours and the unique number of its control plane. */
    record Seen(ClusterNode node, long uid) {}

    static Members nobody(Peer self) {
        return of(self, List.of(), Set.of());
    }

    /** Of two members with one node id (one is being replaced by the other) the one that is better to talk to counts. */
    static Members of(Peer self, Collection<Seen> seen, Set<NodeGroup> cutGroups) {
        return of(self, seen, cutGroups, Set.of(), Set.of());
    }

    /**
     * @param drainingUids the control planes whose nodes said that they are taken out of service
     * @param remembered other groups that are taken to be there although no node of them is seen, and not to be reached
     */
    static Members of(
            Peer self,
            Collection<Seen> seen,
            Set<NodeGroup> cutGroups,
            Set<Long> drainingUids,
            Set<NodeGroup> remembered) {
        Map<NodeId, Seen> byId = new LinkedHashMap<>();
        for (Seen one : seen) {
            ClusterNode node = drainingUids.contains(one.uid) ? one.node.draining() : one.node;
            Seen shown = new Seen(cutGroups.contains(node.peer().group()) ? node.unreachable() : node, one.uid);
            byId.merge(one.node.peer().node(), shown, Members::better);
        }
        List<ClusterNode> nodes = byId.values().stream()
                .map(Seen::node)
                .sorted(Comparator.comparing(ClusterNode::id))
                .toList();
        Map<NodeId, Long> uids = new HashMap<>();
        byId.forEach((id, one) -> uids.put(id, one.uid));
        return new Members(self, nodes, uids, view(self.group(), nodes, uids, cutGroups, remembered));
    }

    private static ClusterView view(
            NodeGroup own,
            List<ClusterNode> nodes,
            Map<NodeId, Long> uids,
            Set<NodeGroup> cutGroups,
            Set<NodeGroup> remembered) {
        Map<NodeId, Long> inGroup = new HashMap<>();
        Set<NodeId> doubted = new HashSet<>();
        Set<NodeGroup> groups = new HashSet<>(remembered);
        groups.remove(own);
        Set<NodeGroup> reached = new HashSet<>();
        for (ClusterNode node : nodes) {
            boolean reachable = node.status() != NodeStatus.UNREACHABLE;
            if (node.peer().group().equals(own)) {
                inGroup.put(node.id(), uids.getOrDefault(node.id(), 0L));
                if (!reachable) {
                    doubted.add(node.id());
                }
            } else {
                groups.add(node.peer().group());
                if (reachable) {
                    reached.add(node.peer().group());
                }
            }
        }
        Set<NodeId> draining = nodes.stream()
                .filter(node -> node.status() == NodeStatus.DRAINING)
                .map(ClusterNode::id)
                .collect(Collectors.toSet());
        Set<NodeGroup> cut = new HashSet<>(groups);
        cut.removeIf(group -> reached.contains(group) && !cutGroups.contains(group));
        return new ClusterView(own, inGroup, doubted, groups, cut, draining);
    }

    private static Seen better(Seen left, Seen right) {
        return Comparator.comparing((Seen one) -> one.node.status() != NodeStatus.UNREACHABLE)
                                .thenComparingLong(one -> one.node.sinceMs())
                                .compare(left, right)
                        >= 0
                ? left
                : right;
    }

    Optional<ClusterNode> node(NodeId id) {
        return nodes.stream().filter(node -> node.id().equals(id)).findFirst();
    }

    /** The nodes worth asking something. */
    List<ClusterNode> reachable() {
        return nodes.stream()
                .filter(node -> node.status() != NodeStatus.UNREACHABLE)
                .toList();
    }

    /** Every group that has a node. */
    Set<NodeGroup> groups() {
        return nodes.stream().map(node -> node.peer().group()).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether this node is in a cluster, be it that it has only asked to be. */
    boolean joined() {
        return uids.containsKey(self.node());
    }

    boolean selfIsUp() {
        return node(self.node())
                .filter(node -> node.status() == NodeStatus.UP || node.status() == NodeStatus.DRAINING)
                .isPresent();
    }
}
