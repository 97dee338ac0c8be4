package io.headwater.observe;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Directory;
import io.headwater.stream.StreamEvent;
import io.headwater.stream.StreamEvents;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Traces for OpenTelemetry: how long it took to find where a stream comes from, and what a failover cost. Any thread; never
 * blocks, and what cannot be sent is dropped and counted.
 *
 * <p>Off, it hands out what it was given and costs nothing.
 */
public final class Tracing implements StreamEvents, AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final int MOST_WAITING = 2_048;
    private static final List<StreamEvent.Kind> FAILOVERS =
            List.of(StreamEvent.Kind.FEED_CHANGED, StreamEvent.Kind.EPOCH_CHANGED);

    private final LongSupplier clockMs;
    private final @Nullable SdkTracerProvider provider;
    private final @Nullable Tracer tracer;
    private final Counters counters;

    /** @param node what is said of this node with each span, by the names of OpenTelemetry */
    public Tracing(TracingSettings settings, Map<String, String> node, Counters counters, LongSupplier clockMs) {
        this.clockMs = clockMs;
        this.counters = counters;
        this.provider = settings.isOn() ? provider(settings, node, counters) : null;
        this.tracer = provider == null ? null : provider.get("io.headwater");
    }

    private static SdkTracerProvider provider(TracingSettings settings, Map<String, String> node, Counters counters) {
        var resource = Resource.getDefault().toBuilder();
        node.forEach(resource::put);
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(settings.endpoint())
                .setTimeout(TIMEOUT)
                .setConnectTimeout(TIMEOUT)
                .build();
        return SdkTracerProvider.builder()
                .setResource(resource.build())
                .setSampler(Sampler.traceIdRatioBased(settings.samplePercent() / 100.0))
                .addSpanProcessor(BatchSpanProcessor.builder(new CountingExporter(exporter, counters))
                        .setMaxQueueSize(MOST_WAITING)
                        .setScheduleDelay(EVERY)
                        .setExporterTimeout(TIMEOUT)
                        .build())
                .build();
    }

    /** The same directory, whose answers to plays and publishes are traced. */
    public Directory traced(Directory directory) {
        return tracer == null ? directory : new TracedDirectory(directory, this);
    }

    /** Begins a span; nothing if traces are off. */
    @Nullable
    Span begin(String name, StreamKey key) {
        Tracer of = tracer;
        return of == null ? null : about(of.spanBuilder(name).startSpan(), key);
    }

    void end(Span span) {
        if (span.isRecording()) {
            counters.increment(Metric.TRACING_SPANS);
        }
        span.end();
    }

    /** What a failover cost is known at its end: the span begins where the frames stopped. */
    @Override
    public void record(StreamKey key, StreamEvent event) {
        Tracer of = tracer;
        if (of == null || event.gapMs() < 0 || !FAILOVERS.contains(event.kind())) {
            return;
        }
        long endMs = clockMs.getAsLong();
        Span span = about(
                of.spanBuilder("failover")
                        .setStartTimestamp(endMs - event.gapMs(), TimeUnit.MILLISECONDS)
                        .startSpan(),
                key);
        span.setAttribute("headwater.kind", event.kind().wireName());
        span.setAttribute("headwater.from", event.from());
        span.setAttribute("headwater.to", event.to());
        span.setAttribute("headwater.why", event.why());
        span.setAttribute("headwater.epoch", event.epoch());
        if (event.framesLost() >= 0) {
            span.setAttribute("headwater.frames_lost", event.framesLost());
            if (event.framesLost() > 0) {
                span.setStatus(StatusCode.ERROR, event.framesLost() + " frames lost");
            }
        }
        if (span.isRecording()) {
            counters.increment(Metric.TRACING_SPANS);
        }
        span.end(endMs, TimeUnit.MILLISECONDS);
    }

    private static Span about(Span span, StreamKey key) {
        return span.setAttribute("headwater.app", key.app()).setAttribute("headwater.stream", key.streamId());
    }

    /** Sends what waits, within a bound. */
    @Override
    public void close() {
        if (provider != null) {
            provider.shutdown().join(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
