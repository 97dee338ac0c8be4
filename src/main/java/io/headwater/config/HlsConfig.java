package io.headwater.config;

import io.headwater.codec.hls.SegmenterSettings;
import io.headwater.gateway.hls.HlsSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads {@code headwater.hls} and what of {@code headwater.apps} is about HLS. */
final class HlsConfig {
    private HlsConfig() {}

    static HlsSettings read(Values values) {
        Map<String, HlsSettings.App> apps = new TreeMap<>();
        for (String name : values.at("apps").names()) {
            if (HubConfig.isApp(name)) {
                apps.put(name, app(values.app(name).at("hls")));
            }
        }
        Values hls = values.at("hls");
        return new HlsSettings(
                PartSettings.allowOrigin(hls),
                hls.integer("max-blocked", 1, 1_000_000),
                hls.integer("max-blocked-per-stream", 1, 1_000_000),
                hls.integer("max-streams", 1, 1_000_000),
                hls.integer("max-connecting", 1, 1_000_000),
                hls.integer("max-connecting-per-address", 1, 1_000_000),
                hls.bytes("max-bytes", 1 << 20, 1L << 40),
                hls.integer("max-sessions", 1, 1_000_000),
                apps,
                app(values.at("apps").at("default").at("hls")));
    }

    private static HlsSettings.App app(Values hls) {
        return new HlsSettings.App(
                hls.flag("enabled"),
                hls.flag("low-latency"),
                hls.flag("mpeg-ts"),
                hls.integer("window", 3, 100),
                hls.bytes("window-bytes", 1 << 20, 4L << 30),
                hls.flag("sessions"),
                hls.duration("linger", Duration.ofSeconds(1), Duration.ofHours(1)));
    }

    /** How the streams of an application are cut where they are published; empty if they are not served as HLS. */
    static Optional<SegmenterSettings> segments(Values hls) {
        boolean enabled = hls.flag("enabled");
        long segment = micros(hls.duration("segment", Duration.ofSeconds(1), Duration.ofSeconds(30)));
        long part = micros(hls.duration("part", Duration.ofMillis(50), Duration.ofSeconds(1)));
        long longest = micros(hls.duration("longest-segment", Duration.ofSeconds(1), Duration.ofSeconds(60)));
        if (longest < segment) {
            hls.refuse("longest-segment", "expected at least what segment is");
            longest = segment;
        }
        return enabled ? Optional.of(new SegmenterSettings(segment, part, longest)) : Optional.empty();
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }
}
