package io.headwater.codec.flv;

import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Frame;
import io.headwater.media.MediaTime;
import io.headwater.media.Track;
import java.util.Arrays;
import java.util.Optional;

/**
 * Turns frames and tracks into tag bodies: H.264, AAC and MP3 in the legacy form that every player reads, HEVC, AV1, VP9
 * and Opus in the form of Enhanced RTMP. Nothing is copied: a body shares the frame's payload.
 */
public final class FlvMuxer {
    private static final int AVC = 7;
    private static final int EX_VIDEO = 0x80;
    private static final int KEY = 0x10;
    private static final int INTER = 0x20;
    /** "AAC, 44 kHz, 16 bit, stereo", which the specification demands whatever the sound is. */
    private static final int AAC = 0xaf;

    private static final int EX_AUDIO = 0x90;
    private static final int LARGEST_OFFSET_MS = 0x7f_ffff;
    /** The AMF0 string "onMetaData", the name in front of the values. */
    private static final Bytes ON_META_DATA =
            Bytes.of(new byte[] {2, 0, 10, 'o', 'n', 'M', 'e', 't', 'a', 'D', 'a', 't', 'a'});

    private FlvMuxer() {}

    /** {@link #frame(Frame, long, long)} with the frame's own times. */
    public static Optional<FlvBody> frame(Frame frame) {
        return frame(frame, frame.dtsUs(), frame.ptsUs());
    }

    /**
     * The body of the tag for {@code frame}, or nothing for {@link Codec#METADATA}, whose frames only say that the track
     * changed.
     *
     * @param dtsUs decoding time on the timeline that the tag's timestamp is taken from
     * @param ptsUs presentation time on that timeline; the difference of both in milliseconds is what the tag carries
     */
    public static Optional<FlvBody> frame(Frame frame, long dtsUs, long ptsUs) {
        long offsetMs = MediaTime.msOfUs(ptsUs) - MediaTime.msOfUs(dtsUs);
        int offset = (int) Math.max(0, Math.min(LARGEST_OFFSET_MS, offsetMs));
        int key = frame.keyframe() ? KEY : INTER;
        Codec codec = frame.track().codec();
        return switch (codec) {
            case H264 -> video(head(key | AVC, 1, offset >> 16, offset >> 8, offset), frame.payload());
            case HEVC -> video(hevc(key, offset), frame.payload());
            case AV1 -> video(enhanced(EX_VIDEO | key | ExPacket.CODED_FRAMES, FourCc.AV01), frame.payload());
            case VP9 -> video(enhanced(EX_VIDEO | key | ExPacket.CODED_FRAMES, FourCc.VP09), frame.payload());
            case AAC -> audio(head(AAC, 1), frame.payload());
            case MP3 -> audio(head(mp3Header(frame.track())), frame.payload());
            case OPUS -> audio(enhanced(EX_AUDIO | ExPacket.CODED_FRAMES, FourCc.OPUS), frame.payload());
            case SCRIPT -> Optional.of(new FlvBody(FlvTag.SCRIPT, Bytes.EMPTY, frame.payload()));
            case METADATA -> Optional.empty();
        };
    }

    /** The body of the tag that carries the track's decoder configuration, or nothing if its codec has none. */
    public static Optional<FlvBody> config(Track track) {
        Bytes config = track.config();
        if (config.isEmpty()) {
            return Optional.empty();
        }
        return switch (track.codec()) {
            case H264 -> video(head(KEY | AVC, 0, 0, 0, 0), config);
            case HEVC -> video(enhanced(EX_VIDEO | KEY | ExPacket.SEQUENCE_START, FourCc.HVC1), config);
            case AV1 -> video(enhanced(EX_VIDEO | KEY | ExPacket.SEQUENCE_START, FourCc.AV01), config);
            case VP9 -> video(enhanced(EX_VIDEO | KEY | ExPacket.SEQUENCE_START, FourCc.VP09), config);
            case AAC -> audio(head(AAC, 0), config);
            case OPUS -> audio(enhanced(EX_AUDIO | ExPacket.SEQUENCE_START, FourCc.OPUS), config);
            case METADATA -> Optional.of(new FlvBody(FlvTag.SCRIPT, ON_META_DATA, config));
            case MP3, SCRIPT -> Optional.empty();
        };
    }

    private static byte[] hevc(int key, int offset) {
        if (offset == 0) {
            return enhanced(EX_VIDEO | key | ExPacket.CODED_FRAMES_X, FourCc.HVC1);
        }
        byte[] head = Arrays.copyOf(enhanced(EX_VIDEO | key | ExPacket.CODED_FRAMES, FourCc.HVC1), 8);
        head[5] = (byte) (offset >> 16);
        head[6] = (byte) (offset >> 8);
        head[7] = (byte) offset;
        return head;
    }

    private static byte[] enhanced(int first, int fourCc) {
        return head(first, fourCc >> 24, fourCc >> 16, fourCc >> 8, fourCc);
    }

    /** Sound format, rate, 16 bits, channels; a rate the four codes cannot say is written as the nearest above. */
    private static int mp3Header(Track track) {
        int rate = track.sampleRate();
        if (rate == 8_000) {
            return 14 << 4 | 1 << 1 | (track.channels() == 1 ? 0 : 1);
        }
        int code = rate == 0 || rate > 22_050 ? 3 : rate > 11_025 ? 2 : 1;
        return 2 << 4 | code << 2 | 1 << 1 | (track.channels() == 1 ? 0 : 1);
    }

    private static byte[] head(int... values) {
        byte[] head = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            head[i] = (byte) values[i];
        }
        return head;
    }

    private static Optional<FlvBody> video(byte[] head, Bytes payload) {
        return Optional.of(new FlvBody(FlvTag.VIDEO, Bytes.of(head), payload));
    }

    private static Optional<FlvBody> audio(byte[] head, Bytes payload) {
        return Optional.of(new FlvBody(FlvTag.AUDIO, Bytes.of(head), payload));
    }
}
