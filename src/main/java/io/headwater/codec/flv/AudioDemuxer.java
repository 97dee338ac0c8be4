package io.headwater.codec.flv;

import io.headwater.codec.DecoderConfig;
import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Track;
import org.jspecify.annotations.Nullable;

/** The audio tags of one publisher (Adobe FLV 10.1, E.4.2; Enhanced RTMP v2, "Enhanced Audio"). */
final class AudioDemuxer {
    private static final int LEGACY_MP3 = 2;
    private static final int EX_HEADER = 9;
    private static final int LEGACY_AAC = 10;
    private static final int LEGACY_MP3_8K = 14;

    private static final int MULTITRACK = 5;

    private @Nullable Track track;

    void tag(long dtsUs, Bytes body, FlvDemuxer.Output out) throws MalformedException {
        if (body.isEmpty()) {
            out.dropped(FlvDemuxer.Reason.EMPTY, "audio tag");
            return;
        }
        TagReader in = new TagReader("audio", body);
        int first = in.u8("header");
        switch (first >> 4) {
            case LEGACY_AAC -> aac(dtsUs, in, out);
            case LEGACY_MP3, LEGACY_MP3_8K -> sound(Codec.MP3, dtsUs, in.rest(), out);
            case EX_HEADER -> enhanced(dtsUs, first & 0x0f, in, out);
            default -> out.dropped(FlvDemuxer.Reason.UNKNOWN, "audio codec id " + (first >> 4));
        }
    }

    private void aac(long dtsUs, TagReader in, FlvDemuxer.Output out) throws MalformedException {
        int packetType = in.u8("AAC packet type");
        switch (packetType) {
            case 0 -> track = FlvDemuxer.configured(track, Codec.AAC, in.rest(), out);
            case 1 -> sound(Codec.AAC, dtsUs, in.rest(), out);
            default -> out.dropped(FlvDemuxer.Reason.UNKNOWN, "AAC packet type " + packetType);
        }
    }

    private void enhanced(long dtsUs, int firstPacketType, TagReader in, FlvDemuxer.Output out)
            throws MalformedException {
        ExPacket packet = ExPacket.read(in, firstPacketType, MULTITRACK, out);
        if (packet == null) {
            return;
        }
        Codec codec = FourCc.audio(packet.fourCc());
        if (codec == null) {
            out.dropped(FlvDemuxer.Reason.UNKNOWN, "audio codec " + FourCc.text(packet.fourCc()));
            return;
        }
        switch (packet.packetType()) {
            case ExPacket.SEQUENCE_START -> {
                if (codec.configured()) {
                    track = FlvDemuxer.configured(track, codec, packet.data(), out);
                }
            }
            case ExPacket.CODED_FRAMES -> sound(codec, dtsUs, packet.data(), out);
            case ExPacket.SEQUENCE_END -> {}
            default -> out.dropped(FlvDemuxer.Reason.UNKNOWN, "audio packet type " + packet.packetType());
        }
    }

    private void sound(Codec codec, long dtsUs, Bytes payload, FlvDemuxer.Output out) {
        if (codec == Codec.MP3) {
            track = DecoderConfig.mp3(track, payload);
        }
        Track decodable = FlvDemuxer.decodable(track, codec, payload, out);
        if (decodable != null) {
            out.frame(decodable, dtsUs, dtsUs, true, payload);
        }
    }
}
