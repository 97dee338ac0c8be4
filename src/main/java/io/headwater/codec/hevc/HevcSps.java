package io.headwater.codec.hevc;

import io.headwater.codec.BitReader;
import io.headwater.codec.MalformedException;
import io.headwater.codec.PictureSize;
import io.headwater.media.Bytes;

/**
 * What a sequence parameter set (ISO/IEC 23008-2, 7.3.2.2) says of the picture.
 *
 * @param size what remains after the conformance window
 */
public record HevcSps(PictureSize size) {
    private static final String NAME = "HEVC SPS";
    private static final int PROFILE_BITS = 88;
    private static final int LEVEL_BITS = 8;
    private static final int YUV_420 = 1;
    private static final int YUV_422 = 2;
    private static final int YUV_444 = 3;

    /** Reads a NAL unit of type 33, its header included. */
    public static HevcSps read(Bytes nal) throws MalformedException {
        int type = HevcConfig.nalType(nal);
        if (type != HevcConfig.SPS) {
            throw new MalformedException(NAME + " has NAL unit type " + type + ", expected " + HevcConfig.SPS);
        }
        BitReader in = BitReader.ofNal(NAME, nal);
        in.skip(16); // NAL unit header
        in.skip(4); // sps_video_parameter_set_id
        int subLayers = in.u(3);
        in.skip(1); // sps_temporal_id_nesting_flag
        skipProfileTierLevel(in, subLayers);
        in.ue(); // sps_seq_parameter_set_id
        int chroma = in.ue(3, "chroma_format_idc");
        if (chroma == YUV_444 && in.flag()) {
            chroma = 0; // separate planes
        }
        long width = in.ue();
        long height = in.ue();
        if (in.flag()) {
            width -= (in.ue() + in.ue()) * (chroma == YUV_420 || chroma == YUV_422 ? 2 : 1);
            height -= (in.ue() + in.ue()) * (chroma == YUV_420 ? 2 : 1);
        }
        return new HevcSps(PictureSize.of(NAME, width, height));
    }

    private static void skipProfileTierLevel(BitReader in, int subLayers) throws MalformedException {
        in.skip(PROFILE_BITS + LEVEL_BITS);
        if (subLayers == 0) {
            return;
        }
        int bits = 0;
        for (int i = 0; i < 8; i++) {
            boolean profilePresent = in.flag();
            boolean levelPresent = in.flag();
            if (i < subLayers) {
                bits += (profilePresent ? PROFILE_BITS : 0) + (levelPresent ? LEVEL_BITS : 0);
            }
        }
        in.skip(bits);
    }
}
