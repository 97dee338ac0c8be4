package io.headwater.gateway.rtmp;

import java.time.Duration;

/**
 * Settings of the RTMP server.
 *
 * @param host the address it listens on
 * @param port 0 for any free one
 * @param chunkSize bytes of the chunks this server sends, 128 to 65536
 * @param maxMessageBytes longest message of a client; has to hold the largest keyframe
 * @param maxConnections connections at once; one beyond is closed
 * @param maxConnectionsPerAddress the same for one client address; clients behind one NAT or proxy share it
 * @param handshakeTimeout a handshake must be complete within this time
 * @param commandTimeout how long a connection may neither publish nor play
 * @param publisherTimeout a publisher that sends no media for this long is closed; its players are kept for the
 *     application's grace
 * @param pingInterval how often a player is pinged, which finds those that vanished from streams that stand still
 */
public record RtmpSettings(
        String host,
        int port,
        int chunkSize,
        int maxMessageBytes,
        int maxConnections,
        int maxConnectionsPerAddress,
        Duration handshakeTimeout,
        Duration commandTimeout,
        Duration publisherTimeout,
        Duration pingInterval) {

    public static RtmpSettings defaults() {
        return new RtmpSettings(
                "0.0.0.0",
                1935,
                60_000,
                8 << 20,
                50_000,
                5_000,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(20),
                Duration.ofSeconds(30));
    }

    /** The same on another address. */
    public RtmpSettings listeningOn(String otherHost, int otherPort) {
        return new RtmpSettings(
                otherHost,
                otherPort,
                chunkSize,
                maxMessageBytes,
                maxConnections,
                maxConnectionsPerAddress,
                handshakeTimeout,
                commandTimeout,
                publisherTimeout,
                pingInterval);
    }

    /** The same with other times. */
    public RtmpSettings patientFor(Duration handshake, Duration command, Duration publisher) {
        return new RtmpSettings(
                host,
                port,
                chunkSize,
                maxMessageBytes,
                maxConnections,
                maxConnectionsPerAddress,
                handshake,
                command,
                publisher,
                pingInterval);
    }

    /** The same with other limits on connections. */
    public RtmpSettings takingAtMost(int connections, int perAddress) {
        return new RtmpSettings(
                host,
                port,
                chunkSize,
                maxMessageBytes,
                connections,
                perAddress,
                handshakeTimeout,
                commandTimeout,
                publisherTimeout,
                pingInterval);
    }
}
