package io.headwater.codec.fmp4;

import io.headwater.codec.MalformedException;
import io.headwater.codec.opus.OpusHead;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.MediaKind;
import io.headwater.media.Track;

/** The description of a track's encoding in stsd, with the decoder configuration as each codec's binding lays it out. */
final class SampleEntry {
    private static final int PIXELS_PER_INCH_72 = 0x48_0000;
    private static final int DEPTH_24 = 0x18;
    /** Object type indications (ISO/IEC 14496-1, 7.2.6.6). */
    private static final int AAC = 0x40;

    private static final int MP3 = 0x6b;
    private static final int MP3_LOW_RATES = 0x69;
    private static final int MP3_MPEG_1 = 32_000;
    /** OpusHead without its name and version. */
    private static final int OPUS_FIELDS = 9;

    private SampleEntry() {}

    static void write(BoxWriter out, Track track) {
        if (track.kind() == MediaKind.VIDEO) {
            video(out, track);
        } else {
            audio(out, track);
        }
    }

    /** 14496-12, 12.1.3. */
    private static void video(BoxWriter out, Track track) {
        out.box(type(track.codec()), () -> {
            out.zeros(6).u16(1).zeros(16);
            out.u16(track.width()).u16(track.height());
            out.u32(PIXELS_PER_INCH_72).u32(PIXELS_PER_INCH_72).zeros(4).u16(1);
            out.zeros(32).u16(DEPTH_24).u16(0xffff);
            out.box(configType(track.codec()), () -> out.raw(track.config()));
        });
    }

    /** 14496-12, 12.2.3. */
    private static void audio(BoxWriter out, Track track) {
        int timescale = AudioFrames.of(track).timescale();
        // the field has 16 bits for the integer part; higher rates are only in the configuration
        long rate = timescale < 0x1_0000 ? (long) timescale << 16 : 0;
        out.box(type(track.codec()), () -> {
            out.zeros(6).u16(1).zeros(8);
            out.u16(track.channels() > 0 ? track.channels() : 2)
                    .u16(16)
                    .zeros(4)
                    .u32(rate);
            switch (track.codec()) {
                case OPUS -> out.box("dOps", () -> opus(out, track));
                case MP3 -> descriptors(out, timescale >= MP3_MPEG_1 ? MP3 : MP3_LOW_RATES, Bytes.EMPTY);
                default -> descriptors(out, AAC, track.config());
            }
        });
    }

    private static String type(Codec codec) {
        return switch (codec) {
            case H264 -> "avc1";
            case HEVC -> "hvc1";
            case AV1 -> "av01";
            case VP9 -> "vp09";
            case AAC, MP3 -> "mp4a";
            case OPUS -> "Opus";
            case METADATA, SCRIPT -> throw new IllegalArgumentException(codec + " is not for a movie");
        };
    }

    private static String configType(Codec codec) {
        return switch (codec) {
            case H264 -> "avcC";
            case HEVC -> "hvcC";
            case AV1 -> "av1C";
            default -> "vpcC";
        };
    }

    /** The fields of OpusHead in network order (Opus in ISOBMFF, 4.3.2). */
    private static void opus(BoxWriter out, Track track) {
        out.u8(0);
        try {
            OpusHead head = OpusHead.read(track.config());
            Bytes rest = track.config().from(OPUS_FIELDS);
            out.u8(head.channels()).u16(head.preSkip()).u32(head.inputRate());
            out.u8(rest.unsignedAt(8)).u8(rest.unsignedAt(7));
            out.raw(rest.unsignedAt(9) == 0 ? Bytes.of(new byte[] {0}) : rest.from(9));
        } catch (MalformedException unreadable) {
            out.u8(track.channels() > 0 ? track.channels() : 2)
                    .u16(0)
                    .u32(OpusHead.SAMPLE_RATE)
                    .u16(0)
                    .u8(0);
        }
    }

    /** esds (14496-14, 5.6) with its descriptors (14496-1, 7.2.6). */
    private static void descriptors(BoxWriter out, int objectType, Bytes specific) {
        int decoderSpecific = specific.isEmpty() ? 0 : 5 + specific.length();
        int decoderConfig = 13 + decoderSpecific;
        out.fullBox("esds", 0, 0, () -> {
            descriptor(out, 3, 3 + 5 + decoderConfig + 6).u16(0).u8(0);
            descriptor(out, 4, decoderConfig).u8(objectType).u8(0x15).zeros(3 + 4 + 4);
            if (decoderSpecific != 0) {
                descriptor(out, 5, specific.length()).raw(specific);
            }
            descriptor(out, 6, 1).u8(2);
        });
    }

    /** Tag and length, the latter in its long form of four bytes. */
    private static BoxWriter descriptor(BoxWriter out, int tag, int length) {
        return out.u8(tag)
                .u8(0x80 | length >> 21)
                .u8(0x80 | length >> 14)
                .u8(0x80 | length >> 7)
                .u8(length & 0x7f);
    }
}
