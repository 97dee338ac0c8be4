package io.headwater.bench;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The middle one of several measurements. */
final class Medians {
    private Medians() {}

    /** The measurement whose {@code figure} is the median of all; the upper one of two in the middle. */
    static <T> T middle(Collection<T> all, ToDoubleFunction<T> figure) {
        List<T> sorted = all.stream().sorted(Comparator.comparingDouble(figure)).toList();
        return sorted.get(sorted.size() / 2);
    }

    static double of(Collection<Double> all) {
        return middle(all, Double::doubleValue);
    }

    /** {@code value} as a multiple of {@code to}, or a dash if there is nothing to compare with. */
    static String ratio(double value, double to) {
        return to <= 0 ? "-" : String.format(Locale.ROOT, "%.2f", value / to);
    }
}
