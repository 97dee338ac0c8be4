package io.headwater.config;

import io.headwater.api.ApiSettings;
import io.headwater.api.Protection;
import io.headwater.cluster.ClusterSettings;
import io.headwater.cluster.Trust;
import io.headwater.cluster.registry.RegistrySettings;
import io.headwater.gateway.httpflv.LiveHttpSettings;
import io.headwater.gateway.rtmp.RtmpSettings;
import io.headwater.net.Cidr;
import io.headwater.relay.RelaySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the settings of each part of a node, one method a part. */
final class PartSettings {
    private static final int MILLION = 1_000_000;
    private static final Duration MOMENT = Duration.ofMillis(100);
    private static final Duration MINUTES = Duration.ofMinutes(5);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Map<String, ClusterSettings.Downing> DOWNING = Map.of(
            "keep-majority", ClusterSettings.Downing.KEEP_MAJORITY,
            "keep-oldest", ClusterSettings.Downing.KEEP_OLDEST);

    private PartSettings() {}

    static RtmpSettings rtmp(Values rtmp, Addresses addresses) {
        return new RtmpSettings(
                addresses.bindHost(),
                rtmp.port("port"),
                rtmp.integer("chunk-size", 128, 65536),
                (int) rtmp.bytes("max-message", 64 << 10, 128 << 20),
                rtmp.integer("max-connections", 1, MILLION),
                rtmp.integer("max-connections-per-address", 1, MILLION),
                rtmp.duration("handshake-timeout", MOMENT, MINUTES),
                rtmp.duration("command-timeout", MOMENT, MINUTES),
                rtmp.duration("publisher-timeout", MOMENT, HOUR),
                rtmp.duration("ping-interval", Duration.ofSeconds(1), HOUR));
    }

    static LiveHttpSettings live(Values live, Addresses addresses) {
        return new LiveHttpSettings(
                addresses.bindHost(),
                live.port("port"),
                allowOrigin(live),
                live.integer("max-connections", 1, MILLION),
                live.integer("max-connections-per-address", 1, MILLION),
                live.duration("head-timeout", MOMENT, MINUTES),
                live.duration("first-frame-timeout", MOMENT, HOUR));
    }

    static RelaySettings relay(Values relay, Addresses addresses, String secret) {
        String outgoing = relay.text(
                "outgoing-host",
                text -> text.isEmpty() || Addresses.isHost(text),
                "expected a host name or an address of this machine, or nothing");
        return new RelaySettings(
                addresses.clusterBindHost(),
                relay.port("port"),
                Optional.of(outgoing).filter(host -> !host.isEmpty()),
                secret,
                relay.duration("connect-timeout", MOMENT, MINUTES),
                relay.duration("handshake-timeout", MOMENT, MINUTES),
                relay.duration("keep-alive", Duration.ofMillis(10), Duration.ofSeconds(10)),
                relay.duration("silent-after", Duration.ofMillis(500), MINUTES),
                relay.integer("max-links", 1, MILLION),
                relay.integer("max-links-per-address", 1, MILLION),
                relay.duration("batch-time", Duration.ZERO, Duration.ofSeconds(1)),
                (int) relay.bytes("batch-bytes", 1 << 10, 16 << 20),
                (int) relay.bytes("send-buffer", 8 << 10, 64 << 20),
                (int) relay.bytes("receive-buffer", 8 << 10, 64 << 20),
                (int) relay.bytes("max-frame", 64 << 10, 128 << 20),
                relay.integer("spare-links", 0, 10_000));
    }

    /** @param home where the node keeps what it must remember */
    static ClusterSettings cluster(Values cluster, Addresses addresses, Path home, Trust trust) {
        int advertised = cluster.port("advertised-port");
        return new ClusterSettings(
                addresses.clusterBindHost(),
                addresses.advertisedHost(),
                cluster.port("port"),
                advertised == 0 ? Optional.empty() : Optional.of(advertised),
                addresses.seedNodes(),
                cluster.choice("downing", DOWNING),
                cluster.duration("heartbeat-pause", Duration.ofMillis(500), MINUTES),
                cluster.duration("stable-after", Duration.ofMillis(500), MINUTES),
                cluster.duration("form-after", Duration.ZERO, MINUTES),
                cluster.duration("alone-after", MOMENT, HOUR),
                cluster.duration("merge-interval", MOMENT, HOUR),
                cluster.duration("leave-within", MOMENT, MINUTES),
                cluster.duration("restart-backoff-max", MOMENT, MINUTES),
                cluster.duration("restart-wait", MOMENT, MINUTES),
                cluster.duration("silence", Duration.ofMillis(10), MINUTES),
                cluster.duration("publish-wait", Duration.ofMillis(10), MINUTES),
                cluster.duration("recovery-wait", Duration.ofMillis(10), MINUTES),
                cluster.duration("query-wait", Duration.ofMillis(10), MINUTES),
                cluster.integer("max-waiting-calls", 1, MILLION),
                new RegistrySettings(
                        Optional.of(home.resolve("cluster-data")),
                        cluster.integer("max-broadcasts", 0, 100_000),
                        cluster.duration("keep-deleted", HOUR, Duration.ofDays(3650))),
                cluster.integer("shards", 1, 10_000),
                trust);
    }

    private static Optional<Path> file(Values values, String key) {
        String name = values.text(key, text -> text.indexOf(0) < 0, "expected a file's name, or nothing");
        return name.isEmpty() ? Optional.empty() : Optional.of(Path.of(name));
    }

    static String allowOrigin(Values of) {
        return of.text(
                "allow-origin",
                text -> text.isEmpty() || isOrigin(text),
                "expected an origin such as https://example.org, *, or nothing");
    }

    private static boolean isOrigin(String text) {
        return text.equals("*") || text.matches("https?://[^/\\s]+");
    }

    /** What nodes prove to each other that they belong together; empty if they need not. */
    static String secret(Values cluster) {
        return cluster.secret(
                "secret",
                text -> text.isEmpty() || text.matches("[\\x21-\\x7e]{8,256}"),
                "expected nothing, or 8 to 256 printable characters without spaces");
    }

    static RemoteSettings remote(Values remote) {
        return new RemoteSettings(
                remote.integer("max-connections", 0, 100_000),
                remote.duration("retry-max", MOMENT, HOUR),
                TlsSettings.file(remote, "authority"));
    }

    static DrainSettings drain(Values drain) {
        return new DrainSettings(
                drain.duration("within", Duration.ZERO, Duration.ofMinutes(10)), drain.flag("redirect"));
    }

    static ApiSettings api(Values http, Addresses addresses) {
        String bindHost = addresses.bindHost();
        List<String> names = new ArrayList<>(http.list("host-names", Addresses::isHost, "a host name"));
        names.add(addresses.advertisedHost());
        names.add(bindHost);
        return new ApiSettings(
                bindHost,
                http.port("port"),
                new Protection(
                        http
                                .list(
                                        "write-from",
                                        text -> Cidr.parse(text).isPresent(),
                                        "a network such as 10.0.0.0/8, or an address")
                                .stream()
                                .map(Cidr::parse)
                                .flatMap(Optional::stream)
                                .toList(),
                        http.secrets(
                                "admin-tokens",
                                Protection::isToken,
                                "expected 16 to 256 characters without spaces, or sha256: and 64 hexadecimal digits"),
                        file(http, "admin-tokens-file"),
                        http.flag("protect-reads"),
                        names),
                http.list("cors-origins", PartSettings::isOrigin, "an origin such as https://example.org, or *"),
                http.integer("max-connections", 1, 100_000),
                http.integer("max-connections-per-address", 1, 100_000),
                http.bytes("max-body", 1 << 10, 16 << 20),
                http.duration("idle-timeout", Duration.ofSeconds(1), Duration.ofHours(1)),
                http.duration("first-request-timeout", Duration.ofMillis(100), Duration.ofMinutes(5)),
                http.integer("max-consoles", 0, 10_000));
    }
}
