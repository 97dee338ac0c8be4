package io.headwater.codec.fmp4;

import io.headwater.codec.MalformedException;
import io.headwater.codec.aac.AudioSpecificConfig;
import io.headwater.codec.opus.OpusHead;
import io.headwater.codec.opus.OpusPacket;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Track;

/**
 * How long the frames of one audio track are, as the codec says it and not the publisher's clock.
 *
 * @param timescale units per second: the rate that the codec counts its samples in
 * @param samples of every frame, or 0 where each frame says it itself
 */
public record AudioFrames(Codec codec, int timescale, int samples) {
    private static final int UNKNOWN_RATE = 48_000;
    private static final int AAC_SAMPLES = 1024;
    private static final int MP3_SAMPLES = 1152;
    /** From this rate on MP3 is of MPEG-1, whose frames are twice as long as MPEG-2's. */
    private static final int MP3_MPEG_1 = 32_000;

    /** How the frames of {@code track} are counted; what its configuration does not say is taken as usual. */
    public static AudioFrames of(Track track) {
        int rate = track.sampleRate() > 0 ? track.sampleRate() : UNKNOWN_RATE;
        return switch (track.codec()) {
            case AAC -> aac(track, rate);
            case MP3 -> new AudioFrames(Codec.MP3, rate, rate >= MP3_MPEG_1 ? MP3_SAMPLES : MP3_SAMPLES / 2);
            default -> new AudioFrames(track.codec(), OpusHead.SAMPLE_RATE, 0);
        };
    }

    private static AudioFrames aac(Track track, int rate) {
        try {
            AudioSpecificConfig aac = AudioSpecificConfig.read(track.config());
            return new AudioFrames(Codec.AAC, Math.max(1, aac.coreRate()), aac.frameLength());
        } catch (MalformedException unreadable) {
            return new AudioFrames(Codec.AAC, rate, AAC_SAMPLES);
        }
    }

    /** The length of one frame. */
    public int samplesOf(Bytes payload) {
        if (samples > 0) {
            return samples;
        }
        return OpusPacket.samples(payload);
    }
}
