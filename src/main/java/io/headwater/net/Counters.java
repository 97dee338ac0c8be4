package io.headwater.net;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** The counters of one node, handed to everything that counts. Cheap to add to from any thread. */
public final class Counters {
    private final EnumMap<Metric, LongAdder> adders = new EnumMap<>(Metric.class);

    public Counters() {
        for (Metric metric : Metric.values()) {
            adders.put(metric, new LongAdder());
        }
    }

    public void add(Metric metric, long amount) {
        adder(metric).add(amount);
    }

    public void increment(Metric metric) {
        adder(metric).increment();
    }

    public long get(Metric metric) {
        return adder(metric).sum();
    }

    /** Every counter by its wire name, in order of the names. */
    public Map<String, Long> snapshot() {
        Map<String, Long> values = new TreeMap<>();
        adders.forEach((metric, adder) -> values.put(metric.wireName(), adder.sum()));
        return values;
    }

    private LongAdder adder(Metric metric) {
        return java.util.Objects.requireNonNull(adders.get(metric));
    }
}
