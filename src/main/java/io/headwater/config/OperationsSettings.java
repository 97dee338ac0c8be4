package io.headwater.config;

import io.headwater.observe.TracingSettings;
import io.headwater.webhook.WebhookSettings;
import java.time.Duration;

/**
 * What an operator watches a node by, and what protects it.
 *
 * @param metricsStreams streams that have series of their own on the metrics page
 */
public record OperationsSettings(
        int metricsStreams, OverloadSettings overload, WebhookSettings webhooks, TracingSettings tracing) {
    private static final String ADDRESS = "https?://[A-Za-z0-9._:\\[\\]-]+(/[\\x21-\\x7e]*)?";

    static OperationsSettings read(Values values) {
        return new OperationsSettings(
                values.at("metrics").integer("streams", 0, 100_000),
                OverloadSettings.read(values.at("overload")),
                webhooks(values.at("webhooks")),
                tracing(values.at("tracing")));
    }

    private static TracingSettings tracing(Values tracing) {
        return new TracingSettings(
                tracing.text(
                        "endpoint",
                        text -> text.isEmpty() || text.matches(ADDRESS),
                        "expected nothing, or an address such as http://localhost:4318/v1/traces"),
                tracing.integer("sample-percent", 0, 100));
    }

    private static WebhookSettings webhooks(Values webhooks) {
        return new WebhookSettings(
                webhooks.text(
                        "url",
                        text -> text.isEmpty() || text.matches(ADDRESS),
                        "expected nothing, or an address such as https://example.org/hook"),
                webhooks.flag("of-broadcasts"),
                webhooks.secret(
                        "secret",
                        text -> text.isEmpty() || text.matches("[\\x21-\\x7e]{8,256}"),
                        "expected nothing, or 8 to 256 printable characters without spaces"),
                webhooks.duration("timeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
                webhooks.duration("backoff-max", Duration.ofMillis(500), Duration.ofMinutes(10)),
                webhooks.duration("give-up-after", Duration.ofSeconds(10), Duration.ofHours(24)),
                webhooks.integer("max-pending", 1, 5_000));
    }
}
