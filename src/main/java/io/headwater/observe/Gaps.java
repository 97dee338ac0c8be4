package io.headwater.observe;

import io.headwater.media.StreamKey;
import io.headwater.stream.StreamEvent;
import io.headwater.stream.StreamEvents;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;

/** Measures what players see of failures: how long no frame came where a stream's feed or session changed. */
final class Gaps implements StreamEvents {
    private static final double[] SECONDS = {0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 3, 5, 10, 30};
    private static final List<StreamEvent.Kind> CHANGES =
            List.of(StreamEvent.Kind.FEED_CHANGED, StreamEvent.Kind.EPOCH_CHANGED);

    private final Histogram gaps;

    Gaps(PrometheusRegistry registry) {
        gaps = Histogram.builder()
                .name("headwater_failover_gap_seconds")
                .help("time without a frame when a stream's feed (feedChanged) or session (epochChanged) changed")
                .labelNames("kind")
                .classicOnly()
                .classicUpperBounds(SECONDS)
                .register(registry);
        CHANGES.forEach(kind -> gaps.initLabelValues(kind.wireName()));
    }

    @Override
    public void record(StreamKey key, StreamEvent event) {
        if (event.gapMs() >= 0 && CHANGES.contains(event.kind())) {
            gaps.labelValues(event.kind().wireName()).observe(event.gapMs() / 1000.0);
        }
    }
}
