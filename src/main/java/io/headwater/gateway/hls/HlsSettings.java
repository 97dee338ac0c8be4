package io.headwater.gateway.hls;

import java.time.Duration;
import java.util.Map;

/**
 * How this node serves HLS.
 *
 * @param allowOrigin web pages of this origin may play, {@code *} for all, empty for none
 * @param maxBlocked requests at once that wait for something that is still to come, in all; one more is refused
 * @param maxBlockedPerStream the same for one stream
 * @param maxStreams streams that are packaged at once; one more is refused
 * @param maxConnecting streams that were asked for and are not here yet, at once; one more is refused
 * @param maxConnectingPerAddress the same that one client address asked for first
 * @param maxBytes what all windows may take; beyond it they are cut short and no further stream is packaged
 * @param maxSessions viewers that are told apart at once, for one stream
 * @param apps settings by application name
 * @param defaultApp settings of every other application
 */
public record HlsSettings(
        String allowOrigin,
        int maxBlocked,
        int maxBlockedPerStream,
        int maxStreams,
        int maxConnecting,
        int maxConnectingPerAddress,
        long maxBytes,
        int maxSessions,
        Map<String, App> apps,
        App defaultApp) {

    public HlsSettings {
        apps = Map.copyOf(apps);
    }

    /**
     * How the streams of one application are served.
     *
     * @param enabled whether they are at all
     * @param lowLatency whether parts are offered beside segments
     * @param mpegTs whether transport streams are served as well
     * @param window segments in a playlist
     * @param windowBytes what the segments of one stream take at most; the oldest go first
     * @param sessions whether viewers are counted, by an id in the address of their media playlist
     * @param linger a stream nobody asks for is packaged for so long
     */
    public record App(
            boolean enabled,
            boolean lowLatency,
            boolean mpegTs,
            int window,
            long windowBytes,
            boolean sessions,
            Duration linger) {
        public static App defaults() {
            return new App(true, true, true, 10, 64L << 20, true, Duration.ofSeconds(30));
        }
    }

    public static HlsSettings defaults() {
        return new HlsSettings("*", 20_000, 10_000, 1_000, 1_000, 100, 1L << 30, 50_000, Map.of(), App.defaults());
    }

    App app(String name) {
        return apps.getOrDefault(name, defaultApp);
    }
}
