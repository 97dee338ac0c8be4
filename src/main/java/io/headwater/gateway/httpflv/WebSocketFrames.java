package io.headwater.gateway.httpflv;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** What a server writes of RFC 6455: the answer to a key, and the heads of unmasked, unfragmented frames (5.2). */
final class WebSocketFrames {
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PONG = 10;

    /** Close codes (7.4.1). */
    static final int NORMAL = 1000;

    static final int PROTOCOL_ERROR = 1002;
    static final int POLICY_VIOLATION = 1008;
    static final int TRY_AGAIN_LATER = 1013;

    private static final int FINAL = 0x80;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private WebSocketFrames() {}

    static int headLength(int length) {
        return length < LENGTH_16 ? 2 : length < 65_536 ? 4 : 10;
    }

    static void writeHead(int opcode, int length, ByteBuffer out) {
        out.put((byte) (FINAL | opcode));
        if (length < LENGTH_16) {
            out.put((byte) length);
        } else if (length < 65_536) {
            out.put((byte) LENGTH_16).putShort((short) length);
        } else {
            out.put((byte) LENGTH_64).putLong(length);
        }
    }

    /** A pong for a ping with that payload, which is at most 125 bytes. */
    static ByteBuf pong(ByteBuf payload, ByteBufAllocator allocator) {
        int length = payload.readableBytes();
        return allocator
                .buffer(2 + length)
                .writeByte(FINAL | PONG)
                .writeByte(length)
                .writeBytes(payload, payload.readerIndex(), length);
    }

    /** @param reason at most 123 ASCII characters */
    static ByteBuf close(int code, String reason, ByteBufAllocator allocator) {
        byte[] text = reason.getBytes(StandardCharsets.US_ASCII);
        int length = Math.min(text.length, 123);
        return allocator
                .buffer(4 + length)
                .writeByte(FINAL | CLOSE)
                .writeByte(2 + length)
                .writeShort(code)
                .writeBytes(text, 0, length);
    }

    /** The value of {@code Sec-WebSocket-Accept} for a key (4.2.2). */
    static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return Base64.getEncoder()
                    .encodeToString(sha1.digest((key + ACCEPT_SUFFIX).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-1", impossible);
        }
    }
}
