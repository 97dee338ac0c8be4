package io.headwater.observe;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;

/** One family of gauges of one page; values of the same labels are put together. */
final class Gauges {
    private final String name;
    private final String help;
    private final DoubleBinaryOperator together;
    private final Map<Labels, Double> values = new LinkedHashMap<>();

    private Gauges(String name, String help, DoubleBinaryOperator together) {
        this.name = name;
        this.help = help;
        this.together = together;
    }

    static Gauges summed(String name, String help) {
        return new Gauges(name, help, Double::sum);
    }

    static Gauges highest(String name, String help) {
        return new Gauges(name, help, Math::max);
    }

    static GaugeSnapshot one(String name, String help, double value) {
        return summed(name, help).add(value).snapshot();
    }

    /** @param labels name, value, name, value ... */
    Gauges add(double value, String... labels) {
        values.merge(labels.length == 0 ? Labels.EMPTY : Labels.of(labels), value, together::applyAsDouble);
        return this;
    }

    GaugeSnapshot snapshot() {
        GaugeSnapshot.Builder snapshot = GaugeSnapshot.builder().name(name).help(help);
        values.forEach((labels, value) -> snapshot.dataPoint(
                GaugeDataPointSnapshot.builder().labels(labels).value(value).build()));
        return snapshot.build();
    }
}
