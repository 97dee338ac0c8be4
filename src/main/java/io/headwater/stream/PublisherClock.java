package io.headwater.stream;

import io.headwater.media.MediaKind;
import io.headwater.media.Track;
import java.util.Arrays;

/**
 * Turns a publisher's timestamps into ones that only rise: a clock that jumps (an encoder that restarted its counter, a
 * machine that was suspended) goes on a moment after where it was.
 *
 * <p>While tracks are interleaved, frames of the old and of the new clock arrive mixed for a moment; each is read by the
 * clock it fits.
 */
final class PublisherClock {
    /** A frame this far before its track's last one, or this far ahead of the real time that passed, is a jump. */
    private static final long BACK_US = 1_000_000;

    private static final long AHEAD_US = 3_000_000;
    private static final long STEP_US = 20_000;

    private boolean used;
    private long offsetUs;
    private long oldOffsetUs;
    private boolean hasOld;
    private long newestUs;
    private long newestAtUs;
    private long[] lastByTrack = new long[0];
    private long jumps;

    /** The frame's decoding time on the smoothed clock, never before the last one of its track. */
    long place(Track track, long dtsUs, long nowUs) {
        long last = last(track.id());
        long placed = Math.max(last, used ? mapped(track, dtsUs, last, nowUs) : dtsUs);
        lastByTrack[track.id()] = placed;
        if (!used || placed > newestUs) {
            newestUs = placed;
        }
        used = true;
        newestAtUs = nowUs;
        return placed;
    }

    /** How often the clock jumped. */
    long jumps() {
        return jumps;
    }

    private long mapped(Track track, long dtsUs, long last, long nowUs) {
        long elapsedUs = Math.max(0, nowUs - newestAtUs);
        long floorUs = (last == Long.MIN_VALUE ? newestUs : last) - BACK_US;
        long ceilingUs = newestUs + elapsedUs + AHEAD_US;
        if (fits(dtsUs + offsetUs, floorUs, ceilingUs)) {
            return dtsUs + offsetUs;
        }
        if (hasOld && fits(dtsUs + oldOffsetUs, floorUs, ceilingUs)) {
            return dtsUs + oldOffsetUs;
        }
        if (track.kind() == MediaKind.DATA) {
            // data is often stamped carelessly; it never moves the clock
            return newestUs;
        }
        jumps++;
        hasOld = true;
        oldOffsetUs = offsetUs;
        offsetUs = newestUs + Math.max(STEP_US, elapsedUs) - dtsUs;
        return dtsUs + offsetUs;
    }

    private static boolean fits(long us, long floorUs, long ceilingUs) {
        return us >= floorUs && us <= ceilingUs;
    }

    private long last(int trackId) {
        if (trackId >= lastByTrack.length) {
            int had = lastByTrack.length;
            lastByTrack = Arrays.copyOf(lastByTrack, trackId + 1);
            Arrays.fill(lastByTrack, had, lastByTrack.length, Long.MIN_VALUE);
        }
        return lastByTrack[trackId];
    }
}
