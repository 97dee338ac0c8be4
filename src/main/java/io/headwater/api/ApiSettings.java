package io.headwater.api;

import java.time.Duration;
import java.util.List;

/**
 * Settings of the REST server; see {@code headwater.http} in {@code reference.conf}.
 *
 * @param bindHost the address it listens on
 * @param port 0 for any free one
 * @param protection who may call
 * @param corsOrigins web origins that may read answers in a browser; {@code *} for all, none by default
 * @param maxConnections connections at once; those beyond wait
 * @param maxConnectionsPerAddress the same for one client address; one beyond is answered 429
 * @param maxBodyBytes a longer request body is refused with 413
 * @param idleTimeout a connection without a request for so long is closed
 * @param firstRequestTimeout a connection that sent no whole request for so long after it was opened is closed
 * @param maxConsoles web consoles that are told what changes, at once; one beyond is answered 503
 */
public record ApiSettings(
        String bindHost,
        int port,
        Protection protection,
        List<String> corsOrigins,
        int maxConnections,
        int maxConnectionsPerAddress,
        long maxBodyBytes,
        Duration idleTimeout,
        Duration firstRequestTimeout,
        int maxConsoles) {

    public ApiSettings {
        corsOrigins = List.copyOf(corsOrigins);
    }

    public static ApiSettings defaults() {
        return new ApiSettings(
                "0.0.0.0",
                5080,
                Protection.defaults(),
                List.of(),
                512,
                512,
                64 << 10,
                Duration.ofSeconds(60),
                Duration.ofSeconds(10),
                32);
    }
}
