package io.headwater.stream;

import io.headwater.media.Frame;
import io.headwater.media.MediaKind;
import io.headwater.media.Tracks;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of a hub: takes accepted frames, finds their place on the timeline, knows the tracks, and puts them
 * into the ring. Belongs to the hub's lock.
 */
final class Recorder {
    /** Both kinds of track usually show up within this time; a player that starts earlier would miss one. */
    private static final long BOTH_KINDS_MS = 300;
    /** An epoch without a picture for this long is sound only. */
    private static final long SOUND_ONLY_MS = 1_000;

    private final HubContext context;
    private final Counters counters;
    private final TracksInForce tracks = new TracksInForce();
    private final Timeline timeline = new Timeline();
    private final RateMeter rate = new RateMeter();
    private final RateMeter sound = new RateMeter();
    private final RateMeter pictures = new RateMeter();
    private Ring ring;
    private boolean keyframeDue;
    private boolean restartDue;
    private boolean tracksTold;
    private boolean startable;
    /** When the epoch's first frame came, or {@link FeedMachine#NEVER}. */
    private long epochAt = FeedMachine.NEVER;

    private long framesIn;
    private long bytesIn;

    Recorder(HubContext context) {
        this.context = context;
        this.counters = context.counters();
        this.ring = newRing();
    }

    private Ring newRing() {
        HubSettings settings = context.settings();
        return new Ring(settings.ringTime().toNanos() / 1000, settings.ringBytes(), context.memory());
    }

    /** The next frame is the first of another epoch, or follows frames that are missing. */
    void discontinuity(boolean newEpoch) {
        restartDue = true;
        keyframeDue = true;
        if (newEpoch) {
            tracks.reset(Tracks.NONE);
            timeline.startEpoch();
            ring.startEpoch();
            epochAt = FeedMachine.NEVER;
            tracksTold = false;
            startable = false;
        }
    }

    /** All tracks in force at the next frame. */
    void tracks(Tracks known) {
        tracksTold = true;
        startable = false;
        if (tracks.learn(known)) {
            restartDue = true;
        }
    }

    /** Whether a frame would be kept: before a keyframe, pictures cannot be decoded. */
    boolean wants(Frame frame) {
        return wants(frame.track().kind(), frame.keyframe());
    }

    boolean wants(MediaKind kind, boolean keyframe) {
        return !keyframeDue || kind != MediaKind.VIDEO || keyframe;
    }

    /** Appends a frame; null if it is a picture that no keyframe came before. */
    @Nullable
    Slot append(Frame frame, long nowMs) {
        framesIn++;
        int length = frame.payload().length();
        bytesIn += length;
        rate.add(length, nowMs);
        if (frame.track().kind() == MediaKind.VIDEO) {
            pictures.add(1, nowMs);
        } else if (frame.track().kind() == MediaKind.AUDIO) {
            sound.add(length, nowMs);
        }
        if (!wants(frame)) {
            counters.increment(Metric.FRAMES_BEFORE_KEYFRAME);
            return null;
        }
        keyframeDue &= !frame.startsPicture();
        TracksInForce.Change change = tracks.frameOf(frame.track());
        long dtsUs = timeline.place(frame, nowMs * 1000);
        long ptsUs = dtsUs + Math.max(0, frame.ptsUs() - frame.dtsUs());
        boolean changed = change != TracksInForce.Change.NONE;
        Slot slot = ring.append(new Slot.Placed(frame, tracks.tracks(), changed, restartDue, dtsUs, ptsUs, nowMs));
        restartDue = false;
        epochAt = Math.min(epochAt, nowMs);
        if (change == TracksInForce.Change.NEW) {
            ring.learn(frame.track());
            startable = false;
        }
        if (!startable) {
            decideStart(nowMs);
        }
        long overflowed = ring.takeOverflowed();
        if (overflowed > 0) {
            counters.add(Metric.RING_OVERFLOWED, overflowed);
        }
        return slot;
    }

    /** When players may start though no further frame comes, or {@link FeedMachine#NEVER} if that is settled. */
    long startDueMs() {
        return startable || epochAt == FeedMachine.NEVER ? FeedMachine.NEVER : epochAt + waitMs();
    }

    /** Players may start once the tracks are known, or no more of them are to be expected; true if that is so now. */
    boolean decideStart(long nowMs) {
        boolean video = tracks.tracks().hasVideo();
        boolean audio = tracks.tracks().first(MediaKind.AUDIO).isPresent();
        long age = epochAt == FeedMachine.NEVER ? -1 : nowMs - epochAt;
        startable = tracksTold || (video && audio) || age >= waitMs();
        ring.startable(startable, !video);
        return startable;
    }

    private long waitMs() {
        return tracks.tracks().hasVideo() ? BOTH_KINDS_MS : SOUND_ONLY_MS;
    }

    /** Frees all memory; cursors that still read the old ring are not disturbed. */
    void clear() {
        ring.retire();
        ring = newRing();
        tracks.reset(Tracks.NONE);
        keyframeDue = true;
        restartDue = true;
        tracksTold = false;
        startable = false;
        epochAt = FeedMachine.NEVER;
    }

    Ring ring() {
        return ring;
    }

    Tracks tracks() {
        return tracks.tracks();
    }

    long framesIn() {
        return framesIn;
    }

    long bytesIn() {
        return bytesIn;
    }

    long bitrate(long nowMs) {
        return rate.bitsPerSecond(nowMs);
    }

    long audioBitrate(long nowMs) {
        return sound.bitsPerSecond(nowMs);
    }

    double picturesPerSecond(long nowMs) {
        return pictures.perSecond(nowMs);
    }
}
