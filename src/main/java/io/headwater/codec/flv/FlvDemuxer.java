package io.headwater.codec.flv;

import io.headwater.codec.DecoderConfig;
import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Track;
import org.jspecify.annotations.Nullable;

/**
 * Turns one publisher's tags into frames, with the decoder configuration in force on each. Not safe for threads.
 *
 * <p>Understands the legacy form (Adobe FLV 10.1, E.4: AVC, AAC, MP3), codec id 12 for HEVC as vendors in China use it,
 * and Enhanced RTMP v1 and v2 by FourCC, of whose multitrack packets it takes track 0. A body that ends too early is
 * malformed; everything that is well-formed but not understood is {@link Output#dropped} and the stream goes on.
 *
 * <p>Frames of a codec with a configuration are dropped until it has come. The same configuration again changes
 * nothing; another one makes a new {@link Track}. Presentation times are never before decoding times (see
 * {@link Composition}); payloads share the tag's bytes.
 */
public final class FlvDemuxer {

    /** Hears what a tag contained, before {@link #tag} returns. */
    public interface Output {
        void frame(Track track, long dtsUs, long ptsUs, boolean keyframe, Bytes payload);

        /**
         * Something in a tag was left out.
         *
         * @param what one or two words for a log line, such as {@code video codec id 4}
         */
        default void dropped(Reason reason, String what) {}
    }

    /** Why something was left out. */
    public enum Reason {
        /** A codec, tag type, packet type or data command this server does not know. */
        UNKNOWN,
        /** A frame came before its decoder configuration. */
        BEFORE_CONFIG,
        /** Nothing in it; some publishers send empty tags as a sign of life. */
        EMPTY,
        /** A track of a multitrack packet other than 0. */
        EXTRA_TRACK,
        /** Longer than what is kept for every new player. */
        TOO_LONG
    }

    private final Timeline timeline = new Timeline();
    private final ScriptDemuxer script = new ScriptDemuxer();
    private final VideoDemuxer video = new VideoDemuxer();
    private final AudioDemuxer audio = new AudioDemuxer();

    /**
     * Takes one tag or RTMP message.
     *
     * @param tagType {@link FlvTag#type}
     * @param timestampMs32 the tag's timestamp; only the lower 32 bits count
     * @param body shared with the frames given to {@code out}, so nobody may write to it afterwards
     * @throws MalformedException if the body breaks the format; the connection it came on should end
     */
    public void tag(int tagType, long timestampMs32, Bytes body, Output out) throws MalformedException {
        switch (tagType) {
            case FlvTag.VIDEO -> video.tag(timeline.mediaUs(timestampMs32), body, out);
            case FlvTag.AUDIO -> audio.tag(timeline.mediaUs(timestampMs32), body, out);
            case FlvTag.SCRIPT -> script.tag(timeline.scriptUs(timestampMs32), body, out);
            default -> out.dropped(Reason.UNKNOWN, "tag type " + tagType);
        }
    }

    /** The track after {@code config} arrived: {@code present} itself if that says nothing new. */
    static @Nullable Track configured(@Nullable Track present, Codec codec, Bytes config, Output out) {
        if (config.isEmpty()) {
            out.dropped(Reason.EMPTY, codec + " configuration");
            return present;
        }
        if (present != null && present.codec() == codec && present.config().equals(config)) {
            return present;
        }
        return DecoderConfig.track(codec, config);
    }

    /** {@code track} if a frame of {@code codec} can be passed on with it; else says why not. */
    static @Nullable Track decodable(@Nullable Track track, Codec codec, Bytes payload, Output out) {
        if (payload.isEmpty()) {
            out.dropped(Reason.EMPTY, codec + " frame");
            return null;
        }
        if (track == null || track.codec() != codec) {
            out.dropped(Reason.BEFORE_CONFIG, codec + " frame");
            return null;
        }
        return track;
    }
}
