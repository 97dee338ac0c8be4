package io.headwater.codec.rtmp;

import java.util.OptionalLong;

/** Says when the peer is due an acknowledgement of what it sent (RTMP 1.0, 5.4.3 and 5.4.4). */
public final class AckWindow {
    /** What peers that name no window are given; some encoders stop when they hear nothing at all. */
    public static final int DEFAULT_BYTES = 2_500_000;
    /** No peer is told of every packet. */
    private static final int LEAST_BYTES = 4_096;

    private long window = DEFAULT_BYTES;
    private long acknowledged;

    /** The peer asked for an acknowledgement every {@code bytes}. */
    public void resize(long bytes) {
        window = Math.max(LEAST_BYTES, bytes);
    }

    /** The sequence number to send if one is due, given all bytes read so far. */
    public OptionalLong due(long bytesRead) {
        if (bytesRead - acknowledged < window) {
            return OptionalLong.empty();
        }
        acknowledged = bytesRead;
        return OptionalLong.of(bytesRead & 0xffffffffL);
    }
}
