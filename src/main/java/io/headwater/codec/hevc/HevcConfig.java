package io.headwater.codec.hevc;

import io.headwater.codec.BitReader;
import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * An HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1).
 *
 * @param profileSpace 0 to 3
 * @param highTier whether the level is of the high tier
 * @param compatibility general_profile_compatibility_flags, 32 bits
 * @param constraints general_constraint_indicator_flags, 48 bits
 * @param level thirty times the level, as 93 for 3.1
 * @param nalLengthSize bytes of the length in front of each NAL unit: 1, 2 or 4
 * @param parameterSets the NAL units it carries (VPS, SPS, PPS, SEI), headers included, in their order
 */
public record HevcConfig(
        int profileSpace,
        boolean highTier,
        int profile,
        int compatibility,
        long constraints,
        int level,
        int nalLengthSize,
        List<Bytes> parameterSets) {
    /** NAL unit type of a sequence parameter set. */
    public static final int SPS = 33;

    private static final String NAME = "HEVCDecoderConfigurationRecord";

    public HevcConfig {
        parameterSets = List.copyOf(parameterSets);
    }

    public static HevcConfig read(Bytes record) throws MalformedException {
        BitReader in = new BitReader(NAME, record);
        int version = in.u(8);
        // 0 is what encoders wrote while the standard was a draft
        if (version > 1) {
            throw new MalformedException(NAME + " has version " + version + ", expected 1");
        }
        int profileSpace = in.u(2);
        boolean highTier = in.flag();
        int profile = in.u(5);
        int compatibility = (int) in.bits(32);
        long constraints = in.bits(16) << 32 | in.bits(32);
        int level = in.u(8);
        in.skip(8 * 8 + 6); // segmentation, parallelism, chroma format, bit depths, frame rate, layers
        int nalLengthSize = in.u(2) + 1;
        int arrays = in.u(8);
        List<Bytes> sets = new ArrayList<>();
        for (int i = 0; i < arrays; i++) {
            in.skip(8);
            int count = in.u(16);
            for (int j = 0; j < count; j++) {
                int length = in.u(16);
                int from = record.length() - (int) (in.remaining() / 8);
                in.skip(length * 8L);
                sets.add(record.slice(from, length));
            }
        }
        return new HevcConfig(profileSpace, highTier, profile, compatibility, constraints, level, nalLengthSize, sets);
    }

    /** The type of a NAL unit, from its header. */
    public static int nalType(Bytes nal) {
        return nal.isEmpty() ? -1 : nal.unsignedAt(0) >> 1 & 0x3f;
    }
}
