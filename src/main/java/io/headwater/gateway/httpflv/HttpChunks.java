package io.headwater.gateway.httpflv;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Chunks of an HTTP/1.1 body (RFC 9112, 7.1), whose last one tells a player an end from a loss. */
final class HttpChunks {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LAST = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final short CRLF = '\r' << 8 | '\n';

    /** Bytes after a chunk's content. */
    static final int TAIL_LENGTH = 2;

    private HttpChunks() {}

    static int headLength(int length) {
        return digits(length) + 2;
    }

    static void writeHead(int length, ByteBuffer out) {
        for (int shift = 4 * (digits(length) - 1); shift >= 0; shift -= 4) {
            out.put(HEX[length >>> shift & 0xf]);
        }
        out.putShort(CRLF);
    }

    static void writeTail(ByteBuffer out) {
        out.putShort(CRLF);
    }

    /** The end of a body that is complete. */
    static ByteBuf last() {
        return Unpooled.wrappedBuffer(LAST);
    }

    private static int digits(int length) {
        return Math.max(1, (35 - Integer.numberOfLeadingZeros(length)) / 4);
    }
}
