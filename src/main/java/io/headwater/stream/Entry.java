package io.headwater.stream;

import io.headwater.media.Frame;
import io.headwater.media.Tracks;
import io.netty.buffer.ByteBuf;

/** One frame in a hub's ring, with the tracks in force and the bytes it has in each wire format. */
public interface Entry {
    /** The frame as it came from the main origin. */
    Frame frame();

    /**
     * All tracks in force at this frame, its own included. In the first moments of an epoch also those whose first frame
     * comes a little later, so that a player that starts there learns of them at once.
     */
    Tracks tracks();

    /**
     * Whether the frame's track is not the one the frames before it had: who did not learn of it from {@link #tracks} yet
     * needs its configuration first.
     */
    boolean trackChanged();

    /**
     * Decoding time on this hub's timeline, in microseconds: continuous over all epochs, never falling within a track,
     * never negative. Tracks may be interleaved a little unevenly, as the publisher sent them.
     */
    long dtsUs();

    /** Presentation time on this hub's timeline, in microseconds. */
    long ptsUs();

    /**
     * The frame's bytes in {@code format}, encoded once for all subscribers of this node. Configurations are not in them:
     * whether one is due depends on what the subscriber has.
     *
     * @return a buffer of its own indices that the caller owns and must release (writing it to a channel does)
     */
    ByteBuf encoded(WireFormat format);
}
