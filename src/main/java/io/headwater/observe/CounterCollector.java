package io.headwater.observe;

import io.headwater.net.Counters;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.PrometheusNaming;
import java.util.Map;
import java.util.TreeMap;

/** Shows every counter of the node under the name {@link CounterNames} gives it. */
final class CounterCollector implements MultiCollector {
    private final Counters counters;

    CounterCollector(Counters counters) {
        this.counters = counters;
    }

    @Override
    public MetricSnapshots collect() {
        Map<String, Map<Labels, Long>> families = new TreeMap<>();
        Map<String, String> wireNames = new TreeMap<>();
        counters.snapshot().forEach((wireName, value) -> {
            if (CounterNames.isShown(wireName)) {
                CounterNames.Name name = CounterNames.of(wireName);
                String family = PrometheusNaming.sanitizeMetricName(name.family());
                Labels labels = name.label().isEmpty() ? Labels.EMPTY : Labels.of(name.label(), name.value());
                families.computeIfAbsent(family, absent -> new TreeMap<>()).merge(labels, value, Long::sum);
                wireNames.merge(family, wireName, (one, other) -> one + ", " + other);
            }
        });
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        families.forEach((family, values) -> {
            CounterSnapshot.Builder snapshot =
                    CounterSnapshot.builder().name(family).help("counts " + wireNames.get(family));
            values.forEach((labels, value) -> snapshot.dataPoint(CounterDataPointSnapshot.builder()
                    .labels(labels)
                    .value((double) value)
                    .build()));
            all.metricSnapshot(snapshot.build());
        });
        return all.build();
    }
}
