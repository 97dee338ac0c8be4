package io.headwater.stream;

import io.headwater.media.Frame;
import io.headwater.media.MediaKind;
import java.util.Arrays;

/**
 * A hub's own timeline, which goes on over all epochs: each epoch's timestamps are shifted by one offset, chosen so that
 * its first frame follows what was played before by at least a frame, or by the time that passed meanwhile.
 */
final class Timeline {
    private static final long SHORTEST_FRAME_US = 1_000;
    private static final long LONGEST_FRAME_US = 100_000;

    private boolean epochStarts = true;
    private boolean used;
    private long offsetUs;
    private long newestUs;
    private long newestAtUs;
    private long frameUs = 20_000;
    private long[] lastByTrack = new long[0];

    /** The next frame is the first of another epoch. */
    void startEpoch() {
        epochStarts = true;
    }

    /** Where a frame goes, in microseconds: never before its track's last one, never negative. */
    long place(Frame frame, long nowUs) {
        if (epochStarts) {
            epochStarts = false;
            offsetUs = used
                    ? newestUs + Math.max(frameUs, nowUs - newestAtUs) - frame.dtsUs()
                    : Math.max(0, -frame.dtsUs());
            used = true;
        }
        long last = last(frame.track().id());
        long dtsUs = Math.max(0, frame.dtsUs() + offsetUs);
        if (dtsUs < last) {
            // a track that is a little behind the others at an epoch's beginning: creep until it has caught up
            dtsUs = last + SHORTEST_FRAME_US;
        }
        if (frame.track().kind() == MediaKind.VIDEO && last >= 0) {
            frameUs = Math.min(LONGEST_FRAME_US, Math.max(SHORTEST_FRAME_US, dtsUs - last));
        }
        lastByTrack[frame.track().id()] = dtsUs;
        if (dtsUs >= newestUs) {
            newestUs = dtsUs;
        }
        newestAtUs = nowUs;
        return dtsUs;
    }

    private long last(int trackId) {
        if (trackId >= lastByTrack.length) {
            int had = lastByTrack.length;
            lastByTrack = Arrays.copyOf(lastByTrack, trackId + 1);
            Arrays.fill(lastByTrack, had, lastByTrack.length, -1);
        }
        return lastByTrack[trackId];
    }
}
