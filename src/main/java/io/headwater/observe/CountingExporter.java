package io.headwater.observe;

import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/** Counts what a collector took and what not, and says once in our log when it begins to fail and when it is well again. */
final class CountingExporter implements SpanExporter {
    /** The library tells each failure with a trace on standard error; held here, so that what was set stays. */
    private static final Logger LIBRARY = Logger.getLogger("io.opentelemetry");

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(Tracing.class);

    private final SpanExporter exporter;
    private final Counters counters;
    private final AtomicBoolean failing = new AtomicBoolean();

    CountingExporter(SpanExporter exporter, Counters counters) {
        this.exporter = exporter;
        this.counters = counters;
        LIBRARY.setLevel(Level.OFF);
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        CompletableResultCode result = exporter.export(spans);
        return result.whenComplete(() -> {
            counters.add(result.isSuccess() ? Metric.TRACING_EXPORTED : Metric.TRACING_FAILED, spans.size());
            if (failing.compareAndSet(result.isSuccess(), !result.isSuccess())) {
                if (result.isSuccess()) {
                    LOG.info("the collector takes traces again");
                } else {
                    LOG.warn("the collector does not take traces (headwater.tracing.endpoint): {}", why(result));
                }
            }
        });
    }

    private static String why(CompletableResultCode failed) {
        // the exporter puts the network's exception into its own; an answer that is an error has none
        Throwable told = failed.getFailureThrowable();
        return told == null || told.getCause() == null
                ? "it answers with an error"
                : told.getCause().toString();
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
