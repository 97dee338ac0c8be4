package io.headwater.codec.flv;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What is left of an Enhanced RTMP packet when its ModEx prefixes and its multitrack wrapping are taken off.
 *
 * @param data the bytes after the FourCC, of track 0 if there are several
 */
record ExPacket(int packetType, int fourCc, Bytes data) {
    static final int SEQUENCE_START = 0;
    static final int CODED_FRAMES = 1;
    static final int SEQUENCE_END = 2;
    /** Video only: coded frames without a composition offset. */
    static final int CODED_FRAMES_X = 3;

    private static final int MOD_EX = 7;
    private static final int ONE_TRACK = 0;
    private static final int MANY_TRACKS_MANY_CODECS = 2;

    /**
     * Reads on after the first byte of the tag.
     *
     * @param multitrack the packet type that wraps several tracks: 6 in video tags, 5 in audio tags
     * @return nothing if the packet has no track 0, which {@code out} was told
     */
    static @Nullable ExPacket read(TagReader in, int firstPacketType, int multitrack, FlvDemuxer.Output out)
            throws MalformedException {
        int packetType = skipModEx(in, firstPacketType);
        if (packetType != multitrack) {
            return new ExPacket(packetType, in.u32("FourCC"), in.rest());
        }
        int types = in.u8("multitrack type");
        return trackZero(in, types >> 4, types & 0x0f, out);
    }

    /** ModEx prefixes carry refinements such as nanoseconds; who does not know them skips them. */
    private static int skipModEx(TagReader in, int firstPacketType) throws MalformedException {
        int packetType = firstPacketType;
        while (packetType == MOD_EX) {
            int size = in.u8("ModEx size") + 1;
            if (size == 256) {
                size = in.u16("ModEx size") + 1;
            }
            in.take(size, "ModEx data");
            packetType = in.u8("ModEx type") & 0x0f;
        }
        return packetType;
    }

    private static @Nullable ExPacket trackZero(TagReader in, int wrapping, int packetType, FlvDemuxer.Output out)
            throws MalformedException {
        if (wrapping > MANY_TRACKS_MANY_CODECS) {
            out.dropped(FlvDemuxer.Reason.UNKNOWN, "multitrack type " + wrapping);
            return null;
        }
        int fourCc = wrapping == MANY_TRACKS_MANY_CODECS ? 0 : in.u32("FourCC");
        ExPacket zero = null;
        while (in.remaining() > 0) {
            if (wrapping == MANY_TRACKS_MANY_CODECS) {
                fourCc = in.u32("FourCC");
            }
            int track = in.u8("track id");
            Bytes data = wrapping == ONE_TRACK ? in.rest() : in.take(in.u24("track size"), "track");
            if (track == 0 && zero == null) {
                zero = new ExPacket(packetType, fourCc, data);
            } else {
                out.dropped(FlvDemuxer.Reason.EXTRA_TRACK, "track " + track);
            }
        }
        return zero;
    }
}
