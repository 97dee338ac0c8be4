package io.headwater.codec.hls;

import io.headwater.codec.MalformedException;
import io.headwater.media.Frame;
import io.headwater.media.MediaKind;
import io.headwater.media.Tracks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes parts and segments of marked frames: the same bytes on every node, whichever segment it begins with. Not safe for
 * threads.
 *
 * <p>A part is complete when the next mark comes. Where a frame is missing, nothing more is made of its segment, which is
 * told as a gap when the next one begins. What a part or a segment may take is limited; a stream beyond it is a gap too.
 */
public final class Packager {

    /** Hears what became complete, in order, before {@link #frame} or {@link #end} returns. */
    public interface Output {
        /** What the segments that follow need; told before the first part of them, once per number. */
        void init(Init init);

        void part(Part part);

        /** A segment that is complete, or a gap. Its parts were told before. */
        void segment(Segment segment);

        /** Something could not be packaged, in words for a log line; a gap follows. */
        default void lost(String why) {}
    }

    /** Gaps that are told at most when segments were missed as a whole. */
    private static final int MOST_GAPS = 32;

    private static final long NONE = -1;

    private final long mostBytes;
    private final Container container;
    private final Output out;

    private long epoch = NONE;
    private long sequence;
    private long lastInit = NONE;
    private long newestUs;
    private @Nullable Mark first;
    private long segmentUs;
    private @Nullable OpenPart open;
    private boolean broken;
    private TrackChoice tracks = TrackChoice.NONE;
    private final List<Part> parts = new ArrayList<>();
    private int lastPart;
    private long bytes;

    /** @param mostBytes the longest segment; beyond it the segment is a gap */
    public Packager(long mostBytes, Output out) {
        this(mostBytes, Container.FMP4, out);
    }

    /**
     * @param mostBytes the longest segment; beyond it the segment is a gap
     * @param container in a transport stream every segment is one part, and an init section has no bytes and tells only
     *     the tracks that are in the segments
     */
    public Packager(long mostBytes, Container container, Output out) {
        this.mostBytes = mostBytes;
        this.container = container;
        this.out = out;
    }

    /**
     * The next frame; whatever comes before the first mark of a segment is left out.
     *
     * @param known the tracks in force, its own included
     */
    public void frame(Frame frame, Tracks known) {
        if (frame.epoch() != epoch) {
            end(false);
            epoch = frame.epoch();
            lastInit = NONE;
        } else if (frame.sequence() != sequence + 1) {
            lose("frames after " + sequence + " up to " + frame.sequence() + " are missing");
        }
        sequence = frame.sequence();
        if (frame.track().kind() == MediaKind.DATA) {
            return;
        }
        markOf(frame).ifPresent(mark -> marked(mark, frame, known));
        if (open != null) {
            add(open, frame);
        }
        newestUs = Math.max(newestUs, frame.dtsUs());
    }

    /**
     * No frame of this epoch follows.
     *
     * @param whole whether the last part is complete as well, because the publisher said that it is done; otherwise the
     *     segment is cut short after its last part that is
     */
    public void end(boolean whole) {
        OpenPart last = open;
        if (whole && last != null) {
            closePart(last, null);
        } else if (last != null && last.sureParts() > 0) {
            closePart(last, last.sureParts() - 1, last.cut());
        }
        open = null;
        if (first != null && !parts.isEmpty()) {
            closeSegment(first, !whole, broken, durationUs());
        }
        first = null;
        parts.clear();
    }

    /** The segment that is growing, with the parts that are complete; nothing before the first. */
    public Optional<Segment> growing() {
        return first == null || broken
                ? Optional.empty()
                : Optional.of(new Segment(epoch, first, parts, durationUs(), false, false, false));
    }

    private Optional<Mark> markOf(Frame frame) {
        try {
            return Mark.of(frame.extensions());
        } catch (MalformedException malformed) {
            lose(String.valueOf(malformed.getMessage()));
            return Optional.empty();
        }
    }

    private void marked(Mark mark, Frame frame, Tracks known) {
        if (open != null) {
            if (mark.init() == open.mark().init() && !mark.tracks().equals(tracks.refs())) {
                tracks = tracks.widened(mark, known);
            }
            if (container == Container.MPEG_TS && follows(mark)) {
                lastPart = mark.part();
                open.sure(lastPart);
                return;
            }
            closePart(open, frame);
        }
        if (mark.startsSegment()) {
            startSegment(mark, frame, known);
        } else if (first == null || broken) {
            return;
        } else if (!follows(mark)) {
            lose("part " + mark.segment() + "." + mark.part() + " follows " + first.segment() + "." + lastPart);
            return;
        }
        if (!broken) {
            lastPart = mark.part();
            open = new OpenPart(mark, frame.dtsUs());
        }
    }

    private boolean follows(Mark mark) {
        return first != null && mark.segment() == first.segment() && mark.part() == lastPart + 1;
    }

    private void startSegment(Mark mark, Frame frame, Tracks known) {
        if (first != null) {
            if (mark.segment() <= first.segment()) {
                lose("segment " + mark.segment() + " follows " + first.segment());
                return;
            }
            boolean missed = mark.segment() > first.segment() + 1;
            boolean gap = broken || missed;
            closeSegment(first, false, gap, gap ? gapUs(first, mark, frame) : durationUs());
            if (missed) {
                missed(first, mark, gapUs(first, mark, frame));
            }
        }
        first = mark;
        segmentUs = frame.dtsUs();
        newestUs = frame.dtsUs();
        parts.clear();
        bytes = 0;
        broken = false;
        tracks = tracks.next(mark, known);
    }

    /** Tells segments of which nothing came. */
    private void missed(Mark before, Mark next, long eachUs) {
        long from = Math.max(before.segment() + 1, next.segment() - MOST_GAPS);
        for (long segment = from; segment < next.segment(); segment++) {
            out.segment(new Segment(epoch, before.following(segment, eachUs), List.of(), eachUs, true, false, true));
        }
    }

    private long gapUs(Mark before, Mark next, Frame frame) {
        long segments = Math.max(1, next.segment() - before.segment());
        return Math.max(1, (frame.dtsUs() - segmentUs) / segments);
    }

    private void add(OpenPart part, Frame frame) {
        bytes += frame.payload().length();
        if (bytes > mostBytes || !part.add(frame)) {
            lose("segment is longer than " + mostBytes + " bytes or part than " + OpenPart.MOST_FRAMES + " frames");
        }
    }

    /** @param next the frame after the part, null at the end of an epoch */
    private void closePart(OpenPart part, @Nullable Frame next) {
        closePart(part, part.mark().part(), next);
    }

    private void closePart(OpenPart part, int number, @Nullable Frame next) {
        open = null;
        part.tracks().forEach(tracks::find);
        if (!tracks.complete()) {
            lose("a track of segment " + part.mark().segment() + " was never told");
            return;
        }
        if (lastInit != part.mark().init()) {
            lastInit = part.mark().init();
            out.init(tracks.init(epoch, part.mark().init(), container));
        }
        if (!tracks.fits(container)) {
            lose("no track of segment " + part.mark().segment() + " fits into " + container);
            return;
        }
        Part closed = part.close(epoch, number, tracks, container, next);
        parts.add(closed);
        out.part(closed);
    }

    private void closeSegment(Mark mark, boolean cutShort, boolean gap, long durationUs) {
        out.segment(new Segment(epoch, mark, parts, durationUs, true, cutShort, gap));
    }

    private long durationUs() {
        return parts.stream().mapToLong(Part::durationUs).sum();
    }

    private void lose(String why) {
        if (first != null && !broken) {
            out.lost(why);
        }
        broken = first != null;
        open = null;
    }
}
