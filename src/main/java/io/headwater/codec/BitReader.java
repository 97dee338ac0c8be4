package io.headwater.codec;

import io.headwater.media.Bytes;

/** Reads bit fields, most significant bit first, as parameter sets are written. Beyond the end it refuses. */
public final class BitReader {
    private final String structure;
    private final Bytes bytes;
    private long at;

    /** @param structure what is read, in the words of its specification, for messages */
    public BitReader(String structure, Bytes bytes) {
        this.structure = structure;
        this.bytes = bytes;
    }

    /**
     * A reader of a NAL unit's payload, from which the emulation prevention bytes (the 3 of 00 00 03) are taken out
     * (ISO/IEC 14496-10, 7.4.1; ISO/IEC 23008-2, 7.4.2).
     */
    public static BitReader ofNal(String structure, Bytes nal) {
        byte[] plain = new byte[nal.length()];
        int length = 0;
        int zeros = 0;
        for (int i = 0; i < nal.length(); i++) {
            byte next = nal.at(i);
            if (zeros >= 2 && next == 3) {
                zeros = 0;
            } else {
                plain[length++] = next;
                zeros = next == 0 ? zeros + 1 : 0;
            }
        }
        return new BitReader(structure, Bytes.of(plain, 0, length));
    }

    public long remaining() {
        return bytes.length() * 8L - at;
    }

    /** The next {@code count} bits, 0 to 32, as an unsigned number. */
    public long bits(int count) throws MalformedException {
        if (count > remaining()) {
            throw new MalformedException(structure + " of " + bytes.length() + " bytes ends too early");
        }
        long value = 0;
        for (int i = 0; i < count; i++, at++) {
            value = value << 1 | (bytes.unsignedAt((int) (at >> 3)) >> (7 - (at & 7)) & 1);
        }
        return value;
    }

    /** {@link #bits} for fields of at most 31 bits. */
    public int u(int count) throws MalformedException {
        return (int) bits(count);
    }

    public boolean flag() throws MalformedException {
        return bits(1) == 1;
    }

    public void skip(long count) throws MalformedException {
        if (count > remaining()) {
            throw new MalformedException(structure + " of " + bytes.length() + " bytes ends too early");
        }
        at += count;
    }

    /** Exp-Golomb, unsigned: ue(v) (ISO/IEC 14496-10, 9.1), which is also uvlc() of AV1. */
    public long ue() throws MalformedException {
        int zeros = 0;
        while (!flag()) {
            zeros++;
            if (zeros > 32) {
                throw new MalformedException(structure + " has an Exp-Golomb code of more than 32 zeros");
            }
        }
        return (1L << zeros) - 1 + bits(zeros);
    }

    /** Exp-Golomb, signed: se(v). */
    public long se() throws MalformedException {
        long code = ue();
        return (code & 1) == 1 ? (code + 1) >> 1 : -(code >> 1);
    }

    /** {@link #ue} with a limit, for numbers that are counted with afterwards. */
    public int ue(int most, String field) throws MalformedException {
        long value = ue();
        if (value > most) {
            throw new MalformedException(structure + ": " + field + " is " + value + ", expected at most " + most);
        }
        return (int) value;
    }
}
