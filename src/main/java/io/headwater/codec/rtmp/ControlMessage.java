package io.headwater.codec.rtmp;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Messages of the protocol itself (RTMP 1.0, 5.4 and 7.1.7), on message stream 0. */
public sealed interface ControlMessage {

    /** The sender's chunks are up to this long from now on. */
    record SetChunkSize(int bytes) implements ControlMessage {}

    /** The sender will not finish its message on that chunk stream. */
    record Abort(long chunkStreamId) implements ControlMessage {}

    /** The sender has received that many bytes in all, modulo 2^32. */
    record Acknowledgement(long sequence) implements ControlMessage {}

    /** The sender wants an acknowledgement every so many bytes. */
    record WindowAckSize(long bytes) implements ControlMessage {}

    /** The receiver should send no more than that without an acknowledgement; {@code limit} 0 hard, 1 soft, 2 dynamic. */
    record SetPeerBandwidth(long bytes, int limit) implements ControlMessage {}

    /** {@code value} is a message stream id, or the time of a ping. */
    record UserControl(int event, long value) implements ControlMessage {
        public static final int STREAM_BEGIN = 0;
        public static final int STREAM_EOF = 1;
        public static final int STREAM_DRY = 2;
        /** Carries a length in milliseconds after the message stream id, which is read and not kept. */
        public static final int SET_BUFFER_LENGTH = 3;

        public static final int STREAM_IS_RECORDED = 4;
        public static final int PING_REQUEST = 6;
        public static final int PING_RESPONSE = 7;
    }

    /** The control message in {@code message}, or nothing if it is of another type or an unknown event. */
    static Optional<ControlMessage> read(RtmpMessage message) throws MalformedException {
        Bytes body = message.body();
        return Optional.ofNullable(
                switch (message.type()) {
                    case MessageType.SET_CHUNK_SIZE -> new SetChunkSize(readChunkSize(body));
                    case MessageType.ABORT -> new Abort(readAbort(body));
                    case MessageType.ACKNOWLEDGEMENT -> new Acknowledgement(u32(body, 0, "acknowledgement"));
                    case MessageType.WINDOW_ACK_SIZE -> new WindowAckSize(u32(body, 0, "window size"));
                    case MessageType.SET_PEER_BANDWIDTH ->
                        new SetPeerBandwidth(
                                u32(body, 0, "peer bandwidth"), body.length() > 4 ? body.unsignedAt(4) : 2);
                    case MessageType.USER_CONTROL -> userControl(body);
                    default -> null;
                });
    }

    /** This message as it is sent. */
    default RtmpMessage toMessage() {
        if (this instanceof SetChunkSize size) {
            return message(MessageType.SET_CHUNK_SIZE, u32(size.bytes()));
        } else if (this instanceof Abort abort) {
            return message(MessageType.ABORT, u32(abort.chunkStreamId()));
        } else if (this instanceof Acknowledgement ack) {
            return message(MessageType.ACKNOWLEDGEMENT, u32(ack.sequence()));
        } else if (this instanceof WindowAckSize window) {
            return message(MessageType.WINDOW_ACK_SIZE, u32(window.bytes()));
        } else if (this instanceof SetPeerBandwidth bandwidth) {
            ByteBuffer body =
                    ByteBuffer.allocate(5).putInt((int) bandwidth.bytes()).put((byte) bandwidth.limit());
            return message(MessageType.SET_PEER_BANDWIDTH, body);
        }
        UserControl control = (UserControl) this;
        ByteBuffer body =
                ByteBuffer.allocate(6).putShort((short) control.event()).putInt((int) control.value());
        return message(MessageType.USER_CONTROL, body);
    }

    static int readChunkSize(Bytes body) throws MalformedException {
        long size = u32(body, 0, "chunk size");
        if (size < 1 || size > ChunkReader.MAX_CHUNK_SIZE) {
            throw new MalformedException("chunk size is " + size + ", expected 1 to " + ChunkReader.MAX_CHUNK_SIZE);
        }
        return (int) size;
    }

    static long readAbort(Bytes body) throws MalformedException {
        return u32(body, 0, "chunk stream id of an abort");
    }

    private static UserControl userControl(Bytes body) throws MalformedException {
        if (body.length() < 2) {
            throw new MalformedException("user control message has " + body.length() + " bytes, expected at least 2");
        }
        int event = body.unsignedAt(0) << 8 | body.unsignedAt(1);
        // Flash Player sends events of its own (26, 27) that carry less
        return new UserControl(event, body.length() < 6 ? 0 : u32(body, 2, "user control value"));
    }

    private static long u32(Bytes body, int at, String what) throws MalformedException {
        if (body.length() < at + 4) {
            throw new MalformedException(what + " has " + body.length() + " bytes, expected at least " + (at + 4));
        }
        return body.buffer().getInt(at) & 0xffffffffL;
    }

    private static ByteBuffer u32(long value) {
        return ByteBuffer.allocate(4).putInt((int) value);
    }

    private static RtmpMessage message(int type, ByteBuffer body) {
        return new RtmpMessage(type, 0, 0, Bytes.copyOf(body.flip()));
    }
}
