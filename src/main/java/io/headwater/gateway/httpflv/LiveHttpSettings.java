package io.headwater.gateway.httpflv;

import java.time.Duration;

/**
 * Settings of the server for live media over HTTP.
 *
 * @param host the address it listens on
 * @param port 0 for any free one
 * @param allowOrigin what {@code Access-Control-Allow-Origin} says; empty for no such header, which leaves the streams
 *     to pages of this server's own origin
 * @param maxConnections connections at once; one beyond is answered 503
 * @param maxConnectionsPerAddress the same for one client address; viewers behind one NAT or proxy share it
 * @param headTimeout a request's head must be complete within this time, from the connection or the last answer on
 * @param firstFrameTimeout how long a player waits for the first frame of a stream before it is answered 503; should be
 *     longer than the applications' parking time
 */
public record LiveHttpSettings(
        String host,
        int port,
        String allowOrigin,
        int maxConnections,
        int maxConnectionsPerAddress,
        Duration headTimeout,
        Duration firstFrameTimeout) {

    public static LiveHttpSettings defaults() {
        return new LiveHttpSettings(
                "0.0.0.0", 8080, "*", 50_000, 5_000, Duration.ofSeconds(10), Duration.ofSeconds(30));
    }

    /** The same on another address. */
    public LiveHttpSettings listeningOn(String otherHost, int otherPort) {
        return new LiveHttpSettings(
                otherHost,
                otherPort,
                allowOrigin,
                maxConnections,
                maxConnectionsPerAddress,
                headTimeout,
                firstFrameTimeout);
    }
}
