package io.headwater.stream;

import io.headwater.media.Bytes;
import io.headwater.media.Extension;
import io.headwater.media.Track;
import java.util.List;

/** One publishing session's way in. Called by one thread at a time; never blocks, never slows the publisher down. */
public interface Ingest {
    /**
     * One frame in order of arrival. Epoch and sequence are given here.
     *
     * <p>Timestamps are on the publisher's timeline, unwrapped. A publisher whose clock jumps (backwards, or forwards by
     * seconds) does not disturb the players: the hub re-bases.
     *
     * @param track the track with the decoder configuration in force; a new object announces a new configuration
     */
    void frame(Track track, long dtsUs, long ptsUs, boolean keyframe, Bytes payload, List<Extension> extensions);

    default void frame(Track track, long dtsUs, long ptsUs, boolean keyframe, Bytes payload) {
        frame(track, dtsUs, ptsUs, keyframe, payload, List.of());
    }

    /** The publisher said that it is done. */
    void finished();

    /** The publisher's connection went away without a word. */
    void lost();
}
