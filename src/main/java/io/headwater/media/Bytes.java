package io.headwater.media;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * A run of bytes that nobody changes any more: a view of an array that is shared, not copied.
 *
 * <p>Who makes one promises not to write to the array afterwards; {@link #array()} is there for gathering writes and
 * must only be read.
 */
public final class Bytes {
    public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

    private final byte[] array;
    private final int offset;
    private final int length;

    private Bytes(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** Views the whole of {@code array} without copying it. */
    public static Bytes of(byte[] array) {
        return array.length == 0 ? EMPTY : new Bytes(array, 0, array.length);
    }

    /** Views {@code length} bytes of {@code array} from {@code offset} on without copying them. */
    public static Bytes of(byte[] array, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, array.length);
        return length == 0 ? EMPTY : new Bytes(array, offset, length);
    }

    /** Copies the remaining bytes of {@code buffer} and advances it. */
    public static Bytes copyOf(ByteBuffer buffer) {
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(copy);
        return of(copy);
    }

    public int length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    public byte at(int index) {
        return array[offset + Objects.checkIndex(index, length)];
    }

    public int unsignedAt(int index) {
        return at(index) & 0xff;
    }

    /** The bytes from {@code from} to the end, sharing the array. */
    public Bytes from(int from) {
        return slice(from, length - from);
    }

    /** {@code count} bytes from {@code from} on, sharing the array. */
    public Bytes slice(int from, int count) {
        Objects.checkFromIndexSize(from, count, length);
        return count == 0 ? EMPTY : new Bytes(array, offset + from, count);
    }

    /** A read-only buffer over these bytes, sharing the array. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
    }

    /** The array behind this view; only bytes {@link #offset()} to {@code offset() + length()} belong to it. Read only. */
    public byte[] array() {
        return array;
    }

    public int offset() {
        return offset;
    }

    public byte[] toByteArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that
                && Arrays.equals(array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + array[offset + i];
        }
        return hash;
    }

    /** The length and, for short runs, the bytes in hexadecimal. */
    @Override
    public String toString() {
        String hex = HexFormat.of().formatHex(array, offset, offset + Math.min(length, 16));
        return length + " bytes " + hex + (length > 16 ? "..." : "");
    }
}
