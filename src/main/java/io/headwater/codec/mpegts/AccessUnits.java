package io.headwater.codec.mpegts;

import io.headwater.codec.MalformedException;
import io.headwater.codec.avc.AvcConfig;
import io.headwater.codec.hevc.HevcConfig;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Track;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns pictures with length-prefixed NAL units into the byte stream format (14496-10 and 23008-2, annex B), with a
 * delimiter in front of each and the parameter sets in front of keyframes.
 */
record AccessUnits(Codec codec, int nalLengthSize, List<Bytes> parameterSets) {
    private static final int AVC_DELIMITER = 9;
    private static final int HEVC_DELIMITER = 35;

    private static final byte[] START = {0, 0, 0, 1};
    private static final byte[] AVC_ANY_SLICE = {AVC_DELIMITER, (byte) 0xf0};
    private static final byte[] HEVC_ANY_SLICE = {HEVC_DELIMITER << 1, 1, 0x50};

    static AccessUnits of(Track track) {
        try {
            if (track.codec() == Codec.HEVC) {
                HevcConfig hevc = HevcConfig.read(track.config());
                return new AccessUnits(Codec.HEVC, hevc.nalLengthSize(), hevc.parameterSets());
            }
            AvcConfig avc = AvcConfig.read(track.config());
            List<Bytes> sets = new ArrayList<>(avc.sps());
            sets.addAll(avc.pps());
            return new AccessUnits(Codec.H264, avc.nalLengthSize(), List.copyOf(sets));
        } catch (MalformedException unreadable) {
            return new AccessUnits(track.codec(), 4, List.of());
        }
    }

    /** A unit that is cut or damaged ends the picture. */
    Bytes annexB(Bytes picture, boolean keyframe) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(picture.length() + 64);
        out.writeBytes(START);
        out.writeBytes(codec == Codec.HEVC ? HEVC_ANY_SLICE : AVC_ANY_SLICE);
        if (keyframe) {
            parameterSets.forEach(set -> unit(set, out));
        }
        int at = 0;
        while (at + nalLengthSize < picture.length()) {
            long length = 0;
            for (int i = 0; i < nalLengthSize; i++) {
                length = length << 8 | picture.unsignedAt(at++);
            }
            if (length > picture.length() - at) {
                break;
            }
            Bytes nal = picture.slice(at, (int) length);
            at += (int) length;
            if (length > 0 && !delimiter(nal)) {
                unit(nal, out);
            }
        }
        return Bytes.of(out.toByteArray());
    }

    private boolean delimiter(Bytes nal) {
        return codec == Codec.HEVC
                ? HevcConfig.nalType(nal) == HEVC_DELIMITER
                : (nal.unsignedAt(0) & 0x1f) == AVC_DELIMITER;
    }

    private static void unit(Bytes nal, ByteArrayOutputStream out) {
        out.writeBytes(START);
        out.write(nal.array(), nal.offset(), nal.length());
    }
}
