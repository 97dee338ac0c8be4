package io.headwater.codec.flv;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.MediaTime;
import io.headwater.media.Track;
import org.jspecify.annotations.Nullable;

/** The video tags of one publisher (Adobe FLV 10.1, E.4.3; Enhanced RTMP v2, "Enhanced Video"). */
final class VideoDemuxer {
    private static final int EX_HEADER = 0x80;
    private static final int KEY_FRAME = 1;
    private static final int GENERATED_KEY_FRAME = 4;
    /** Video info for seeking clients; contains no picture. */
    private static final int COMMAND_FRAME = 5;

    private static final int LEGACY_AVC = 7;
    /** Not in Adobe's list: what vendors in China agreed on before Enhanced RTMP, with the layout of AVC. */
    private static final int LEGACY_HEVC = 12;

    private static final int MULTITRACK = 6;

    private final Composition composition = new Composition();
    private @Nullable Track track;

    void tag(long dtsUs, Bytes body, FlvDemuxer.Output out) throws MalformedException {
        if (body.isEmpty()) {
            out.dropped(FlvDemuxer.Reason.EMPTY, "video tag");
            return;
        }
        TagReader in = new TagReader("video", body);
        int first = in.u8("header");
        int frameType = first >> 4 & 0x07;
        if (frameType == COMMAND_FRAME) {
            out.dropped(FlvDemuxer.Reason.UNKNOWN, "video command");
            return;
        }
        boolean key = frameType == KEY_FRAME || frameType == GENERATED_KEY_FRAME;
        if ((first & EX_HEADER) != 0) {
            enhanced(dtsUs, key, first & 0x0f, in, out);
        } else {
            legacy(dtsUs, key, first & 0x0f, in, out);
        }
    }

    private void legacy(long dtsUs, boolean key, int codecId, TagReader in, FlvDemuxer.Output out)
            throws MalformedException {
        if (codecId != LEGACY_AVC && codecId != LEGACY_HEVC) {
            out.dropped(FlvDemuxer.Reason.UNKNOWN, "video codec id " + codecId);
            return;
        }
        Codec codec = codecId == LEGACY_AVC ? Codec.H264 : Codec.HEVC;
        int packetType = in.u8("AVC packet type");
        switch (packetType) {
            case 0 -> {
                in.s24("composition time");
                configure(codec, in.rest(), out);
            }
            case 1 -> {
                int compositionMs = in.s24("composition time");
                picture(codec, dtsUs, compositionMs, key, in.rest(), out);
            }
            case 2 -> {} // end of sequence: nothing to pass on, and some publishers leave out its composition time
            default -> out.dropped(FlvDemuxer.Reason.UNKNOWN, "AVC packet type " + packetType);
        }
    }

    private void enhanced(long dtsUs, boolean key, int firstPacketType, TagReader in, FlvDemuxer.Output out)
            throws MalformedException {
        ExPacket packet = ExPacket.read(in, firstPacketType, MULTITRACK, out);
        if (packet == null) {
            return;
        }
        Codec codec = FourCc.video(packet.fourCc());
        if (codec == null) {
            out.dropped(FlvDemuxer.Reason.UNKNOWN, "video codec " + FourCc.text(packet.fourCc()));
            return;
        }
        switch (packet.packetType()) {
            case ExPacket.SEQUENCE_START -> configure(codec, packet.data(), out);
            case ExPacket.CODED_FRAMES -> codedFrames(codec, dtsUs, key, packet.data(), out);
            case ExPacket.CODED_FRAMES_X -> picture(codec, dtsUs, 0, key, packet.data(), out);
            case ExPacket.SEQUENCE_END -> {}
            default -> out.dropped(FlvDemuxer.Reason.UNKNOWN, "video packet type " + packet.packetType());
        }
    }

    private void codedFrames(Codec codec, long dtsUs, boolean key, Bytes data, FlvDemuxer.Output out)
            throws MalformedException {
        TagReader in = new TagReader("video", data);
        // only the codecs that reorder pictures carry an offset
        int compositionMs = codec == Codec.H264 || codec == Codec.HEVC ? in.s24("composition time") : 0;
        picture(codec, dtsUs, compositionMs, key, in.rest(), out);
    }

    private void configure(Codec codec, Bytes config, FlvDemuxer.Output out) {
        track = FlvDemuxer.configured(track, codec, config, out);
    }

    private void picture(
            Codec codec, long dtsUs, int compositionMs, boolean key, Bytes payload, FlvDemuxer.Output out) {
        Track decodable = FlvDemuxer.decodable(track, codec, payload, out);
        if (decodable != null) {
            long ptsUs = composition.ptsUs(dtsUs, MediaTime.usOfMs(compositionMs));
            out.frame(decodable, dtsUs, ptsUs, key, payload);
        }
    }
}
