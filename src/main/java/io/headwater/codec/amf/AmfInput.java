package io.headwater.codec.amf;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The bytes of one message with checked reads, and what it has built so far: shared by the two readers. */
final class AmfInput {
    private final ByteBuffer in;
    private final AmfLimits limits;
    private int values;

    AmfInput(Bytes bytes, AmfLimits limits) {
        this.in = bytes.buffer();
        this.limits = limits;
    }

    boolean hasRemaining() {
        return in.hasRemaining();
    }

    int position() {
        return in.position();
    }

    /** Called at the start of every value: a message builds only so many, only so deep. */
    void countValue(int depth) throws MalformedException {
        limits.checkDepth(depth);
        limits.checkValues(++values);
    }

    /** A peer's count of elements, each of which takes a byte at least. */
    int count(long announced) throws MalformedException {
        limits.checkValues(values + announced);
        need(announced, "elements");
        return (int) announced;
    }

    int u8(String what) throws MalformedException {
        need(1, what);
        return in.get() & 0xff;
    }

    int u16(String what) throws MalformedException {
        need(2, what);
        return in.getShort() & 0xffff;
    }

    long u32(String what) throws MalformedException {
        need(4, what);
        return in.getInt() & 0xffffffffL;
    }

    double f64(String what) throws MalformedException {
        need(8, what);
        return in.getDouble();
    }

    /** Invalid UTF-8 becomes replacement characters: old encoders send names in their local code page. */
    String text(long length, String what) throws MalformedException {
        limits.checkText(length);
        need(length, what);
        byte[] utf8 = new byte[(int) length];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** Whether the next byte is {@code expected}; if so it is taken. */
    boolean takes(int expected) {
        if (in.hasRemaining() && (in.get(in.position()) & 0xff) == expected) {
            in.get();
            return true;
        }
        return false;
    }

    private void need(long count, String what) throws MalformedException {
        if (in.remaining() < count) {
            throw new MalformedException("AMF " + what + " at byte " + in.position() + " needs " + count
                    + " bytes, the message has " + in.remaining() + " left");
        }
    }
}
