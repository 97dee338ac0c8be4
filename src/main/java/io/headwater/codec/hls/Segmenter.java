package io.headwater.codec.hls;

import io.headwater.codec.fmp4.AudioFrames;
import io.headwater.media.Frame;
import io.headwater.media.MediaKind;
import io.headwater.media.Track;
import io.headwater.media.Tracks;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides where the parts and segments of one epoch begin. Runs once, at the main origin; fed every frame in the order of
 * its sequence, it keeps only numbers. Not safe for threads.
 *
 * <p>Segments begin at the first keyframe that comes {@link SegmenterSettings#targetUs} after the last one began. Parts
 * begin with a video frame where there is video, so that the frame before it has a known duration. One video and one
 * audio track are taken.
 */
public final class Segmenter {
    /** A keyframe this little early is taken: publishers' timestamps are rounded and jitter. */
    private static final long EARLY = 10;
    /** The timestamps jump if nothing comes for longer than this and than some frames. */
    private static final long JUMP_US = 1_000_000;

    private static final int JUMP_FRAMES = 4;
    /** A stream that begins with sound may show a picture soon. */
    private static final long WAIT_FOR_VIDEO_US = 500_000;

    private static final long WAIT_FOR_KNOWN_VIDEO_US = 2_000_000;
    /** A track that is silent for longer is taken out of the segments: players would wait for it. */
    private static final long SILENT_US = 5_000_000;
    /** Video that is this much later than the sound stands still; less is uneven interleaving. */
    private static final long STALL_US = 1_000_000;

    private final SegmenterSettings settings;
    private final TrackWatch video = new TrackWatch();
    private final TrackWatch audio = new TrackWatch();
    private final PartPace pace;
    private final WallClock wallClock = new WallClock();

    private boolean started;
    /** Whether the segment is the first of its init section: sound that begins within its first part is taken in. */
    private boolean tracksOpen;

    private boolean any;
    private long firstUs;
    private long newestUs;
    private long segment = -1;
    private int part;
    private int discontinuity;
    private int init;
    private long segmentUs;
    private long partUs;
    private int targetDurationS;
    private List<TrackRef> refs = List.of();
    private @Nullable AudioClock audioClock;
    private @Nullable AudioFrames audioFrames;

    /** @param targetDurationS what was announced for the stream before, in seconds; 0 if nothing was */
    public Segmenter(SegmenterSettings settings, int targetDurationS) {
        this.settings = settings;
        this.targetDurationS = Math.max(targetDurationS, (int) Math.max(1, seconds(settings.targetUs())));
        this.pace = new PartPace(settings.partUs());
    }

    /**
     * The next frame; answers the mark it shall carry, or null if it starts nothing.
     *
     * @param known the tracks in force, with or without frames yet
     * @param nowMs wall clock, milliseconds since 1970
     */
    public @Nullable Mark frame(Frame frame, Tracks known, long nowMs) {
        Track track = frame.track();
        if (track.kind() == MediaKind.DATA) {
            return null;
        }
        boolean isVideo = track.kind() == MediaKind.VIDEO;
        TrackWatch watch = isVideo ? video : audio;
        if (!watch.sees(track, frame.dtsUs())) {
            return null;
        }
        if (!any) {
            any = true;
            firstUs = frame.dtsUs();
            newestUs = frame.dtsUs();
        }
        Mark mark = started ? next(frame, isVideo, nowMs) : first(frame, isVideo, known.hasVideo(), nowMs);
        newestUs = Math.max(newestUs, frame.dtsUs());
        if (isVideo ? video.active : !video.active) {
            pace.frame(frame.dtsUs());
        }
        if (!isVideo) {
            if (tracksOpen && part == 0 && !audio.active) {
                audio.choose();
                takeChosen();
            }
            placeAudio(frame);
        }
        return mark;
    }

    private @Nullable Mark first(Frame frame, boolean isVideo, boolean videoKnown, long nowMs) {
        long waitUs = videoKnown ? WAIT_FOR_KNOWN_VIDEO_US : WAIT_FOR_VIDEO_US;
        if (isVideo ? !frame.keyframe() : frame.dtsUs() - firstUs < waitUs) {
            return null;
        }
        started = true;
        wallClock.set(frame.dtsUs(), nowMs);
        return segment(frame, isVideo, true, nowMs);
    }

    private @Nullable Mark next(Frame frame, boolean isVideo, long nowMs) {
        long dtsUs = frame.dtsUs();
        long elapsedUs = dtsUs - segmentUs;
        if (dtsUs - newestUs > Math.max(JUMP_US, JUMP_FRAMES * pace.spacingUs())) {
            return jump(frame, isVideo, nowMs);
        }
        if (isVideo && frame.keyframe()) {
            boolean other = !video.active || video.changed();
            boolean late = elapsedUs >= SegmenterSettings.SHORTEST_US && audioShallChange(dtsUs);
            if (other || late || elapsedUs >= targetUs()) {
                return segment(frame, true, false, nowMs);
            }
        }
        if (isVideo && !video.active) {
            return null; // pictures without a keyframe before them
        }
        if (!isVideo && video.active) {
            return audioBesideVideo(frame, nowMs);
        }
        boolean due = isVideo
                ? elapsedUs >= settings.longestUs()
                : elapsedUs + pace.spacingUs() / 2 >= settings.targetUs() || audio.changed();
        return due ? segment(frame, isVideo, false, nowMs) : partIfDue(frame, isVideo);
    }

    /** Sound never cuts while there are pictures, unless these stand still. */
    private @Nullable Mark audioBesideVideo(Frame frame, long nowMs) {
        long silentUs = frame.dtsUs() - video.lastUs;
        if (silentUs > SILENT_US && audio.active) {
            return segment(frame, false, false, nowMs);
        }
        return silentUs > STALL_US + pace.spacingUs() && audio.active ? partIfDue(frame, false) : null;
    }

    private Mark jump(Frame frame, boolean isVideo, long nowMs) {
        discontinuity++;
        wallClock.set(frame.dtsUs(), nowMs);
        pace.jumps();
        return segment(frame, isVideo, false, nowMs);
    }

    private @Nullable Mark partIfDue(Frame frame, boolean isVideo) {
        if (!pace.due(frame.dtsUs() - partUs) || part == Mark.MAX_PARTS) {
            return null;
        }
        part++;
        partUs = frame.dtsUs();
        targetDurationS = (int) Math.max(targetDurationS, seconds(partUs - segmentUs + pace.targetMs() * 1000L));
        return mark(frame, isVideo);
    }

    private Mark segment(Frame frame, boolean isVideo, boolean first, long nowMs) {
        long dtsUs = frame.dtsUs();
        if (!first) {
            long lengthUs = Math.min(dtsUs, newestUs + pace.spacingUs()) - segmentUs;
            targetDurationS = (int) Math.max(targetDurationS, seconds(lengthUs));
            wallClock.drift(dtsUs, nowMs);
        }
        chooseTracks(frame, isVideo, first);
        segment++;
        part = 0;
        segmentUs = dtsUs;
        partUs = dtsUs;
        return mark(frame, isVideo);
    }

    /** Takes the tracks that players will get frames of in the segment that begins; another choice is a break. */
    private void chooseTracks(Frame frame, boolean isVideo, boolean first) {
        long dtsUs = frame.dtsUs();
        if (isVideo) {
            if (frame.keyframe()) {
                video.choose();
            }
            audio.chooseIfSeen(dtsUs - SILENT_US);
        } else {
            audio.choose();
            if (first || dtsUs - video.lastUs > SILENT_US) {
                video.drop();
            }
        }
        List<TrackRef> before = refs;
        takeChosen();
        tracksOpen = first || !refs.equals(before);
        if (!first && tracksOpen) {
            discontinuity++;
            init++;
        }
    }

    private void takeChosen() {
        List<TrackRef> chosen =
                Stream.of(video, audio).flatMap(watch -> watch.ref().stream()).toList();
        if (!chosen.equals(refs)) {
            refs = chosen;
            audioFrames = audio.active ? AudioFrames.of(audio.track()) : null;
            audioClock = audioFrames == null ? null : new AudioClock(audioFrames.timescale(), Mark.NO_AUDIO_TIME);
        }
    }

    private boolean audioShallChange(long dtsUs) {
        return audio.active
                ? audio.changed() || dtsUs - audio.lastUs > SILENT_US
                : dtsUs - audio.lastUs < SegmenterSettings.SHORTEST_US;
    }

    private Mark mark(Frame frame, boolean isVideo) {
        return new Mark(
                segment,
                part,
                isVideo ? frame.keyframe() : !video.active,
                discontinuity,
                init,
                wallClock.ms(frame.dtsUs()),
                targetDurationS,
                pace.targetMs(),
                audioClock == null ? Mark.NO_AUDIO_TIME : audioClock.next(),
                refs);
    }

    /** Runs the clock of the chosen track as packagers run theirs. */
    private void placeAudio(Frame frame) {
        if (audioClock != null && audioFrames != null && audio.active && !audio.changed()) {
            audioClock.place(frame.dtsUs(), audioFrames.samplesOf(frame.payload()));
        }
    }

    private long targetUs() {
        return Math.max(SegmenterSettings.SHORTEST_US, settings.targetUs() - settings.targetUs() / EARLY);
    }

    private static long seconds(long us) {
        return Math.round(us / 1e6);
    }
}
