package io.headwater.relay;

import java.time.Duration;
import java.util.Optional;

/**
 * How this node relays streams to and from other nodes; see {@code headwater.relay} in {@code reference.conf}.
 *
 * @param bindHost the address the relay server listens at
 * @param port its TCP port, 0 for any free one
 * @param outgoingHost the source address of links to other nodes; empty lets the system choose
 * @param secret the cluster secret both ends of a link must know; empty relays to anybody
 * @param connectTimeout how long connecting to another node may take
 * @param handshakeTimeout from connected until the peer has proved itself
 * @param keepAlive a link that was quiet for this long sends a keep-alive
 * @param silentAfter a link on which nothing arrived for this long is closed
 * @param maxLinks links served at once; one beyond is refused
 * @param maxLinksPerAddress links served at once to one network address
 * @param batchTime frames are collected for this long before they are written; zero writes at once
 * @param batchBytes what one write takes at most, a longer frame alone excepted
 * @param sendBufferBytes of a link's socket: what a downstream that stops reading can hold beside the hub's ring
 * @param receiveBufferBytes of a link's socket
 * @param maxFrameBytes the longest payload that is relayed; a longer frame is left out
 * @param spareLinks connections to nodes of other groups that are kept ready for links to come; 0 keeps none
 */
public record RelaySettings(
        String bindHost,
        int port,
        Optional<String> outgoingHost,
        String secret,
        Duration connectTimeout,
        Duration handshakeTimeout,
        Duration keepAlive,
        Duration silentAfter,
        int maxLinks,
        int maxLinksPerAddress,
        Duration batchTime,
        int batchBytes,
        int sendBufferBytes,
        int receiveBufferBytes,
        int maxFrameBytes,
        int spareLinks) {

    public static RelaySettings defaults() {
        return new RelaySettings(
                "0.0.0.0",
                5000,
                Optional.empty(),
                "",
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                Duration.ofMillis(100),
                Duration.ofSeconds(10),
                20_000,
                10_000,
                Duration.ZERO,
                64 << 10,
                256 << 10,
                256 << 10,
                16 << 20,
                32);
    }

    public RelaySettings withSecret(String newSecret) {
        return new RelaySettings(
                bindHost,
                port,
                outgoingHost,
                newSecret,
                connectTimeout,
                handshakeTimeout,
                keepAlive,
                silentAfter,
                maxLinks,
                maxLinksPerAddress,
                batchTime,
                batchBytes,
                sendBufferBytes,
                receiveBufferBytes,
                maxFrameBytes,
                spareLinks);
    }

    public RelaySettings withBind(String newBindHost, int newPort) {
        return new RelaySettings(
                newBindHost,
                newPort,
                outgoingHost,
                secret,
                connectTimeout,
                handshakeTimeout,
                keepAlive,
                silentAfter,
                maxLinks,
                maxLinksPerAddress,
                batchTime,
                batchBytes,
                sendBufferBytes,
                receiveBufferBytes,
                maxFrameBytes,
                spareLinks);
    }

    /** Everything but the secret. */
    @Override
    public String toString() {
        return "RelaySettings[" + bindHost + ":" + port + ", outgoingHost=" + outgoingHost.orElse("any") + ", secret="
                + (secret.isEmpty() ? "none" : "set") + ", connectTimeout=" + connectTimeout + ", handshakeTimeout="
                + handshakeTimeout + ", keepAlive=" + keepAlive + ", silentAfter=" + silentAfter + ", maxLinks="
                + maxLinks + ", maxLinksPerAddress=" + maxLinksPerAddress + ", batchTime=" + batchTime
                + ", batchBytes=" + batchBytes + ", sendBufferBytes=" + sendBufferBytes + ", receiveBufferBytes="
                + receiveBufferBytes + ", maxFrameBytes=" + maxFrameBytes
                + ", spareLinks=" + spareLinks + "]";
    }
}
