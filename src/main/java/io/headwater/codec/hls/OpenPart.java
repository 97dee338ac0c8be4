package io.headwater.codec.hls;

import io.headwater.codec.fmp4.AudioFrames;
import io.headwater.codec.fmp4.Fragment;
import io.headwater.codec.fmp4.InitSegment;
import io.headwater.codec.fmp4.Run;
import io.headwater.codec.fmp4.Sample;
import io.headwater.codec.fmp4.Timescale;
import io.headwater.codec.mpegts.TsSegment;
import io.headwater.media.Frame;
import io.headwater.media.MediaKind;
import io.headwater.media.Track;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The frames of a part until the next mark tells how long the last of them is. */
final class OpenPart {
    static final int MOST_FRAMES = 10_000;

    /** What follows later than this does not follow. */
    private static final long LONGEST_FRAME_US = 1_000_000;

    private static final long USUAL_FRAME_US = 33_333;
    /** Parts of a segment that are numbered apart; the number only has to rise. */
    private static final int NUMBERS_PER_SEGMENT = 1024;

    private final Mark mark;
    private final long startUs;
    private final List<Frame> frames = new ArrayList<>();
    private int sure;
    private int sureParts;

    OpenPart(Mark mark, long startUs) {
        this.mark = mark;
        this.startUs = startUs;
    }

    Mark mark() {
        return mark;
    }

    Stream<Track> tracks() {
        return frames.stream().map(Frame::track).distinct();
    }

    /** False if there are too many. */
    boolean add(Frame frame) {
        frames.add(frame);
        return frames.size() <= MOST_FRAMES;
    }

    /** For a segment that is one part: the frames so far are all of its first {@code parts} parts. */
    void sure(int parts) {
        sure = frames.size();
        sureParts = parts;
    }

    /** How many of the segment's parts it has as a whole, at the last time it was {@link #sure}. */
    int sureParts() {
        return sureParts;
    }

    /** Forgets the frames it was not {@link #sure} of, and gives the first of them. */
    Frame cut() {
        Frame next = frames.get(sure);
        frames.subList(sure, frames.size()).clear();
        return next;
    }

    /**
     * @param part its number
     * @param tracks those whose frames belong to the segment
     * @param next the frame after the part, null if there is none
     */
    Part close(long epoch, int part, TrackChoice tracks, Container container, @Nullable Frame next) {
        long endUs = endUs(next);
        List<Run> runs = new ArrayList<>();
        boolean video = false;
        boolean keyframe = false;
        for (Track track : tracks.all()) {
            boolean isVideo = track.kind() == MediaKind.VIDEO;
            List<Frame> own = frames.stream()
                    .filter(frame ->
                            frame.track().id() == track.id() && frame.track().equals(track))
                    .toList();
            if (!own.isEmpty()) {
                runs.add(isVideo ? video(track, own, endUs) : audio(tracks, track, own));
            }
            video |= isVideo;
            keyframe |= isVideo && own.stream().anyMatch(Frame::keyframe);
        }
        long number = mark.segment() * NUMBERS_PER_SEGMENT + part + 1;
        return new Part(
                epoch,
                mark.segment(),
                part,
                container == Container.MPEG_TS
                        ? TsSegment.write(tracks.all(), runs)
                        : Fragment.write(mark.startsSegment(), number, runs),
                endUs - startUs,
                keyframe || !video);
    }

    /** Where the part ends: at the next one, or where a frame of the usual length ends if that is too far. */
    private long endUs(@Nullable Frame next) {
        Frame last = frames.get(0);
        long spacingUs = 0;
        for (Frame frame : frames) {
            if (frame.track().kind() == last.track().kind() && frame.dtsUs() > last.dtsUs()) {
                spacingUs = frame.dtsUs() - last.dtsUs();
                last = frame;
            }
        }
        long newestUs = frames.stream().mapToLong(Frame::dtsUs).max().orElse(startUs);
        if (next != null && next.dtsUs() > startUs && next.dtsUs() - newestUs <= LONGEST_FRAME_US) {
            return next.dtsUs();
        }
        return Math.max(startUs, last.dtsUs()) + (spacingUs > 0 ? spacingUs : USUAL_FRAME_US);
    }

    private static Run video(Track track, List<Frame> frames, long endUs) {
        List<Sample> samples = new ArrayList<>(frames.size());
        long start = time(frames.get(0).dtsUs());
        long at = start;
        for (int i = 0; i < frames.size(); i++) {
            Frame frame = frames.get(i);
            long next =
                    Math.max(at, time(i + 1 < frames.size() ? frames.get(i + 1).dtsUs() : endUs));
            samples.add(new Sample(frame.payload(), next - at, time(frame.ptsUs()) - at, frame.keyframe()));
            at = next;
        }
        return new Run(InitSegment.trackId(track), start, samples);
    }

    private static Run audio(TrackChoice tracks, Track track, List<Frame> frames) {
        AudioFrames lengths = tracks.audioFrames(track);
        AudioClock clock = tracks.audioClock(track);
        long[] at = new long[frames.size() + 1];
        for (int i = 0; i < frames.size(); i++) {
            at[i] = clock.place(
                    frames.get(i).dtsUs(), lengths.samplesOf(frames.get(i).payload()));
        }
        at[frames.size()] = clock.next();
        List<Sample> samples = new ArrayList<>(frames.size());
        for (int i = 0; i < frames.size(); i++) {
            at[i + 1] = Math.max(at[i], at[i + 1]);
            samples.add(new Sample(frames.get(i).payload(), at[i + 1] - at[i], 0, true));
        }
        return new Run(InitSegment.trackId(track), at[0], samples);
    }

    private static long time(long us) {
        return Math.max(0, Timescale.of(us, Timescale.VIDEO));
    }
}
