package io.headwater.codec.flv;

import io.headwater.media.Bytes;
import java.nio.ByteBuffer;

/** Writes what a file or an HTTP body consists of (Adobe FLV 10.1, E.2 to E.4.1) into buffers of known size. */
public final class FlvFile {
    /** The header and the zero "previous tag size" after it. */
    public static final int HEADER_LENGTH = 13;
    /** Bytes before a tag's body. */
    public static final int TAG_HEADER_LENGTH = 11;
    /** Bytes that a tag takes beside its body: its header, and its size behind it. */
    public static final int TAG_OVERHEAD = TAG_HEADER_LENGTH + 4;
    /** The longest body that a tag's 24-bit size can say. */
    public static final int MAX_BODY = 0xff_ffff;

    private static final int HAS_AUDIO = 4;
    private static final int HAS_VIDEO = 1;

    private FlvFile() {}

    /** Writes {@link #HEADER_LENGTH} bytes: the header with the flags that players choose their demuxing by. */
    public static void writeHeader(boolean audio, boolean video, ByteBuffer out) {
        out.put((byte) 'F').put((byte) 'L').put((byte) 'V').put((byte) 1);
        out.put((byte) ((audio ? HAS_AUDIO : 0) | (video ? HAS_VIDEO : 0)));
        out.putInt(9).putInt(0);
    }

    /** The length of the tag with that body in a file. */
    public static int tagLength(FlvBody body) {
        return TAG_OVERHEAD + body.length();
    }

    /**
     * Writes the {@link #tagLength} bytes of a tag.
     *
     * @param timestampMs the lower 32 bits are written
     * @throws IllegalArgumentException if the body is longer than {@link #MAX_BODY}
     */
    public static void writeTag(FlvBody body, long timestampMs, ByteBuffer out) {
        int length = body.length();
        if (length > MAX_BODY) {
            throw new IllegalArgumentException("tag body is " + length + " bytes, expected at most " + MAX_BODY);
        }
        out.putInt(body.tagType() << 24 | length);
        int timestamp = (int) timestampMs;
        out.putInt(timestamp << 8 | timestamp >>> 24);
        out.put((byte) 0).put((byte) 0).put((byte) 0); // stream id
        write(body.head(), out);
        write(body.payload(), out);
        out.putInt(TAG_HEADER_LENGTH + length);
    }

    private static void write(Bytes bytes, ByteBuffer out) {
        out.put(bytes.array(), bytes.offset(), bytes.length());
    }
}
