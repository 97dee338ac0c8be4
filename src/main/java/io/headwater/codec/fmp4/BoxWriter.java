package io.headwater.codec.fmp4;

import io.headwater.media.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes in network order, with boxes whose sizes are filled in when they end. */
final class BoxWriter {
    private byte[] bytes;
    private int length;

    BoxWriter(int capacity) {
        bytes = new byte[capacity];
    }

    /** Writes a box (14496-12, 4.2) around what {@code content} writes. */
    BoxWriter box(String type, Runnable content) {
        int start = length;
        u32(0).text(type);
        content.run();
        set32(start, length - start);
        return this;
    }

    BoxWriter fullBox(String type, int version, int flags, Runnable content) {
        return box(type, () -> {
            u32(version << 24 | flags);
            content.run();
        });
    }

    BoxWriter u8(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    BoxWriter u16(int value) {
        return u8(value >> 8).u8(value);
    }

    BoxWriter u32(long value) {
        return u16((int) (value >> 16)).u16((int) value);
    }

    BoxWriter u64(long value) {
        return u32(value >> 32).u32(value);
    }

    BoxWriter zeros(int count) {
        room(count);
        length += count;
        return this;
    }

    BoxWriter text(String ascii) {
        return raw(Bytes.of(ascii.getBytes(StandardCharsets.US_ASCII)));
    }

    BoxWriter raw(Bytes run) {
        room(run.length());
        System.arraycopy(run.array(), run.offset(), bytes, length, run.length());
        length += run.length();
        return this;
    }

    int length() {
        return length;
    }

    void set32(int at, int value) {
        bytes[at] = (byte) (value >> 24);
        bytes[at + 1] = (byte) (value >> 16);
        bytes[at + 2] = (byte) (value >> 8);
        bytes[at + 3] = (byte) value;
    }

    /** What was written; nothing may be written afterwards. */
    Bytes done() {
        return Bytes.of(bytes, 0, length);
    }

    private void room(int count) {
        if (count > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length * 2));
        }
    }
}
