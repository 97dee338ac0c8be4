package io.headwater.codec.hls;

import io.headwater.codec.fmp4.AudioFrames;
import io.headwater.codec.fmp4.InitSegment;
import io.headwater.codec.mpegts.TsSegment;
import io.headwater.media.Bytes;
import io.headwater.media.MediaKind;
import io.headwater.media.Track;
import io.headwater.media.Tracks;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tracks of a segment as its mark names them, found among those that are known. */
final class TrackChoice {
    static final TrackChoice NONE = new TrackChoice(List.of(), Mark.NO_AUDIO_TIME);

    private final List<TrackRef> refs;
    private final @Nullable Track[] tracks;
    private final long audioStart;
    private @Nullable AudioClock audioClock;
    private @Nullable AudioFrames audioFrames;

    private TrackChoice(List<TrackRef> refs, long audioStart) {
        this.refs = refs;
        this.audioStart = audioStart;
        this.tracks = new Track[refs.size()];
    }

    /** Those of the segment that {@code mark} starts. */
    TrackChoice next(Mark mark, Tracks known) {
        return choice(mark, mark.audioTime(), known);
    }

    /** These and those that {@code mark} names besides. */
    TrackChoice widened(Mark mark, Tracks known) {
        return choice(mark, audioStart, known);
    }

    private TrackChoice choice(Mark mark, long audioTime, Tracks known) {
        TrackChoice next = new TrackChoice(mark.tracks(), audioTime);
        all().forEach(next::find);
        known.all().forEach(next::find);
        return next;
    }

    /** Learns of a track. */
    void find(Track track) {
        if (complete()) {
            return;
        }
        for (int i = 0; i < tracks.length; i++) {
            TrackRef ref = refs.get(i);
            if (ref.id() == track.id() && track.kind() != MediaKind.DATA && ref.equals(TrackRef.of(track))) {
                tracks[i] = track;
            }
        }
    }

    List<TrackRef> refs() {
        return refs;
    }

    boolean complete() {
        for (Track track : tracks) {
            if (track == null) {
                return false;
            }
        }
        return true;
    }

    /** Whether any of them can be put into that. */
    boolean fits(Container container) {
        return container == Container.FMP4 || all().stream().anyMatch(track -> TsSegment.carries(track.codec()));
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

    Init init(long epoch, int number, Container container) {
        if (container == Container.FMP4) {
            return new Init(epoch, number, InitSegment.write(all()), all());
        }
        List<Track> carried =
                all().stream().filter(track -> TsSegment.carries(track.codec())).toList();
        return new Init(epoch, number, Bytes.EMPTY, carried);
    }
}
