package io.headwater.codec.rtmp;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;

/** Takes apart a message of type {@link MessageType#AGGREGATE} (RTMP 1.0, 7.1.6). */
public final class Aggregate {
    private static final int TAG_HEADER = 11;
    private static final int BACK_POINTER = 4;

    private Aggregate() {}

    /** Hands on the messages inside; their times are moved so that the first has the time of {@code message}. */
    public static void split(RtmpMessage message, ChunkReader.Output out) throws MalformedException {
        Bytes rest = message.body();
        long shift = 0;
        boolean first = true;
        while (!rest.isEmpty()) {
            if (rest.length() < TAG_HEADER) {
                throw new MalformedException(
                        "aggregate message ends " + rest.length() + " bytes into a header, expected " + TAG_HEADER);
            }
            if (rest.unsignedAt(0) == MessageType.AGGREGATE) {
                throw new MalformedException("aggregate message inside an aggregate message, expected media");
            }
            int length = u24(rest, 1);
            if (rest.length() < TAG_HEADER + length) {
                throw new MalformedException("message length in an aggregate is " + length + ", expected at most "
                        + (rest.length() - TAG_HEADER));
            }
            long time = u24(rest, 4) | (long) rest.unsignedAt(7) << 24;
            if (first) {
                shift = message.timestamp() - time;
                first = false;
            }
            out.message(new RtmpMessage(
                    rest.unsignedAt(0),
                    message.streamId(),
                    time + shift & 0xffffffffL,
                    rest.slice(TAG_HEADER, length)));
            rest = rest.from(Math.min(rest.length(), TAG_HEADER + length + BACK_POINTER));
        }
    }

    private static int u24(Bytes bytes, int at) {
        return bytes.unsignedAt(at) << 16 | bytes.unsignedAt(at + 1) << 8 | bytes.unsignedAt(at + 2);
    }
}
