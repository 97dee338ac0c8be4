package io.headwater.observe;

/**
 * Where traces go; see {@code headwater.tracing} in {@code reference.conf}.
 *
 * @param endpoint of a collector, for OTLP over HTTP; empty for nowhere
 * @param samplePercent of plays and failovers that are traced
 */
public record TracingSettings(String endpoint, int samplePercent) {
    public boolean isOn() {
        return !endpoint.isEmpty();
    }
}
