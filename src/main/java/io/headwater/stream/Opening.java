package io.headwater.stream;

import io.headwater.media.MediaKind;
import io.headwater.media.Tracks;
import java.util.ArrayList;
import java.util.List;

/**
 * What a waiting publisher begins with when it goes live: its tracks, and its frames from the newest keyframe on if the
 * stream it waits for had none since. So it keeps next to nothing while that stream runs.
 */
final class Opening {
    private static final int MOST_TRACKS = 16;
    private static final int MOST_FRAMES = 4_000;
    private static final long MOST_BYTES = 16L << 20;

    private final List<PublishSession.Raw> frames = new ArrayList<>();
    private Tracks tracks = Tracks.NONE;
    private long bytes;
    private long keyframeAtMs;

    /** False if the frames since the keyframe were too many: it begins at a later one then. */
    boolean add(PublishSession.Raw raw, long nowMs) {
        if (tracks.all().size() < MOST_TRACKS || tracks.withId(raw.track().id()).isPresent()) {
            tracks = tracks.with(raw.track());
        }
        if (raw.track().kind() == MediaKind.VIDEO && raw.keyframe()) {
            forgetFrames();
            keyframeAtMs = nowMs;
        } else if (frames.isEmpty()) {
            return true;
        }
        frames.add(raw);
        bytes += raw.payload().length();
        if (frames.size() > MOST_FRAMES || bytes > MOST_BYTES) {
            forgetFrames();
            return false;
        }
        return true;
    }

    /** The stream had a frame at {@code frameAtMs}: a keyframe that came before opens nothing. */
    void streamRan(long frameAtMs) {
        if (!frames.isEmpty() && frameAtMs >= keyframeAtMs) {
            forgetFrames();
        }
    }

    Tracks tracks() {
        return tracks;
    }

    List<PublishSession.Raw> frames() {
        return List.copyOf(frames);
    }

    void clear() {
        forgetFrames();
        tracks = Tracks.NONE;
    }

    private void forgetFrames() {
        frames.clear();
        bytes = 0;
    }
}
