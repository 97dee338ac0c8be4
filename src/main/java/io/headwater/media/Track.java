package io.headwater.media;

import java.util.Objects;

/**
 * One elementary stream of a live stream, with what a decoder needs before its first frame.
 *
 * <p>A track never changes: when the publisher sends a new decoder configuration there is a new {@code Track} with the
 * same id, and the frames after it point to that one. Whoever sends frames on therefore only compares
 * {@link Frame#track()} with the track it sent last.
 *
 * @param id 0 to 255, one per elementary stream; by convention {@link #VIDEO}, {@link #AUDIO}, {@link #METADATA}
 * @param codec how the frames are encoded
 * @param config the decoder configuration in the form {@link Codec} names, empty where the codec has none
 * @param width pixels, 0 if unknown or not video
 * @param height pixels, 0 if unknown or not video
 * @param sampleRate hertz, 0 if unknown or not audio
 * @param channels 0 if unknown or not audio
 */
public record Track(int id, Codec codec, Bytes config, int width, int height, int sampleRate, int channels) {
    /** The id of the (first) video track. */
    public static final int VIDEO = 0;
    /** The id of the (first) audio track. */
    public static final int AUDIO = 1;
    /** The id of the track of {@link Codec#METADATA}. */
    public static final int METADATA = 2;
    /** The id of the track of {@link Codec#SCRIPT}. */
    public static final int SCRIPT = 3;

    public Track {
        Objects.checkIndex(id, 256);
    }

    public static Track video(Codec codec, Bytes config, int width, int height) {
        return new Track(VIDEO, codec, config, width, height, 0, 0);
    }

    public static Track audio(Codec codec, Bytes config, int sampleRate, int channels) {
        return new Track(AUDIO, codec, config, 0, 0, sampleRate, channels);
    }

    public static Track metadata(Bytes amf) {
        return new Track(METADATA, Codec.METADATA, amf, 0, 0, 0, 0);
    }

    public MediaKind kind() {
        return codec.kind();
    }
}
