package io.headwater.webhook;

import java.time.Duration;

/**
 * Where events go; see {@code headwater.webhooks} in {@code reference.conf}.
 *
 * @param url empty for nowhere
 * @param ofBroadcasts whether the events of a broadcast that has an address of its own go there
 * @param secret signs what is sent; empty for no signature
 * @param timeout how long one attempt may take
 * @param backoffMost the longest pause between attempts
 * @param giveUpAfter an event that old is not sent any more
 * @param maxPending events that wait at once; one more is dropped
 */
public record WebhookSettings(
        String url,
        boolean ofBroadcasts,
        String secret,
        Duration timeout,
        Duration backoffMost,
        Duration giveUpAfter,
        int maxPending) {

    /** Whether anybody can be told anything. */
    public boolean isOn() {
        return !url.isEmpty() || ofBroadcasts;
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "webhooks to " + url;
    }
}
