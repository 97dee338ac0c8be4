package io.headwater.codec.avc;

import io.headwater.codec.BitReader;
import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * An AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1).
 *
 * @param compatibility the constraint flags as one byte
 * @param level ten times the level, as 31 for 3.1
 * @param nalLengthSize bytes of the length in front of each NAL unit: 1, 2 or 4
 * @param sps sequence parameter sets, NAL unit header included
 * @param pps picture parameter sets, NAL unit header included
 */
public record AvcConfig(
        int profile, int compatibility, int level, int nalLengthSize, List<Bytes> sps, List<Bytes> pps) {
    private static final String NAME = "AVCDecoderConfigurationRecord";

    public AvcConfig {
        sps = List.copyOf(sps);
        pps = List.copyOf(pps);
    }

    /** Reads the record; what follows the parameter sets (the fields of the high profiles) is left unread. */
    public static AvcConfig read(Bytes record) throws MalformedException {
        BitReader in = new BitReader(NAME, record);
        int version = in.u(8);
        if (version != 1) {
            throw new MalformedException(NAME + " has version " + version + ", expected 1");
        }
        int profile = in.u(8);
        int compatibility = in.u(8);
        int level = in.u(8);
        in.skip(6);
        int nalLengthSize = in.u(2) + 1;
        in.skip(3);
        List<Bytes> sps = parameterSets(in, record, in.u(5));
        List<Bytes> pps = parameterSets(in, record, in.u(8));
        return new AvcConfig(profile, compatibility, level, nalLengthSize, sps, pps);
    }

    private static List<Bytes> parameterSets(BitReader in, Bytes record, int count) throws MalformedException {
        List<Bytes> sets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = in.u(16);
            int from = record.length() - (int) (in.remaining() / 8);
            in.skip(length * 8L);
            sets.add(record.slice(from, length));
        }
        return sets;
    }
}
