package io.headwater.codec.flv;

import io.headwater.media.Bytes;

/**
 * The body of a tag in two runs: the few bytes that FLV puts in front, and the codec's own bytes as the frame holds
 * them. Its length is known before anything is copied, so a writer allocates once and copies once.
 *
 * @param tagType {@link FlvTag#AUDIO}, {@link FlvTag#VIDEO} or {@link FlvTag#SCRIPT}
 */
public record FlvBody(int tagType, Bytes head, Bytes payload) {

    /** Bytes of both runs together. */
    public int length() {
        return head.length() + payload.length();
    }

    /**
     * Whether this is the {@code onMetaData} that {@link FlvMuxer#config} makes. It stands outside the timeline and is to
     * be sent with timestamp 0: FFmpeg takes one with another timestamp for subtitles.
     */
    public boolean isMetadata() {
        return tagType == FlvTag.SCRIPT && !head.isEmpty();
    }
}
