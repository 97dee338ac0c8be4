package io.headwater.media;

import java.util.Optional;

/**
 * How a track's frames are encoded, and with it the shape of {@link Track#config()} and {@link Frame#payload()}.
 *
 * <p>{@link #wireId()} is the number the relay protocol uses; it never changes and is never reused.
 */
public enum Codec {
    /** Config: AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1). Payload: length-prefixed NAL units. */
    H264(1, MediaKind.VIDEO, true),
    /** Config: HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1). Payload: length-prefixed NAL units. */
    HEVC(2, MediaKind.VIDEO, true),
    /** Config: AV1CodecConfigurationRecord (AV1 in ISOBMFF, 2.3). Payload: a temporal unit of OBUs with sizes. */
    AV1(3, MediaKind.VIDEO, true),
    /** Config: VPCodecConfigurationRecord (VP in ISOBMFF). Payload: a VP9 frame. */
    VP9(4, MediaKind.VIDEO, true),
    /** Config: AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1). Payload: one raw AAC frame without ADTS. */
    AAC(16, MediaKind.AUDIO, true),
    /** No config. Payload: one MPEG-1/2 layer III frame with its header. */
    MP3(17, MediaKind.AUDIO, false),
    /** Config: the identification header "OpusHead" (RFC 7845, 5.1). Payload: one Opus packet. */
    OPUS(18, MediaKind.AUDIO, true),
    /** Config: the AMF0 values of the publisher's last {@code onMetaData}, name not included. Payload: empty. */
    METADATA(32, MediaKind.DATA, true),
    /** No config. Payload: the AMF0 values of one data message (its name first), such as {@code onTextData}. */
    SCRIPT(33, MediaKind.DATA, false);

    private final int wireId;
    private final MediaKind kind;
    private final boolean configured;

    Codec(int wireId, MediaKind kind, boolean configured) {
        this.wireId = wireId;
        this.kind = kind;
        this.configured = configured;
    }

    public int wireId() {
        return wireId;
    }

    public MediaKind kind() {
        return kind;
    }

    /** Whether a decoder needs the track's {@link Track#config()} before the first frame. */
    public boolean configured() {
        return configured;
    }

    /** The codec with that number in the relay protocol, or nothing if this version does not know it. */
    public static Optional<Codec> ofWireId(int wireId) {
        for (Codec codec : values()) {
            if (codec.wireId == wireId) {
                return Optional.of(codec);
            }
        }
        return Optional.empty();
    }
}
