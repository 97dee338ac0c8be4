package io.headwater.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Who feeds whom, drawn as a tree from what {@code GET .../topology} answers. */
final class FeedTree {
    private final JsonNode topology;
    private final Map<String, Long> bitrates;
    private final List<String> lines = new ArrayList<>();
    private final Set<String> drawn = new HashSet<>();

    private FeedTree(JsonNode topology, Map<String, Long> bitrates) {
        this.topology = topology;
        this.bitrates = bitrates;
    }

    /** @param bitrates bits per second into each node */
    static List<String> lines(JsonNode topology, Map<String, Long> bitrates) {
        FeedTree tree = new FeedTree(topology, bitrates);
        tree.lines.add("  " + Mark.SOURCE.on("publisher"));
        tree.below("publisher", "  ");
        return tree.lines;
    }

    private void below(String feed, String indent) {
        List<JsonNode> fed = new ArrayList<>();
        topology.path("nodes").forEach(node -> {
            if (node.path("feed").asText().equals(feed) && drawn.add(name(node))) {
                fed.add(node);
            }
        });
        fed.sort(java.util.Comparator.comparing(FeedTree::name));
        for (int i = 0; i < fed.size(); i++) {
            boolean last = i == fed.size() - 1;
            lines.add(row(indent + (last ? "└─▶ " : "├─▶ "), fed.get(i)));
            below(name(fed.get(i)), indent + (last ? "    " : "│   "));
        }
    }

    private String row(String branch, JsonNode node) {
        String name = name(node);
        int room = Math.max(1, 30 - branch.length() - name.length());
        double megabits = bitrates.getOrDefault(name, 0L) / 1e6;
        int viewers = node.path("viewers").asInt();
        return Mark.WATER.on(branch)
                + Mark.BOLD.on(name)
                + " ".repeat(room)
                + String.format(
                        Locale.ROOT,
                        "%-9s %-16s %5.2f Mbit/s  %2d %-7s  lag %d",
                        node.path("nodeGroup").asText(),
                        roleOf(node),
                        megabits,
                        viewers,
                        viewers == 1 ? "viewer" : "viewers",
                        node.path("lagFrames").asLong());
    }

    private static String roleOf(JsonNode node) {
        return switch (node.path("role").asText()) {
            case "mainOrigin" -> "main origin";
            case "secondaryOrigin" -> "secondary origin";
            default -> node.path("role").asText();
        };
    }

    private static String name(JsonNode node) {
        return node.path("nodeId").asText();
    }

    /** The same on one line: {@code publisher>origin1 origin1>edge11 ...} */
    static String oneLine(JsonNode topology) {
        List<String> feeds = new ArrayList<>();
        topology.path("nodes").forEach(node -> feeds.add(node.path("feed").asText() + ">" + name(node)));
        return String.join("  ", feeds.stream().sorted().toList());
    }
}
