package io.headwater.codec.hls;

import io.headwater.media.Track;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a segmenter knows of its video or of its audio track. */
final class TrackWatch {
    private static final long NEVER = Long.MIN_VALUE / 4;

    /** Whether it is in the running segment. */
    boolean active;
    /** The last frame's decoding time. */
    long lastUs = NEVER;

    private @Nullable Track newest;
    private @Nullable Track chosen;
    private @Nullable TrackRef ref;

    /** A frame came; false if it is of another track than the one that is watched. */
    @SuppressWarnings("ReferenceEquality") // almost every frame has the very object of the one before
    boolean sees(Track track, long dtsUs) {
        if (newest != null && newest.id() != track.id()) {
            return false;
        }
        if (newest != track) {
            newest = track;
        }
        lastUs = Math.max(lastUs, dtsUs);
        return true;
    }

    boolean everSeen() {
        return lastUs != NEVER;
    }

    /** Whether it has become another one since the segment began. */
    @SuppressWarnings("ReferenceEquality")
    boolean changed() {
        return newest != chosen && newest != null && !newest.equals(chosen);
    }

    void choose() {
        if (changed() || ref == null) {
            chosen = newest;
            ref = newest == null ? null : TrackRef.of(newest);
        }
        active = chosen != null;
    }

    /** Chooses the newest if it had a frame at or after {@code sinceUs}, else none. */
    void chooseIfSeen(long sinceUs) {
        if (lastUs >= sinceUs) {
            choose();
        } else {
            drop();
        }
    }

    void drop() {
        active = false;
    }

    Track track() {
        if (chosen == null) {
            throw new IllegalStateException("no track is chosen");
        }
        return chosen;
    }

    Optional<TrackRef> ref() {
        return active ? Optional.ofNullable(ref) : Optional.empty();
    }
}
