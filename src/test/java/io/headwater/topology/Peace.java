package io.headwater.topology;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** What must be so in a simulated cluster once nothing happens any more. */
final class Peace {
    private final World world;

    Peace(World world) {
        this.world = world;
    }

    /** Somebody asks for the stream: an entity that was lost starts with the first message. */
    void disturb() {
        world.nodes.values().stream().filter(node -> node.publishing != 0).forEach(node -> world.entity(node.group));
    }

    void check() {
        List<SimNode> publishers = world.nodes.values().stream()
                .filter(node -> node.publishing != 0)
                .toList();
        require(
                publishers.size() <= 1,
                "several publish: " + publishers.stream().map(this::show).toList());
        if (publishers.isEmpty()) {
            nothingIsLeft();
        } else {
            everybodyIsServedBy(publishers.get(0));
        }
        for (SimNode node : world.nodes.values()) {
            require(!node.waits(), node.id + " waits for an answer for ever");
            require(!node.wantsToPublish() || node.publishing != 0, node.id + " waits for a grant for ever");
        }
    }

    private void nothingIsLeft() {
        for (SimNode node : world.nodes.values()) {
            require(!node.holds(), node.id + " still holds the stream nobody publishes: " + show(node));
        }
        require(world.entities.isEmpty(), "entities left: " + world.entities.keySet());
    }

    private void everybodyIsServedBy(SimNode main) {
        for (SimNode node : world.nodes.values()) {
            require(node.holds() || !node.viewers, node.id + " has viewers and no stream");
            if (node.holds()) {
                List<NodeId> path = world.path(node);
                require(path.get(path.size() - 1).equals(main.id), "path of " + node.id + " is " + path + show(node));
                require(
                        node == main || SimNode.epoch(node.standing.orElseThrow()) == main.publishing,
                        node.id + " is in another epoch than " + main.publishing + ": " + show(node));
            }
        }
        for (NodeGroup group : world.groups()) {
            entrances(group, main);
        }
        for (SimNode node : world.nodes.values()) {
            require(
                    !node.draining || !hasRoleInVain(node, main),
                    node.id + " drains and has a role another could have");
        }
    }

    /** Who pulls into the group from outside, against what the group's home has recorded. */
    private void entrances(NodeGroup group, SimNode main) {
        List<NodeId> pulling = world.nodes.values().stream()
                .filter(node -> node.group.equals(group) && node.source.isPresent())
                .filter(node -> !world.node(node.source.get()).group.equals(group))
                .map(node -> node.id)
                .toList();
        require(pulling.size() <= (group.equals(main.group) ? 0 : 1), group + " is entered at " + pulling);
        SimEntity home = world.entities.get(main.group);
        require(home != null, "home has no entity");
        if (home != null) {
            StreamView view = home.plan().view().orElseThrow(() -> new AssertionError("home knows nothing"));
            require(view.complete(), main.group + " is not the home of its publisher's stream");
            require(
                    view.mainOrigin().equals(Optional.of(main.id)),
                    "home thinks that " + view.mainOrigin() + " publishes");
            Optional<NodeId> recorded = view.groups().stream()
                    .filter(it -> it.group().equals(group))
                    .findFirst()
                    .flatMap(StreamView.Group::origin);
            Optional<NodeId> expected = group.equals(main.group)
                    ? Optional.of(main.id)
                    : pulling.stream().findFirst();
            // If the last holder took its group's entity with it, nobody is there to say so until the next play.
            boolean forgotten = expected.isEmpty() && !world.entities.containsKey(group);
            require(
                    forgotten || recorded.equals(expected),
                    "home records " + recorded + " for " + group + ", but it is " + expected);
        }
    }

    /** Whether the node feeds others of its group although one of them, which stays, could do that. */
    private boolean hasRoleInVain(SimNode node, SimNode main) {
        return node != main
                && world.nodes.values().stream()
                        .anyMatch(other -> other.source.filter(node.id::equals).isPresent() && !other.draining);
    }

    private String show(SimNode node) {
        return " [" + node.id + " in " + node.group + " publishing=" + node.publishing + " viewers=" + node.viewers
                + " source=" + node.source + " standing=" + node.standing + "]";
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            StringBuilder all = new StringBuilder(otherwise).append("\n");
            world.nodes.values().forEach(node -> all.append(show(node)).append('\n'));
            world.entities.forEach((group, entity) ->
                    all.append(group).append(": ").append(entity.plan().view()).append('\n'));
            throw new AssertionError(all + "groups " + new TreeSet<>(world.groups()));
        }
    }
}
