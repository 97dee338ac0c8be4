package io.headwater.codec.rtmp;

import io.headwater.media.Bytes;

/**
 * One whole message of a connection (RTMP 1.0, 6.1).
 *
 * @param type one of {@link MessageType}
 * @param streamId 0 for the connection itself, else the number {@code createStream} gave
 * @param timestamp milliseconds, 0 to 2^32 - 1, wrapping
 */
public record RtmpMessage(int type, int streamId, long timestamp, Bytes body) {
    /** Whether this is audio, video or script data: the type is the FLV tag's type then, and the body its body. */
    public boolean isMedia() {
        return type == MessageType.AUDIO || type == MessageType.VIDEO || type == MessageType.DATA_AMF0;
    }
}
