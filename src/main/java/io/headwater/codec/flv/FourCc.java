package io.headwater.codec.flv;

import io.headwater.media.Codec;
import org.jspecify.annotations.Nullable;

/** The four-character codec names of Enhanced RTMP (v2, "Enhanced Video" and "Enhanced Audio") as 32-bit numbers. */
final class FourCc {
    static final int AVC1 = of("avc1");
    static final int HVC1 = of("hvc1");
    static final int AV01 = of("av01");
    static final int VP09 = of("vp09");
    static final int OPUS = of("Opus");
    static final int MP4A = of("mp4a");
    static final int MP3 = of(".mp3");

    private FourCc() {}

    private static int of(String name) {
        return name.charAt(0) << 24 | name.charAt(1) << 16 | name.charAt(2) << 8 | name.charAt(3);
    }

    static @Nullable Codec video(int fourCc) {
        if (fourCc == AVC1) {
            return Codec.H264;
        } else if (fourCc == HVC1) {
            return Codec.HEVC;
        } else if (fourCc == AV01) {
            return Codec.AV1;
        } else {
            return fourCc == VP09 ? Codec.VP9 : null;
        }
    }

    static @Nullable Codec audio(int fourCc) {
        if (fourCc == OPUS) {
            return Codec.OPUS;
        } else if (fourCc == MP4A) {
            return Codec.AAC;
        } else {
            return fourCc == MP3 ? Codec.MP3 : null;
        }
    }

    /** The name for a log line, with unprintable characters shown as {@code ?}. */
    static String text(int fourCc) {
        StringBuilder text = new StringBuilder("'");
        for (int shift = 24; shift >= 0; shift -= 8) {
            int c = fourCc >>> shift & 0xff;
            text.append(c >= 0x20 && c < 0x7f ? (char) c : '?');
        }
        return text.append('\'').toString();
    }
}
