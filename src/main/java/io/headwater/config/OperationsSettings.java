package io.headwater.config;

/**
 * What an operator watches a node by, and what protects it.
 *
 * @param metricsStreams streams that have series of their own on the metrics page
 */
public record OperationsSettings(int metricsStreams, OverloadSettings overload) {

    static OperationsSettings read(Values values) {
        return new OperationsSettings(
                values.at("metrics").integer("streams", 0, 100_000), OverloadSettings.read(values.at("overload")));
    }
}
