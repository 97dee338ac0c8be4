package io.headwater.demo;

import org.jspecify.annotations.Nullable;

/** How a piece of text looks, as one character in front of it that takes no room; {@link #PLAIN} ends it. */
enum Mark {
    PLAIN("\u001b[0m"),
    BOLD("\u001b[1m"),
    DIM("\u001b[2m"),
    GOOD("\u001b[32m"),
    BAD("\u001b[1;31m"),
    WATER("\u001b[36m"),
    SOURCE("\u001b[1;33m");

    /** The first of a range that Unicode leaves to programs. */
    private static final char FIRST = '\ue000';

    private final String escape;

    Mark(String escape) {
        this.escape = escape;
    }

    String escape() {
        return escape;
    }

    /** {@code text} looking like this. */
    String on(String text) {
        return (char) (FIRST + ordinal()) + text + FIRST;
    }

    static @Nullable Mark of(char c) {
        int ordinal = c - FIRST;
        return ordinal >= 0 && ordinal < values().length ? values()[ordinal] : null;
    }
}
