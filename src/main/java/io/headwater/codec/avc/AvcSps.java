package io.headwater.codec.avc;

import io.headwater.codec.BitReader;
import io.headwater.codec.MalformedException;
import io.headwater.codec.PictureSize;
import io.headwater.media.Bytes;

/**
 * What a sequence parameter set (ISO/IEC 14496-10, 7.3.2.1) says of the picture.
 *
 * @param compatibility the constraint flags as one byte
 * @param level ten times the level
 * @param size what remains after cropping
 * @param picturesPerSecond 0 if it does not say that there is one rate, or none that can be
 */
public record AvcSps(int profile, int compatibility, int level, PictureSize size, double picturesPerSecond) {
    private static final String NAME = "H.264 SPS";
    private static final int MACROBLOCK = 16;
    /** 16384 pixels, twice what level 6.2 allows; keeps the products small. */
    private static final int MOST_MACROBLOCKS = 1024;

    private static final int OWN_ASPECT_RATIO = 255;
    private static final double MOST_PICTURES = 1000;

    private static final int YUV_420 = 1;
    private static final int YUV_422 = 2;
    private static final int YUV_444 = 3;

    /** Reads a NAL unit of type 7, its header included. */
    public static AvcSps read(Bytes nal) throws MalformedException {
        BitReader in = BitReader.ofNal(NAME, nal);
        int type = in.u(8) & 0x1f;
        if (type != 7) {
            throw new MalformedException(NAME + " has NAL unit type " + type + ", expected 7");
        }
        int profile = in.u(8);
        int compatibility = in.u(8);
        int level = in.u(8);
        in.ue(); // seq_parameter_set_id
        int chroma = hasChromaFormat(profile) ? chromaFormat(in) : YUV_420;
        in.ue(); // log2_max_frame_num_minus4
        pictureOrderCount(in);
        in.ue(); // max_num_ref_frames
        in.skip(1); // gaps_in_frame_num_value_allowed_flag
        int width = in.ue(MOST_MACROBLOCKS - 1, "pic_width_in_mbs_minus1") + 1;
        int mapUnits = in.ue(MOST_MACROBLOCKS - 1, "pic_height_in_map_units_minus1") + 1;
        boolean framesOnly = in.flag();
        if (!framesOnly) {
            in.skip(1); // mb_adaptive_frame_field_flag
        }
        in.skip(1); // direct_8x8_inference_flag
        int fields = framesOnly ? 1 : 2;
        int cropX = chroma == YUV_420 || chroma == YUV_422 ? 2 : 1;
        int cropY = (chroma == YUV_420 ? 2 : 1) * fields;
        long cropWidth = 0;
        long cropHeight = 0;
        if (in.flag()) {
            cropWidth = (in.ue() + in.ue()) * cropX;
            cropHeight = (in.ue() + in.ue()) * cropY;
        }
        PictureSize size = PictureSize.of(
                NAME, (long) width * MACROBLOCK - cropWidth, (long) mapUnits * fields * MACROBLOCK - cropHeight);
        return new AvcSps(profile, compatibility, level, size, picturesPerSecond(in));
    }

    /** What cannot be read there says nothing of the rest. */
    private static double picturesPerSecond(BitReader in) {
        try {
            return in.flag() ? fixedRate(in) : 0;
        } catch (MalformedException cut) {
            return 0;
        }
    }

    /** VUI parameters up to the timing (E.1.1); a picture is two ticks, being two fields. */
    private static double fixedRate(BitReader in) throws MalformedException {
        if (in.flag() && in.u(8) == OWN_ASPECT_RATIO) {
            in.skip(32); // sar_width, sar_height
        }
        if (in.flag()) {
            in.skip(1); // overscan_appropriate_flag
        }
        if (in.flag()) {
            in.skip(4); // video_format, video_full_range_flag
            if (in.flag()) {
                in.skip(24); // colour_primaries, transfer_characteristics, matrix_coefficients
            }
        }
        if (in.flag()) {
            in.ue(); // chroma_sample_loc_type_top_field
            in.ue(); // chroma_sample_loc_type_bottom_field
        }
        if (!in.flag()) {
            return 0;
        }
        long tick = in.bits(32);
        long scale = in.bits(32);
        boolean fixed = in.flag();
        double rate = tick == 0 ? 0 : scale / (2.0 * tick);
        return fixed && rate <= MOST_PICTURES ? rate : 0;
    }

    private static boolean hasChromaFormat(int profile) {
        return switch (profile) {
            case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 -> true;
            default -> false;
        };
    }

    private static int chromaFormat(BitReader in) throws MalformedException {
        int chroma = in.ue(3, "chroma_format_idc");
        boolean separatePlanes = chroma == YUV_444 && in.flag();
        in.ue(); // bit_depth_luma_minus8
        in.ue(); // bit_depth_chroma_minus8
        in.skip(1); // qpprime_y_zero_transform_bypass_flag
        if (in.flag()) {
            int lists = chroma == YUV_444 ? 12 : 8;
            for (int i = 0; i < lists; i++) {
                if (in.flag()) {
                    skipScalingList(in, i < 6 ? 16 : 64);
                }
            }
        }
        return separatePlanes ? 0 : chroma;
    }

    private static void skipScalingList(BitReader in, int size) throws MalformedException {
        long last = 8;
        long next = 8;
        for (int i = 0; i < size && next != 0; i++) {
            next = Math.floorMod(last + in.se(), 256L);
            last = next == 0 ? last : next;
        }
    }

    private static void pictureOrderCount(BitReader in) throws MalformedException {
        int type = in.ue(2, "pic_order_cnt_type");
        if (type == 0) {
            in.ue(); // log2_max_pic_order_cnt_lsb_minus4
        } else if (type == 1) {
            in.skip(1); // delta_pic_order_always_zero_flag
            in.se(); // offset_for_non_ref_pic
            in.se(); // offset_for_top_to_bottom_field
            int cycle = in.ue(255, "num_ref_frames_in_pic_order_cnt_cycle");
            for (int i = 0; i < cycle; i++) {
                in.se();
            }
        }
    }
}
