package io.headwater.stream;

import java.time.Duration;
import java.util.Map;

/**
 * Limits of the hubs of one node.
 *
 * @param apps settings by application name
 * @param defaultApp settings of every other application
 * @param maxStreams streams on this node at once; a publisher or player beyond is refused
 * @param maxViewers players on this node at once; one beyond is refused
 * @param ringTime what a hub keeps in memory at least, beside the current group of pictures
 * @param ringBytes what a hub keeps at most, whatever the group of pictures is; the oldest go first
 * @param suspectAfter a feed silent for longer is doubted, and the next candidate is opened beside it
 */
public record HubSettings(
        Map<String, AppSettings> apps,
        AppSettings defaultApp,
        int maxStreams,
        int maxViewers,
        Duration ringTime,
        long ringBytes,
        Duration suspectAfter) {

    public HubSettings {
        apps = Map.copyOf(apps);
    }

    public static HubSettings defaults() {
        return new HubSettings(
                Map.of(),
                AppSettings.defaults(),
                10_000,
                100_000,
                Duration.ofSeconds(4),
                32L << 20,
                Duration.ofMillis(500));
    }

    public AppSettings app(String name) {
        return apps.getOrDefault(name, defaultApp);
    }
}
