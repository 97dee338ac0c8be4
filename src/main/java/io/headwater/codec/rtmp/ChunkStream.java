package io.headwater.codec.rtmp;

import io.headwater.media.Bytes;
import java.util.Arrays;

/** What a {@link ChunkReader} keeps of one chunk stream: the last header, and the message that is being put together. */
final class ChunkStream {
    /** Beyond this, bytes are allocated as they arrive: announcing a length costs the receiver nothing. */
    private static final int FIRST_ALLOCATION = 64 * 1024;
    /** A repeated step longer than this is from a peer that repeats a time and means no step at all. */
    private static final long LONGEST_REPEATED_STEP_MS = 5_000;

    private static final byte[] NONE = {};

    /** The timestamp field of the last header that had one: a time after type 0, else a step. */
    long timeField;

    boolean timeFieldIsAbsolute;
    boolean extended;
    long timestamp;
    int length;
    int type;
    int streamId;

    private boolean inMessage;
    private byte[] body = NONE;
    private int filled;

    boolean inMessage() {
        return inMessage;
    }

    int remaining() {
        return length - filled;
    }

    int allocated() {
        return body.length;
    }

    /** The time of the message that begins; a header of type 3 after one of type 0 repeats its time as a step (5.3.1.2.4). */
    void setTime(boolean absolute) {
        if (absolute) {
            timestamp = timeField;
            return;
        }
        boolean noStep = timeFieldIsAbsolute && timeField > LONGEST_REPEATED_STEP_MS;
        timestamp = timestamp + (noStep ? 0 : timeField) & 0xffffffffL;
    }

    void begin() {
        inMessage = true;
        body = length == 0 ? NONE : new byte[Math.min(length, FIRST_ALLOCATION)];
        filled = 0;
    }

    /** The array, with room for {@code count} more bytes from {@link #advance} on. */
    byte[] room(int count) {
        if (filled + count > body.length) {
            body = Arrays.copyOf(body, Math.max(filled + count, Math.min(length, 2 * body.length)));
        }
        return body;
    }

    /** Counts {@code count} bytes as filled and returns where they start. */
    int advance(int count) {
        int at = filled;
        filled += count;
        return at;
    }

    RtmpMessage finish() {
        RtmpMessage message = new RtmpMessage(type, streamId, timestamp, Bytes.of(body, 0, length));
        drop();
        return message;
    }

    void drop() {
        inMessage = false;
        body = NONE;
        filled = 0;
    }
}
