package io.headwater.config;

import java.util.ArrayList;
import java.util.List;

/** Collects everything that is wrong, so that one start tells all of it. */
final class Problems {
    private final List<String> lines = new ArrayList<>();

    void add(String line) {
        lines.add(line);
    }

    void throwIfAny() {
        if (!lines.isEmpty()) {
            throw new ConfigException(lines);
        }
    }
}
