package io.headwater.stream;

import io.headwater.media.Track;
import io.headwater.media.Tracks;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The tracks of the running epoch as its frames reveal them. */
final class TracksInForce {
    private Tracks tracks = Tracks.NONE;
    private @Nullable Track[] last = new Track[0];

    /** What a frame's track means to those before it. */
    enum Change {
        NONE,
        /** Another configuration of a known track. */
        CHANGED,
        /** A track this epoch did not have. */
        NEW
    }

    Tracks tracks() {
        return tracks;
    }

    /** Another epoch begins with these tracks known, usually none. */
    void reset(Tracks known) {
        tracks = Tracks.NONE;
        Arrays.fill(last, null);
        learn(known);
    }

    /** Takes over tracks that were told without a frame; true if any of them was not known like this. */
    boolean learn(Tracks known) {
        boolean changed = false;
        for (Track track : known.all()) {
            changed |= frameOf(track) != Change.NONE;
        }
        return changed;
    }

    /** A frame of {@code track} comes next. */
    @SuppressWarnings("ReferenceEquality") // almost every frame has the very object of the one before
    Change frameOf(Track track) {
        int id = track.id();
        if (id >= last.length) {
            last = Arrays.copyOf(last, id + 1);
        }
        Track before = last[id];
        if (before == track) {
            return Change.NONE;
        }
        last[id] = track;
        if (track.equals(before)) {
            return Change.NONE;
        }
        tracks = tracks.with(track);
        return before == null ? Change.NEW : Change.CHANGED;
    }
}
