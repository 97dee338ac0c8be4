package io.headwater.demo;

import org.jspecify.annotations.Nullable;

/** How a piece of text looks, as one character in front of it that takes no room; {@link #PLAIN} ends it. */
enum Mark {
    PLAIN('\ue000', "\u001b[0m"),
    BOLD('\ue001', "\u001b[1m"),
    DIM('\ue002', "\u001b[2m"),
    GOOD('\ue003', "\u001b[32m"),
    BAD('\ue004', "\u001b[1;31m"),
    WATER('\ue005', "\u001b[36m"),
    SOURCE('\ue006', "\u001b[1;33m");

    /** From a range that Unicode leaves to programs. */
    private final char sign;

    private final String escape;

    Mark(char sign, String escape) {
        this.sign = sign;
        this.escape = escape;
    }

    String escape() {
        return escape;
    }

    /** {@code text} looking like this. */
    String on(String text) {
        return sign + text + PLAIN.sign;
    }

    static @Nullable Mark of(char c) {
        for (Mark mark : values()) {
            if (mark.sign == c) {
                return mark;
            }
        }
        return null;
    }
}
