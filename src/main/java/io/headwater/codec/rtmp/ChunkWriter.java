package io.headwater.codec.rtmp;

import io.headwater.media.Bytes;
import java.nio.ByteBuffer;

/**
 * Cuts messages into the chunks of one connection (RTMP 1.0, 5.3). Each message goes out whole, on the chunk stream of
 * its type, with the shortest header that says it. A Set Chunk Size that is written takes effect after it.
 */
public final class ChunkWriter {
    /** Protocol control messages (5.4). */
    public static final int CONTROL = 2;

    public static final int COMMAND = 3;
    public static final int AUDIO = 4;
    public static final int DATA = 5;
    public static final int VIDEO = 6;

    /** What the next header on a chunk stream may leave out. */
    private record Header(int type, int streamId, long timestamp, int length) {
        static final Header NONE = new Header(0, -1, 0, 0);
    }

    private final Header[] last = {
        Header.NONE, Header.NONE, Header.NONE, Header.NONE, Header.NONE, Header.NONE, Header.NONE
    };
    private int chunkSize = ChunkReader.DEFAULT_CHUNK_SIZE;

    /** The chunks of {@code message}. */
    public Bytes write(RtmpMessage message) {
        int id = chunkStreamOf(message.type());
        Header previous = last[id];
        Header header = new Header(
                message.type(),
                message.streamId(),
                message.timestamp(),
                message.body().length());
        last[id] = header;
        int format = format(previous, header);
        long time = format == 0 ? message.timestamp() : message.timestamp() - previous.timestamp();
        boolean extended = time >= ChunkReader.EXTENDED;
        Bytes body = message.body();
        int chunks = Math.max(1, (body.length() + chunkSize - 1) / chunkSize);
        int overhead = ChunkReader.FIELDS_LENGTH[format] + chunks * (extended ? 5 : 1);
        ByteBuffer out = ByteBuffer.allocate(overhead + body.length());
        out.put((byte) (format << 6 | id));
        u24(out, extended ? ChunkReader.EXTENDED : (int) time);
        if (format <= 1) {
            u24(out, body.length());
            out.put((byte) message.type());
        }
        if (format == 0) {
            out.putInt(Integer.reverseBytes(message.streamId()));
        }
        if (extended) {
            out.putInt((int) time);
        }
        writeBody(out, body, id, extended, (int) time);
        if (message.type() == MessageType.SET_CHUNK_SIZE) {
            chunkSize = body.buffer().getInt();
        }
        return Bytes.of(out.array());
    }

    private void writeBody(ByteBuffer out, Bytes body, int id, boolean extended, int time) {
        int at = 0;
        while (true) {
            int count = Math.min(chunkSize, body.length() - at);
            out.put(body.array(), body.offset() + at, count);
            at += count;
            if (at == body.length()) {
                return;
            }
            out.put((byte) (3 << 6 | id));
            if (extended) {
                out.putInt(time);
            }
        }
    }

    /** The type of the header; a step backwards needs the whole time. */
    private static int format(Header previous, Header header) {
        if (previous.streamId() != header.streamId() || header.timestamp() < previous.timestamp()) {
            return 0;
        }
        return previous.type() == header.type() && previous.length() == header.length() ? 2 : 1;
    }

    private static int chunkStreamOf(int type) {
        return switch (type) {
            case MessageType.AUDIO -> AUDIO;
            case MessageType.VIDEO -> VIDEO;
            case MessageType.DATA_AMF0, MessageType.DATA_AMF3 -> DATA;
            case MessageType.COMMAND_AMF0, MessageType.COMMAND_AMF3 -> COMMAND;
            default -> CONTROL;
        };
    }

    private static void u24(ByteBuffer out, int value) {
        out.put((byte) (value >> 16)).putShort((short) value);
    }
}
