package io.headwater.config;

import io.headwater.api.ApiSettings;
import io.headwater.api.Cidr;
import java.time.Duration;
import java.util.Optional;

/** Reads the settings of each part of a node, one method a part. */
final class PartSettings {
    private PartSettings() {}

    /** What nodes prove to each other that they belong together; empty if they need not. */
    static String secret(Values cluster) {
        return cluster.secret(
                "secret",
                text -> text.isEmpty() || text.matches("[\\x21-\\x7e]{8,256}"),
                "expected nothing, or 8 to 256 printable characters without spaces");
    }

    static ApiSettings api(Values http, String bindHost) {
        return new ApiSettings(
                bindHost,
                http.port("port"),
                http
                        .list(
                                "write-from",
                                text -> Cidr.parse(text).isPresent(),
                                "a network such as 10.0.0.0/8, or an address")
                        .stream()
                        .map(Cidr::parse)
                        .flatMap(Optional::stream)
                        .toList(),
                http.list(
                        "cors-origins",
                        text -> text.equals("*") || text.matches("https?://[^/\\s]+"),
                        "an origin such as https://example.org, or *"),
                http.integer("max-connections", 1, 100_000),
                http.bytes("max-body", 1 << 10, 16 << 20),
                http.duration("idle-timeout", Duration.ofSeconds(1), Duration.ofHours(1)),
                http.duration("first-request-timeout", Duration.ofMillis(100), Duration.ofMinutes(5)));
    }
}
