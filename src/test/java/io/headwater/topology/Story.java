package io.headwater.topology;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Plays the commands of a text story in a simulated cluster whose network is fast and loses nothing, and tells what the
 * entities had done. Commands: {@code group}, {@code publish}, {@code unpublish}, {@code watch}, {@code leave},
 * {@code crash}, {@code reboot}, {@code drain}, {@code pause}, {@code resume}, {@code cut}, {@code heal}, {@code move},
 * {@code rebalance}, {@code lost}, {@code wait} and {@code tree}.
 */
final class Story {
    private static final long GRACE_MS = 15_000;
    private final World world = new World(new SplittableRandom(1));
    private final Map<Long, String> epochs = new LinkedHashMap<>();
    private final List<String> told = new ArrayList<>();

    Story() {
        world.trace = this::saw;
    }

    /** Does what the lines say and returns what came of it, one line each. */
    String play(List<String> commands) {
        told.clear();
        commands.forEach(line -> command(line.trim().split("\\s+")));
        world.clock.run(100);
        return told.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private void command(String[] words) {
        String first = words.length > 1 ? words[1] : "";
        String second = words.length > 2 ? words[2] : "";
        switch (words[0]) {
            case "group" -> world.add(first, java.util.Arrays.copyOfRange(words, 2, words.length));
            case "publish" ->
                world.node(first)
                        .publish(second.equals("reject") ? ConflictPolicy.REJECT : ConflictPolicy.TAKEOVER, GRACE_MS);
            case "promote" -> world.node(first).publish(ConflictPolicy.REJECT, GRACE_MS, epochNamed(second));
            case "unpublish" -> world.node(first).unpublish(second.equals("finished"));
            case "watch" -> world.node(first).watch(second.isEmpty() ? 10_000 : millis(second));
            case "leave" -> world.node(first).leave();
            case "crash" -> world.crash(world.node(first));
            case "reboot" -> world.reboot(world.node(first));
            case "drain" -> world.drain(world.node(first));
            case "pause" -> world.pause(world.node(first));
            case "resume" -> world.resume(world.node(first));
            case "cut" -> cut(first, second);
            case "heal" -> heal(first, second);
            case "move" -> world.move(world.node(first), new NodeGroup(second));
            case "rebalance" -> world.rebalance(new NodeGroup(first));
            case "wait" -> world.clock.run(millis(first));
            case "tree" -> tree();
            default -> throw new IllegalArgumentException("no such command: " + words[0]);
        }
    }

    private void cut(String one, String other) {
        if (isNode(one)) {
            world.network.cut(one, other);
        } else {
            world.cut(new NodeGroup(one), new NodeGroup(other));
        }
    }

    private void heal(String one, String other) {
        if (isNode(one)) {
            world.network.heal(one, other);
        } else {
            world.heal(new NodeGroup(one), new NodeGroup(other));
        }
    }

    private boolean isNode(String name) {
        return world.nodes.containsKey(new NodeId(name));
    }

    private static long millis(String duration) {
        return duration.endsWith("ms")
                ? Long.parseLong(duration.replace("ms", ""))
                : 1000 * Long.parseLong(duration.replace("s", ""));
    }

    /** Who feeds whom now, and what the home knows of it. */
    private void tree() {
        world.clock.run(600);
        for (SimNode node : world.nodes.values()) {
            if (node.holds() && node.answers()) {
                String from = node.publishing != 0
                        ? "publisher, " + epoch(node.publishing)
                        : node.source.map(NodeId::name).orElse("nobody");
                told.add("  " + node.id + " <- " + from);
            }
        }
        world.entities.forEach((group, entity) -> entity.plan()
                .view()
                .filter(StreamView::complete)
                .ifPresent(view -> told.add("  home " + group + ": "
                        + view.groups().stream()
                                .map(it -> it.group() + " " + name(it.origin()) + "/" + name(it.successor()))
                                .collect(Collectors.joining(", ")))));
        if (world.entities.isEmpty()) {
            told.add("  nothing is left");
        }
    }

    private void saw(NodeGroup group, Action action) {
        if (action instanceof Action.Grant grant) {
            told.add(grant.node() + ": granted " + epoch(grant.epoch()));
        } else if (action instanceof Action.Taken taken) {
            told.add(taken.node() + ": refused, " + taken.holder() + " publishes");
        } else if (action instanceof Action.Unavailable unavailable) {
            told.add(unavailable.node() + ": refused, " + unavailable.reason());
        } else if (action instanceof Action.StopPublisher stop) {
            told.add(stop.node() + ": " + epoch(stop.epoch()) + " has to stop");
        } else if (action instanceof Action.SendFeed feed) {
            told.add(feed.node() + " <- " + show(feed.feed()));
        } else if (action instanceof Action.Note note
                && note.kind() != Action.Note.Kind.MAIN_ORIGIN
                && note.kind() != Action.Note.Kind.FENCED) {
            told.add(group + ": " + note.kind() + " " + note.from() + " > " + note.to() + ", "
                    + note.why().replaceAll("\\d{4,}", "..."));
        }
    }

    private String show(Feed feed) {
        if (feed instanceof Feed.Peers peers) {
            String candidates =
                    peers.candidates().stream().map(peer -> peer.node().name()).collect(Collectors.joining(", "));
            return candidates
                    + (peers.role() == Role.EDGE ? "" : " as " + peers.role().wireName()) + "  " + epoch(peers.epoch());
        } else if (feed instanceof Feed.Held held) {
            return "held for " + held.graceMs() / 1000 + " s  " + epoch(held.epoch());
        } else if (feed instanceof Feed.Publisher publisher) {
            return "publisher  " + epoch(publisher.epoch());
        }
        return ((Feed.Nothing) feed).reason().toString();
    }

    /** Epochs are large numbers; a story calls them by the order in which they came up. */
    private String epoch(long epoch) {
        return epochs.computeIfAbsent(epoch, it -> "e" + (epochs.size() + 1));
    }

    private long epochNamed(String name) {
        return epochs.entrySet().stream()
                .filter(epoch -> epoch.getValue().equals(name))
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    private static String name(Optional<NodeId> node) {
        return node.map(NodeId::name).orElse("-");
    }
}
