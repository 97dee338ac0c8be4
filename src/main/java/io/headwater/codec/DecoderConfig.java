package io.headwater.codec;

import io.headwater.codec.aac.AudioSpecificConfig;
import io.headwater.codec.av1.Av1Config;
import io.headwater.codec.avc.AvcConfig;
import io.headwater.codec.avc.AvcSps;
import io.headwater.codec.hevc.HevcConfig;
import io.headwater.codec.hevc.HevcSps;
import io.headwater.codec.mp3.Mp3Header;
import io.headwater.codec.opus.OpusHead;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Track;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the {@link Track} of a decoder configuration, with what the configuration says of the picture or the sound.
 *
 * <p>A configuration that cannot be read gives zeros and not a refusal: decoders are more tolerant than this reader,
 * and a stream that plays must not be lost over its description.
 */
public final class DecoderConfig {
    private DecoderConfig() {}

    /** The track of a configuration in the form {@link Codec} names, with the conventional id. */
    public static Track track(Codec codec, Bytes config) {
        try {
            return switch (codec) {
                case H264 -> video(codec, config, avc(config));
                case HEVC -> video(codec, config, hevc(config));
                case AV1 -> video(codec, config, Av1Config.read(config).size());
                case AAC -> aac(config);
                case OPUS ->
                    Track.audio(
                            codec,
                            config,
                            OpusHead.SAMPLE_RATE,
                            OpusHead.read(config).channels());
                case VP9, MP3, METADATA, SCRIPT -> undescribed(codec, config);
            };
        } catch (MalformedException unreadable) {
            return undescribed(codec, config);
        }
    }

    /** The track of an MP3 frame: {@code present} itself unless the frame says something else of the sound. */
    public static Track mp3(@Nullable Track present, Bytes frame) {
        Track last = present != null && present.codec() == Codec.MP3 ? present : null;
        try {
            Mp3Header header = Mp3Header.read(frame);
            return last != null && last.sampleRate() == header.sampleRate() && last.channels() == header.channels()
                    ? last
                    : Track.audio(Codec.MP3, Bytes.EMPTY, header.sampleRate(), header.channels());
        } catch (MalformedException unreadable) {
            // a frame cut by its encoder says nothing new
            return last != null ? last : undescribed(Codec.MP3, Bytes.EMPTY);
        }
    }

    /** Pictures per second, if the track's configuration promises one rate (H.264); 0 if it does not. */
    public static double frameRate(Track track) {
        try {
            return track.codec() == Codec.H264
                    ? sps(track.config()).map(AvcSps::picturesPerSecond).orElse(0.0)
                    : 0;
        } catch (MalformedException unreadable) {
            return 0;
        }
    }

    private static Optional<PictureSize> avc(Bytes config) throws MalformedException {
        return sps(config).map(AvcSps::size);
    }

    private static Optional<AvcSps> sps(Bytes config) throws MalformedException {
        AvcConfig avc = AvcConfig.read(config);
        return avc.sps().isEmpty()
                ? Optional.empty()
                : Optional.of(AvcSps.read(avc.sps().get(0)));
    }

    private static Optional<PictureSize> hevc(Bytes config) throws MalformedException {
        for (Bytes nal : HevcConfig.read(config).parameterSets()) {
            if (HevcConfig.nalType(nal) == HevcConfig.SPS) {
                return Optional.of(HevcSps.read(nal).size());
            }
        }
        return Optional.empty();
    }

    private static Track aac(Bytes config) throws MalformedException {
        AudioSpecificConfig aac = AudioSpecificConfig.read(config);
        return Track.audio(Codec.AAC, config, aac.sampleRate(), aac.channels());
    }

    private static Track video(Codec codec, Bytes config, Optional<PictureSize> size) {
        return Track.video(
                codec,
                config,
                size.map(PictureSize::width).orElse(0),
                size.map(PictureSize::height).orElse(0));
    }

    private static Track undescribed(Codec codec, Bytes config) {
        return switch (codec.kind()) {
            case VIDEO -> Track.video(codec, config, 0, 0);
            case AUDIO -> Track.audio(codec, config, 0, 0);
            case DATA ->
                codec == Codec.METADATA
                        ? Track.metadata(config)
                        : new Track(Track.SCRIPT, codec, Bytes.EMPTY, 0, 0, 0, 0);
        };
    }
}
