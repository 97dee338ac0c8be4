package io.headwater.multijvm.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Numbers of one kind and where their middle and ends are. */
final class Figures {
    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    int count() {
        return values.size();
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    /** The smallest value that is not below that share of all: 1 for the largest. */
    double at(double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.isEmpty() ? Double.NaN : sorted.get((int) Math.max(0, Math.ceil(share * sorted.size()) - 1));
    }

    /** {@code 12/80/95}, or {@code -}. */
    String line() {
        return isEmpty() ? "-" : String.format(Locale.ROOT, "%.0f/%.0f/%.0f", at(0.5), at(0.99), at(1));
    }
}
