package io.headwater.topology;

import java.util.regex.Pattern;

/** Names a node group, that is a region; also the node's Pekko data center: 1 to 64 of letters, digits, {@code -} and {@code _}. */
public record NodeGroup(String name) implements Comparable<NodeGroup> {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** @throws IllegalArgumentException if the name is malformed; the message says what was expected */
    public NodeGroup {
        if (!isValid(name)) {
            throw new IllegalArgumentException(
                    "nodeGroup is '" + name + "', expected 1 to 64 letters, digits, '-' or '_'");
        }
    }

    public static boolean isValid(String name) {
        return NAME.matcher(name).matches();
    }

    @Override
    public int compareTo(NodeGroup other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
