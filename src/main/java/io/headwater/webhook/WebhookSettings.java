package io.headwater.webhook;

import java.time.Duration;

/**
 * Where events go; see {@code headwater.webhooks} in {@code reference.conf}.
 *
 * @param url empty for nowhere
 * @param secret signs what is sent; empty for no signature
 * @param timeout how long one attempt may take
 * @param backoffMost the longest pause between attempts
 * @param giveUpAfter an event that old is not sent any more
 * @param maxPending events that wait at once; one more is dropped
 */
public record WebhookSettings(
        String url, String secret, Duration timeout, Duration backoffMost, Duration giveUpAfter, int maxPending) {

    public boolean isOn() {
        return !url.isEmpty();
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "webhooks to " + url;
    }
}
