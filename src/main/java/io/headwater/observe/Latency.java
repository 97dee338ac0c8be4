package io.headwater.observe;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;

/** Measures how long requests over HTTP take, by what was asked for and the class of the answer's status. */
final class Latency {
    private static final double[] SECONDS = {0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    /** What there is; anything else is shown as the last of them. */
    private static final List<String> KINDS = List.of("rest", "hls", "page", "other");

    private final Histogram requests;

    Latency(PrometheusRegistry registry) {
        requests = Histogram.builder()
                .name("headwater_http_request_duration_seconds")
                .help("from a request on the port of REST, HLS and pages until its answer begins")
                .labelNames("kind", "status")
                .classicOnly()
                .classicUpperBounds(SECONDS)
                .register(registry);
        KINDS.forEach(kind -> requests.initLabelValues(kind, "2xx"));
    }

    void answered(String kind, int status, long nanos) {
        String shown = KINDS.contains(kind) ? kind : KINDS.get(KINDS.size() - 1);
        String statusClass = status >= 100 && status < 600 ? status / 100 + "xx" : "other";
        requests.labelValues(shown, statusClass).observe(nanos / 1e9);
    }
}
