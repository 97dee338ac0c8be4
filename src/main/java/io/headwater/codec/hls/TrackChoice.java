package io.headwater.codec.hls;

import io.headwater.codec.fmp4.AudioFrames;
import io.headwater.codec.fmp4.InitSegment;
import io.headwater.media.MediaKind;
import io.headwater.media.Track;
import io.headwater.media.Tracks;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tracks of a segment as its mark names them; one that was not told yet is found when its first frame comes. */
final class TrackChoice {
    static final TrackChoice NONE = new TrackChoice(List.of());

    private final List<TrackRef> refs;
    private final @Nullable Track[] tracks;
    private @Nullable AudioClock audioClock;
    private @Nullable AudioFrames audioFrames;

    private TrackChoice(List<TrackRef> refs) {
        this.refs = refs;
        this.tracks = new Track[refs.size()];
    }

    /** Those of the segment that {@code mark} starts. */
    TrackChoice next(Mark mark, Tracks known) {
        TrackChoice next = new TrackChoice(mark.tracks());
        for (Track track : tracks) {
            if (track != null) {
                next.takes(track);
            }
        }
        known.all().forEach(next::takes);
        next.audioClock = null;
        next.audioStart = mark.audioTime();
        return next;
    }

    private long audioStart = Mark.NO_AUDIO_TIME;

    /** Whether frames of that track belong to the segment. */
    @SuppressWarnings("ReferenceEquality") // almost every frame has the very object of the one before
    boolean takes(Track track) {
        for (Track one : tracks) {
            if (one == track) {
                return true;
            }
        }
        for (int i = 0; i < tracks.length; i++) {
            TrackRef ref = refs.get(i);
            if (ref.id() == track.id() && track.kind() != MediaKind.DATA) {
                Track one = tracks[i];
                if (one != null ? one.equals(track) : ref.equals(TrackRef.of(track))) {
                    tracks[i] = track;
                    return true;
                }
            }
        }
        return false;
    }

    boolean complete() {
        for (Track track : tracks) {
            if (track == null) {
                return false;
            }
        }
        return true;
    }

    List<Track> all() {
        List<Track> all = new ArrayList<>();
        for (Track track : tracks) {
            if (track != null) {
                all.add(track);
            }
        }
        return all;
    }

    /** The clock and the frame lengths of the segment's sound. */
    AudioClock audioClock(Track audio) {
        if (audioClock == null) {
            audioClock = new AudioClock(audioFrames(audio).timescale(), audioStart);
        }
        return audioClock;
    }

    AudioFrames audioFrames(Track audio) {
        if (audioFrames == null) {
            audioFrames = AudioFrames.of(audio);
        }
        return audioFrames;
    }

    Init init(long epoch, int number) {
        return new Init(epoch, number, InitSegment.write(all()), all());
    }
}
