package io.headwater.codec.av1;

import io.headwater.codec.BitReader;
import io.headwater.codec.MalformedException;
import io.headwater.codec.PictureSize;
import io.headwater.media.Bytes;
import java.util.Optional;

/**
 * An AV1CodecConfigurationRecord (AV1 in ISOBMFF, 2.3).
 *
 * @param level seq_level_idx_0, 0 to 31
 * @param highTier seq_tier_0
 * @param bitDepth 8, 10 or 12
 * @param size from the sequence header in configOBUs, which is optional
 */
public record Av1Config(int profile, int level, boolean highTier, int bitDepth, Optional<PictureSize> size) {
    private static final String NAME = "AV1CodecConfigurationRecord";
    private static final int RECORD_LENGTH = 4;
    private static final int OBU_SEQUENCE_HEADER = 1;

    public static Av1Config read(Bytes record) throws MalformedException {
        BitReader in = new BitReader(NAME, record);
        int marker = in.u(8);
        if (marker != 0x81) {
            throw new MalformedException(NAME + " begins with " + marker + ", expected 129 (marker and version 1)");
        }
        int profile = in.u(3);
        int level = in.u(5);
        boolean highTier = in.flag();
        boolean highBitDepth = in.flag();
        boolean twelveBit = in.flag();
        in.skip(5 + 8); // chroma format, initial presentation delay
        int bitDepth = highBitDepth ? (twelveBit ? 12 : 10) : 8;
        return new Av1Config(profile, level, highTier, bitDepth, sequenceHeader(record.from(RECORD_LENGTH)));
    }

    /** The picture size from the first sequence header in a run of OBUs (AV1 specification, 5.3). */
    private static Optional<PictureSize> sequenceHeader(Bytes obus) throws MalformedException {
        Bytes rest = obus;
        while (!rest.isEmpty()) {
            BitReader in = new BitReader("OBU", rest);
            in.skip(1);
            int type = in.u(4);
            boolean extension = in.flag();
            boolean hasSize = in.flag();
            in.skip(extension ? 1 + 8 : 1);
            long size = hasSize ? leb128(in) : in.remaining() / 8;
            int from = rest.length() - (int) (in.remaining() / 8);
            if (size > rest.length() - from) {
                throw new MalformedException("OBU says " + size + " bytes, " + (rest.length() - from) + " are there");
            }
            if (type == OBU_SEQUENCE_HEADER) {
                return Optional.of(SequenceHeader.size(rest.slice(from, (int) size)));
            }
            rest = rest.from(from + (int) size);
        }
        return Optional.empty();
    }

    private static long leb128(BitReader in) throws MalformedException {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            long next = in.bits(8);
            value |= (next & 0x7f) << (7 * i);
            if ((next & 0x80) == 0) {
                return value;
            }
        }
        throw new MalformedException("OBU size is a leb128 of more than 8 bytes");
    }
}
