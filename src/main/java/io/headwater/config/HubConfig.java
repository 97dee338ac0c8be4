package io.headwater.config;

import io.headwater.media.StreamKey;
import io.headwater.stream.AppSettings;
import io.headwater.stream.Directory.OnConflict;
import io.headwater.stream.HubSettings;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Reads {@code headwater.hub} and {@code headwater.apps}. */
final class HubConfig {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Map<String, OnConflict> CONFLICTS =
            Map.of("takeover", OnConflict.TAKEOVER, "reject", OnConflict.REJECT, "backup", OnConflict.BACKUP);
    private static final Map<String, AppSettings.Start> STARTS =
            Map.of("keyframe-cached", AppSettings.Start.KEYFRAME_CACHED, "live", AppSettings.Start.LIVE);

    private HubConfig() {}

    static HubSettings read(Values values) {
        Map<String, AppSettings> apps = new TreeMap<>();
        for (String name : values.at("apps").names()) {
            if (isApp(name)) {
                apps.put(name, app(values.app(name)));
            } else if (!name.equals("default")) {
                values.at("apps")
                        .refuse(
                                com.typesafe.config.ConfigUtil.quoteString(name),
                                "expected an application name of 1 to 64 letters, digits, '-' or '_'");
            }
        }
        Values hub = values.at("hub");
        return new HubSettings(
                apps,
                app(values.at("apps").at("default")),
                hub.integer("max-streams", 1, 1_000_000),
                hub.integer("max-viewers", 1, 10_000_000),
                hub.duration("ring-time", Duration.ZERO, Duration.ofMinutes(5)),
                hub.bytes("ring-bytes", 1 << 20, 4L << 30),
                hub.duration("suspect-after", Duration.ofMillis(50), Duration.ofMinutes(1)));
    }

    static boolean isApp(String name) {
        return !name.equals("default") && StreamKey.of(name, "x").isPresent();
    }

    private static AppSettings app(Values app) {
        return new AppSettings(
                app.choice("on-conflict", CONFLICTS),
                app.flag("backup-return"),
                app.duration("publisher-grace", Duration.ZERO, HOUR),
                app.flag("end-on-unpublish"),
                app.duration("park", Duration.ZERO, HOUR),
                app.duration("linger", Duration.ZERO, HOUR),
                app.choice("start", STARTS),
                app.duration("max-lag", Duration.ofMillis(100), Duration.ofMinutes(5)),
                app.bytes("max-lag-bytes", 64 << 10, 1L << 30),
                app.duration("slow-for", Duration.ofSeconds(1), HOUR),
                app.flag("accept-only-registered"),
                app.duration("write-merge", Duration.ZERO, Duration.ofMillis(1000)),
                app.flag("tcp-nodelay"),
                HlsConfig.segments(app.at("hls")));
    }
}
