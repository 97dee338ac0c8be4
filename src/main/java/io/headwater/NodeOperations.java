package io.headwater;

import io.headwater.api.Operations;
import io.headwater.observe.MetricsPage;

/** Does what operators ask of this node over REST. */
final class NodeOperations implements Operations {
    private final MetricsPage metrics;

    NodeOperations(MetricsPage metrics) {
        this.metrics = metrics;
    }

    @Override
    public Text metrics() {
        return new Text(metrics.contentType(), metrics.text());
    }
}
