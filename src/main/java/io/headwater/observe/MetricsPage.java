package io.headwater.observe;

import io.headwater.net.Counters;
import io.headwater.stream.StreamEvents;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The Prometheus page of one node. Its names are a promise to dashboards: docs/metrics.md lists them. */
public final class MetricsPage {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer =
            PrometheusTextFormatWriter.builder().build();
    private final Gaps gaps = new Gaps(registry);
    private final Latency latency = new Latency(registry);

    public MetricsPage(Counters counters) {
        JvmMetrics.builder().register(registry);
        registry.register(new CounterCollector(counters));
        CounterWithCallback.builder()
                .name("headwater_log_lines_left_out")
                .help("lines that were not logged because too many waited to be written")
                .callback(count -> count.call((double) LogQueue.leftOut()))
                .register(registry);
    }

    /**
     * What the page shows of the node from now on.
     *
     * @param streams how many streams have series of their own
     */
    public void shows(NodeView node, int streams) {
        registry.register(new NodeCollector(node, streams));
    }

    /** Where the events go that the page counts. */
    public StreamEvents events() {
        return gaps;
    }

    /** @param kind {@code rest}, {@code hls} or {@code page} */
    public void answered(String kind, int status, long nanos) {
        latency.answered(kind, status, nanos);
    }

    /** The text exposition format, version 0.0.4. */
    public String text() {
        ByteArrayOutputStream page = new ByteArrayOutputStream(32 << 10);
        try {
            writer.write(page, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory failed", impossible);
        }
        return page.toString(StandardCharsets.UTF_8);
    }

    public String contentType() {
        return writer.getContentType();
    }
}
