package io.headwater.codec;

import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Track;
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
        return switch (codec) {
            case H264, HEVC, AV1, VP9 -> Track.video(codec, config, 0, 0);
            case AAC, MP3, OPUS -> Track.audio(codec, config, 0, 0);
            case METADATA -> Track.metadata(config);
            case SCRIPT -> new Track(Track.SCRIPT, codec, Bytes.EMPTY, 0, 0, 0, 0);
        };
    }

    /** The track of an MP3 frame: {@code present} itself unless the frame says something else of the sound. */
    public static Track mp3(@Nullable Track present, Bytes frame) {
        return present != null && present.codec() == Codec.MP3 ? present : Track.audio(Codec.MP3, Bytes.EMPTY, 0, 0);
    }
}
