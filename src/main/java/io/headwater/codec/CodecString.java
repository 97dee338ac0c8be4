package io.headwater.codec;

import io.headwater.codec.aac.AudioSpecificConfig;
import io.headwater.codec.av1.Av1Config;
import io.headwater.codec.avc.AvcConfig;
import io.headwater.codec.hevc.HevcConfig;
import io.headwater.media.Bytes;
import io.headwater.media.Track;
import java.util.Locale;
import java.util.Optional;

/**
 * The name of a track's encoding as the {@code codecs} parameter of RFC 6381 spells it, such as {@code avc1.64001f}: what
 * a browser is asked about and what an HLS master playlist lists.
 */
public final class CodecString {
    private CodecString() {}

    /** The name, or nothing for data tracks and for configurations that cannot be read. */
    public static Optional<String> of(Track track) {
        Bytes config = track.config();
        try {
            return switch (track.codec()) {
                case H264 -> Optional.of(avc(AvcConfig.read(config)));
                case HEVC -> Optional.of(hevc(HevcConfig.read(config)));
                case AV1 -> Optional.of(av1(Av1Config.read(config)));
                case VP9 -> vp9(config);
                case AAC ->
                    Optional.of("mp4a.40." + AudioSpecificConfig.read(config).objectType());
                case MP3 -> Optional.of("mp4a.40.34");
                case OPUS -> Optional.of("opus");
                case METADATA, SCRIPT -> Optional.empty();
            };
        } catch (MalformedException unreadable) {
            return Optional.empty();
        }
    }

    private static String avc(AvcConfig avc) {
        return format("avc1.%02x%02x%02x", avc.profile(), avc.compatibility(), avc.level());
    }

    /** ISO/IEC 14496-15, annex E.3: the compatibility flags in reverse bit order, constraint bytes up to the last set. */
    private static String hevc(HevcConfig hevc) {
        String space = hevc.profileSpace() == 0 ? "" : String.valueOf((char) ('A' + hevc.profileSpace() - 1));
        StringBuilder text = new StringBuilder(format(
                "hvc1.%s%d.%x.%s%d",
                space,
                hevc.profile(),
                Integer.reverse(hevc.compatibility()),
                hevc.highTier() ? "H" : "L",
                hevc.level()));
        for (long left = hevc.constraints() << 16; left != 0; left <<= 8) {
            text.append(format(".%x", left >>> 56));
        }
        return text.toString();
    }

    /** AV1 in ISOBMFF, 5. */
    private static String av1(Av1Config av1) {
        return format("av01.%d.%02d%s.%02d", av1.profile(), av1.level(), av1.highTier() ? "H" : "M", av1.bitDepth());
    }

    /** VP in ISOBMFF: profile, level and the upper half of the third byte, behind a full box's version and flags. */
    private static Optional<String> vp9(Bytes config) {
        if (config.length() < 8 || config.unsignedAt(0) != 1) {
            return Optional.empty();
        }
        return Optional.of(
                format("vp09.%02d.%02d.%02d", config.unsignedAt(4), config.unsignedAt(5), config.unsignedAt(6) >> 4));
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
