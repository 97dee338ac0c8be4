package io.headwater.codec.av1;

import io.headwater.codec.BitReader;
import io.headwater.codec.MalformedException;
import io.headwater.codec.PictureSize;
import io.headwater.media.Bytes;

/** The sequence header OBU (AV1 specification, 5.5.1), read up to the largest picture size. */
final class SequenceHeader {
    private static final String NAME = "AV1 sequence header";
    /** From this level on there are two tiers (A.3). */
    private static final int FIRST_TIERED_LEVEL = 8;

    private SequenceHeader() {}

    static PictureSize size(Bytes payload) throws MalformedException {
        BitReader in = new BitReader(NAME, payload);
        in.skip(3 + 1); // seq_profile, still_picture
        if (in.flag()) {
            in.skip(5); // reduced_still_picture_header: seq_level_idx only
        } else {
            skipOperatingPoints(in);
        }
        int widthBits = in.u(4) + 1;
        int heightBits = in.u(4) + 1;
        return PictureSize.of(NAME, in.bits(widthBits) + 1, in.bits(heightBits) + 1);
    }

    private static void skipOperatingPoints(BitReader in) throws MalformedException {
        int bufferDelayBits = 0;
        boolean decoderModel = false;
        if (in.flag()) { // timing_info_present_flag
            in.skip(32 + 32);
            if (in.flag()) { // equal_picture_interval
                in.ue();
            }
            decoderModel = in.flag();
            if (decoderModel) {
                bufferDelayBits = in.u(5) + 1;
                in.skip(32 + 5 + 5);
            }
        }
        boolean displayDelay = in.flag();
        int points = in.u(5) + 1;
        for (int i = 0; i < points; i++) {
            in.skip(12); // operating_point_idc
            if (in.u(5) >= FIRST_TIERED_LEVEL) {
                in.skip(1); // seq_tier
            }
            if (decoderModel && in.flag()) {
                in.skip(2L * bufferDelayBits + 1);
            }
            if (displayDelay && in.flag()) {
                in.skip(4);
            }
        }
    }
}
