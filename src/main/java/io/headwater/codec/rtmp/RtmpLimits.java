package io.headwater.codec.rtmp;

/**
 * What one peer may make a {@link ChunkReader} hold.
 *
 * @param messageBytes bytes of one message
 * @param partialBytes bytes of all messages that are not complete yet, together
 * @param chunkStreams different chunk stream ids in the life of a connection
 */
public record RtmpLimits(int messageBytes, int partialBytes, int chunkStreams) {
    public static final RtmpLimits DEFAULTS = ofMessageBytes(8 << 20);

    /** Room for one message of {@code messageBytes} and some smaller ones beside it. */
    public static RtmpLimits ofMessageBytes(int messageBytes) {
        return new RtmpLimits(messageBytes, messageBytes + (1 << 20), 64);
    }
}
