package io.headwater.cluster;

import io.headwater.net.Counters;
import io.headwater.net.LogLimit;
import io.headwater.net.Metric;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator, and counts, that remoting refused somebody; for all lives of a control plane. Safe for threads. */
final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final int MOST_TEXTS = 100;
    private static final int LINES = 20;
    private static final Duration ONCE_IN = Duration.ofSeconds(30);
    private static final int MOST_PLACES = 1_000;
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final String setting;
    private final Counters counters;
    private final Set<String> proven = ConcurrentHashMap.newKeySet();
    private final Map<String, LogLimit> texts = new ConcurrentHashMap<>();
    private final LogLimit all = new LogLimit(LINES, PERIOD);

    /** @param setting what an operator has to compare */
    Refusals(String setting, Counters counters) {
        this.setting = setting;
        this.counters = counters;
    }

    /** Who is at {@code place} has proven itself once: what goes wrong with it later is another matter. */
    void proven(String place) {
        if (proven.size() >= MOST_PLACES) {
            proven.clear();
        }
        proven.add(place);
    }

    boolean hasProven(String place) {
        return proven.contains(place);
    }

    /** Somebody came to the cluster port and was sent away. */
    void arrived(String who, String reason) {
        counters.increment(Metric.CLUSTER_CONNECTIONS_REFUSED);
        tell("the cluster port refused " + who + ": " + reason + " (" + setting + ")");
    }

    /** This node went to {@code place} and does not speak to who is there. */
    void visited(String place, String reason) {
        counters.increment(Metric.CLUSTER_PEERS_REFUSED);
        tell("no cluster with the node at " + place + ": " + reason + " (" + setting + ")");
    }

    /** Each text now and then, since who is refused comes again, and not too many of them. */
    private void tell(String text) {
        if (texts.size() >= MOST_TEXTS) {
            texts.clear();
        }
        texts.computeIfAbsent(text, first -> new LogLimit(1, ONCE_IN)).log(line -> all.log(LOG::warn, line), text);
    }
}
