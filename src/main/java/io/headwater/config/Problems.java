package io.headwater.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects everything that is wrong, each thing once, so that one start tells all of it. */
final class Problems {
    private final Set<String> lines = new LinkedHashSet<>();

    void add(String line) {
        lines.add(line);
    }

    void throwIfAny() {
        if (!lines.isEmpty()) {
            throw new ConfigException(List.copyOf(lines));
        }
    }
}
