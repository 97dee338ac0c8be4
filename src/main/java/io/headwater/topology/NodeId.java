package io.headwater.topology;

import java.util.regex.Pattern;

/** Names a node, stable over its restarts: 1 to 64 of letters, digits, {@code -} and {@code _}. */
public record NodeId(String name) implements Comparable<NodeId> {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** @throws IllegalArgumentException if the name is malformed; the message says what was expected */
    public NodeId {
        if (!isValid(name)) {
            throw new IllegalArgumentException(
                    "nodeId is '" + name + "', expected 1 to 64 letters, digits, '-' or '_'");
        }
    }

    public static boolean isValid(String name) {
        return NAME.matcher(name).matches();
    }

    @Override
    public int compareTo(NodeId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
