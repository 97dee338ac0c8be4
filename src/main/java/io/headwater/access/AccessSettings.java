package io.headwater.access;

import java.time.Duration;
import java.util.Map;

/**
 * Settings of {@link Gate}; see {@code headwater.access} in {@code reference.conf}.
 *
 * @param apps what differs from {@code others}
 * @param others all other applications
 * @param hookTimeout how long a webhook may take
 * @param maxHookCalls webhooks asked at once; beyond them it is as if the hook did not answer
 * @param keysRefresh how long public keys from a URL are used before they are fetched again
 * @param keysTimeout how long fetching them may take
 */
public record AccessSettings(
        Map<String, AppAccess> apps,
        AppAccess others,
        Duration hookTimeout,
        int maxHookCalls,
        Duration keysRefresh,
        Duration keysTimeout) {

    public AccessSettings {
        apps = Map.copyOf(apps);
    }

    public static AccessSettings defaults() {
        return new AccessSettings(
                Map.of(), AppAccess.open(), Duration.ofSeconds(2), 64, Duration.ofMinutes(5), Duration.ofSeconds(2));
    }

    AppAccess of(String app) {
        return apps.getOrDefault(app, others);
    }
}
