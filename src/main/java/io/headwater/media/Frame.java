package io.headwater.media;

import java.util.List;

/**
 * One access unit of video, one frame of audio, or one data message, as every node of the cluster sees it.
 *
 * <p>A frame never changes. {@code epoch} and {@code sequence} are given once, at the main origin: sequences of an
 * epoch start at 0 and count all tracks together in the order of arrival, so a missing number is a lost frame and a
 * repeated one a frame twice.
 *
 * @param epoch the publishing session this frame belongs to
 * @param sequence 0, 1, 2, ... within the epoch
 * @param track what it belongs to, with the decoder configuration in force
 * @param dtsUs decoding time in microseconds on the publisher's timeline, unwrapped (never falls within a track)
 * @param ptsUs presentation time in microseconds, at least {@code dtsUs}
 * @param keyframe for video: a decoder can start here; true for every audio and data frame
 * @param payload the encoded bytes in the form {@link Codec} names
 * @param extensions usually none
 */
public record Frame(
        long epoch,
        long sequence,
        Track track,
        long dtsUs,
        long ptsUs,
        boolean keyframe,
        Bytes payload,
        List<Extension> extensions) {

    public Frame(long epoch, long sequence, Track track, long dtsUs, long ptsUs, boolean keyframe, Bytes payload) {
        this(epoch, sequence, track, dtsUs, ptsUs, keyframe, payload, List.of());
    }

    /** Whether a player that starts with this frame sees a picture at once: a keyframe of a video track. */
    public boolean startsPicture() {
        return keyframe && track.kind() == MediaKind.VIDEO;
    }
}
