package io.headwater.topology;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** A simulated cluster around one stream: groups with their entities, nodes, membership and a network, on one clock. */
final class World {
    static final long UNREACHABLE_MS = 3000;
    static final long REMOVED_MS = 8000;
    private static final long MEDIA_TICK_MS = 250;

    final Clock clock = new Clock();
    final Network network;
    final SplittableRandom random;
    final Map<NodeId, SimNode> nodes = new LinkedHashMap<>();
    final Map<NodeGroup, SimEntity> entities = new TreeMap<>();
    /** By the paused node that runs it. */
    private final Map<NodeId, SimEntity> frozen = new LinkedHashMap<>();

    /** No entity can be reached in the group before this time: its host died. */
    private final Map<NodeGroup, Long> silentUntil = new LinkedHashMap<>();

    private final Set<NodeId> doubted = new HashSet<>();
    private final Map<NodeId, Long> troubles = new LinkedHashMap<>();
    private final Set<String> apart = new HashSet<>();
    private long troubleIds;
    private final Map<Long, NodeId> publisherOf = new LinkedHashMap<>();
    BiConsumer<NodeGroup, Action> trace = (group, action) -> {};

    World(SplittableRandom random) {
        this.random = random;
        this.network = new Network(clock, random);
        clock.after(MEDIA_TICK_MS, this::mediaTick);
    }

    void add(String group, String... names) {
        for (String name : names) {
            SimNode node = new SimNode(this, name, new NodeGroup(group));
            nodes.put(node.id, node);
        }
    }

    SimNode node(NodeId id) {
        return nodes.get(id);
    }

    SimNode node(String name) {
        return nodes.get(new NodeId(name));
    }

    long coarseTimeS() {
        return clock.nowMs() / 1000;
    }

    List<NodeGroup> groups() {
        return nodes.values().stream()
                .map(node -> node.group)
                .distinct()
                .sorted()
                .toList();
    }

    // ---- messages

    void toEntity(SimNode node, Event event) {
        if (node.joined && node.answers()) {
            NodeGroup group = node.group;
            network.send(() -> {
                if (node.joined && node.answers() && node.group.equals(group)) {
                    entity(group).ifPresent(entity -> entity.on(event));
                }
            });
        }
    }

    void toNode(NodeGroup from, NodeId id, Action action) {
        SimNode node = node(id);
        network.send(() -> {
            if (node.joined && node.answers() && node.group.equals(from)) {
                node.hear(action);
                checkEpochs(node);
            }
        });
    }

    void tell(NodeGroup from, Action.Tell tell) {
        network.send(() -> {
            if (!network.isCut("g:" + from, "g:" + tell.to())) {
                entity(tell.to()).ifPresent(entity -> entity.on(tell.message()));
            }
        });
    }

    /** The group's entity, started if there is none and somebody is there to run it. */
    Optional<SimEntity> entity(NodeGroup group) {
        boolean somebody =
                nodes.values().stream().anyMatch(node -> node.group.equals(group) && node.joined && node.answers());
        if (!somebody || silentUntil.getOrDefault(group, 0L) > clock.nowMs()) {
            return Optional.empty();
        }
        return Optional.of(entities.computeIfAbsent(group, it -> new SimEntity(this, it)));
    }

    void saw(NodeGroup group, Action action) {
        trace.accept(group, action);
    }

    private void checkEpochs(SimNode node) {
        if (node.publishing != 0) {
            NodeId first = publisherOf.putIfAbsent(node.publishing, node.id);
            if (first != null && !first.equals(node.id)) {
                throw new AssertionError(first + " and " + node.id + " both publish in epoch " + node.publishing);
            }
        }
    }

    // ---- membership

    ClusterView view(NodeGroup group) {
        Map<NodeId, Long> members = new TreeMap<>();
        Set<NodeId> unreachable = new HashSet<>();
        Set<NodeGroup> others = new HashSet<>();
        Set<NodeGroup> unreachableGroups = new HashSet<>();
        for (SimNode node : nodes.values()) {
            if (!node.joined) {
                continue;
            }
            if (node.group.equals(group)) {
                members.put(node.id, node.uid);
                if (doubted.contains(node.id)) {
                    unreachable.add(node.id);
                }
            } else {
                others.add(node.group);
            }
        }
        for (NodeGroup other : others) {
            if (apart.contains(Network.pair(group, other))
                    || nodes.values().stream()
                            .noneMatch(node -> node.group.equals(other) && node.joined && !doubted.contains(node.id))) {
                unreachableGroups.add(other);
            }
        }
        Set<NodeId> draining = nodes.values().stream()
                .filter(node -> node.joined && node.draining)
                .map(node -> node.id)
                .collect(java.util.stream.Collectors.toSet());
        return new ClusterView(group, members, unreachable, others, unreachableGroups, draining);
    }

    private void viewChanged() {
        for (SimEntity entity : List.copyOf(entities.values())) {
            clock.after(1 + random.nextInt(50), () -> entity.on(new Event.ViewChanged(view(entity.group))));
        }
    }

    /** The node stops answering now; the cluster doubts it and then removes it, unless it is back before. */
    void fails(SimNode node) {
        long trouble = ++troubleIds;
        troubles.put(node.id, trouble);
        clock.after(UNREACHABLE_MS, () -> {
            if (troubles.getOrDefault(node.id, 0L) == trouble && node.joined) {
                doubted.add(node.id);
                viewChanged();
            }
        });
        clock.after(REMOVED_MS, () -> {
            if (troubles.getOrDefault(node.id, 0L) == trouble && node.joined) {
                leaves(node);
            }
        });
        if (host(node.group).filter(node::equals).isPresent()) {
            SimEntity entity = entities.get(node.group);
            if (node.alive && entity != null) {
                entity.freeze();
                frozen.put(node.id, entity);
            } else {
                hostLost(node.group);
            }
        }
    }

    private Optional<SimNode> host(NodeGroup group) {
        return nodes.values().stream()
                .filter(node -> node.group.equals(group) && node.joined)
                .findFirst();
    }

    private void hostLost(NodeGroup group) {
        forget(group);
        silentUntil.put(group, clock.nowMs() + REMOVED_MS);
    }

    /** The entity moves to another host, and forgets everything. */
    void rebalance(NodeGroup group) {
        if (entities.containsKey(group)) {
            forget(group);
            clock.after(500, () -> entity(group));
        }
    }

    void forget(NodeGroup group) {
        SimEntity entity = entities.remove(group);
        if (entity != null) {
            entity.ended = true;
        }
    }

    void passivate(SimEntity entity) {
        if (entity.idle && entities.remove(entity.group, entity)) {
            entity.ended = true;
        }
    }

    void leaves(SimNode node) {
        SimEntity lost = frozen.remove(node.id);
        if (lost != null && entities.remove(lost.group, lost)) {
            lost.ended = true;
        }
        node.joined = false;
        doubted.remove(node.id);
        viewChanged();
        // It may have run the entity: the origins, and whom it fed, say what they hold, and that wakes one.
        nodes.values().stream()
                .filter(other -> other.joined && other.group.equals(node.group) && other.concernedBy(node))
                .forEach(other -> clock.after(1 + random.nextInt(500), other::speakUp));
    }

    /** The node answers again; if it was removed meanwhile it joins anew and says what it holds. */
    void recovers(SimNode node) {
        SimEntity entity = frozen.remove(node.id);
        if (entity != null) {
            entity.thaw();
        }
        troubles.remove(node.id);
        if (node.joined) {
            if (doubted.remove(node.id)) {
                viewChanged();
            }
        } else {
            joins(node);
        }
    }

    void joins(SimNode node) {
        clock.after(1000, () -> {
            if (!node.joined && !node.moving && node.answers()) {
                node.uid++;
                node.joined = true;
                doubted.remove(node.id);
                viewChanged();
                clock.after(100, node::speakUp);
            }
        });
    }

    void crash(SimNode node) {
        node.alive = false;
        node.publishing = 0;
        fails(node);
    }

    /** The node says that it is about to leave; what it has goes on. */
    void drain(SimNode node) {
        node.draining = true;
        viewChanged();
    }

    /** A new process under the old name: the old member is gone before the new one joins. */
    void reboot(SimNode node) {
        node.restart();
        leaves(node);
        recovers(node);
    }

    void pause(SimNode node) {
        node.paused = true;
        fails(node);
    }

    void resume(SimNode node) {
        node.paused = false;
        recovers(node);
    }

    /** The node's control plane leaves and joins another group; its media go on. */
    void move(SimNode node, NodeGroup to) {
        if (host(node.group).filter(node::equals).isPresent()) {
            forget(node.group);
        }
        leaves(node);
        node.moving = true;
        clock.after(2000, () -> {
            node.moving = false;
            node.elsewhere(to);
            joins(node);
        });
    }

    void cut(NodeGroup a, NodeGroup b) {
        network.cut("g:" + a, "g:" + b);
        clock.after(UNREACHABLE_MS + 1000, () -> {
            if (network.isCut("g:" + a, "g:" + b) && apart.add(Network.pair(a, b))) {
                viewChanged();
            }
        });
    }

    void heal(NodeGroup a, NodeGroup b) {
        network.heal("g:" + a, "g:" + b);
        clock.after(1000, () -> {
            if (!network.isCut("g:" + a, "g:" + b) && apart.remove(Network.pair(a, b))) {
                viewChanged();
            }
        });
    }

    // ---- media

    private void mediaTick() {
        nodes.values().forEach(SimNode::tick);
        clock.after(MEDIA_TICK_MS, this::mediaTick);
    }

    boolean feedsOthers(SimNode node) {
        return nodes.values().stream()
                .anyMatch(other ->
                        other.answers() && other.source.filter(node.id::equals).isPresent());
    }

    /** The node and those it is fed through, up to where it ends or closes. */
    List<NodeId> path(SimNode from) {
        List<NodeId> path = new ArrayList<>();
        Optional<SimNode> next = Optional.of(from);
        while (next.isPresent() && !path.contains(next.get().id)) {
            path.add(next.get().id);
            next = next.get().source.map(this::node);
        }
        return path;
    }
}
