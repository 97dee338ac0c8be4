package io.headwater.gateway.hls;

import io.headwater.codec.hls.Init;
import io.headwater.codec.hls.Mark;
import io.headwater.codec.hls.NumberBase;
import io.headwater.codec.hls.ResourceName;
import io.headwater.codec.hls.Segment;
import io.headwater.media.Bytes;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The newest segments of one stream with their numbers, over all its epochs. Numbers rise by one from segment to segment,
 * whatever happens to the stream: what a node missed is a gap, and where too much is missing, or nobody knows how much,
 * the segments before are listed no more. Not safe for threads.
 */
final class Window {
    /** Segments that are not listed any more but may still be asked for. */
    private static final int AFTERGLOW = 3;
    /** Segments that are made up for what this node never had. */
    private static final int MOST_MISSED = 3;
    /** Inits that are kept; the tracks of a live stream change rarely. */
    private static final int MOST_INITS = 16;

    /** A file of a segment so far ahead of the newest complete one may be asked for by a player of another node. */
    private static final int NEAR = 2;

    private static final long MISSED_US = 2_000_000;

    /** A segment and its numbers. */
    record Numbered(long mediaSequence, long discontinuity, Segment segment) {}

    private final int listed;
    private final long mostBytes;
    private final Counters counters;
    private final Deque<Numbered> segments = new ArrayDeque<>();
    /** Listed until the numbers jumped: who was told of them before may still ask. */
    private final Deque<Numbered> letGo = new ArrayDeque<>();

    private final List<Segment> unnumbered = new ArrayList<>();
    private final Deque<Init> inits = new ArrayDeque<>();
    private long bytes;
    /** The base of the epoch that runs, and the one that counts for the segment that grows. */
    private @Nullable NumberBase base;

    private @Nullable NumberBase growingBase;
    private long epoch = -1;
    private @Nullable Segment growing;

    /** @param listed segments in a playlist */
    Window(int listed, long mostBytes, Counters counters) {
        this.listed = listed;
        this.mostBytes = mostBytes;
        this.counters = counters;
    }

    /** Another epoch begins after what was told so far. */
    void epoch(long next) {
        if (next != epoch) {
            epoch = next;
            base = null;
            growingBase = null;
            growing = null;
            unnumbered.clear();
        }
    }

    /** The frame before carried these numbers: of its epoch, from its segment on. */
    void base(NumberBase told, boolean startsSegment) {
        base = told;
        if (startsSegment || growingBase == null) {
            growingBase = told;
        }
        List<Segment> waiting = List.copyOf(unnumbered);
        unnumbered.clear();
        waiting.forEach(segment -> append(segment, told));
    }

    void init(Init init) {
        inits.addLast(init);
        if (inits.size() > MOST_INITS) {
            inits.removeFirst();
        }
    }

    /** A segment is complete, or will never be. */
    void add(Segment segment) {
        NumberBase with = growingBase == null ? base : growingBase;
        growingBase = null;
        growing = null;
        if (with != null) {
            append(segment, with);
        } else if (unnumbered.size() < listed) {
            unnumbered.add(segment);
        }
    }

    /** The segment that grows now, as far as it is. */
    void growing(Optional<Segment> now) {
        growing = now.orElse(null);
    }

    private void append(Segment segment, NumberBase with) {
        Numbered next = numbered(segment, with);
        if (!makeRoomFor(next)) {
            counters.increment(Metric.HLS_SEGMENTS_LATE);
            return;
        }
        segments.addLast(next);
        bytes += segment.length();
        trim();
    }

    private static Numbered numbered(Segment segment, NumberBase with) {
        return new Numbered(
                with.mediaSequence() + segment.mark().segment(),
                with.discontinuity() + segment.mark().discontinuity(),
                segment);
    }

    /** Sees to it that the last segment is the one before {@code next}; false if its number is taken. */
    private boolean makeRoomFor(Numbered next) {
        Numbered last = segments.peekLast();
        if (last == null) {
            return true;
        }
        long missed = next.mediaSequence() - last.mediaSequence() - 1;
        if (missed < 0) {
            return false;
        }
        boolean breaks = next.segment().breaksWith(last.segment());
        if (missed > MOST_MISSED || next.discontinuity() != last.discontinuity() + (breaks ? 1 : 0)) {
            counters.increment(Metric.HLS_WINDOWS_DROPPED);
            forgetLetGo();
            letGo.addAll(segments);
            segments.clear();
            return true;
        }
        for (long i = 1; i <= missed; i++) {
            segments.addLast(gapAfter(last, i));
        }
        return true;
    }

    private static Numbered gapAfter(Numbered last, long by) {
        Mark mark = last.segment().mark();
        long durationUs = Math.min(MISSED_US, mark.targetDurationS() * 1_000_000L);
        Mark gap = new Mark(
                mark.segment() + by,
                0,
                false,
                mark.discontinuity(),
                mark.init(),
                mark.programDateTimeMs() + by * durationUs / 1000,
                mark.targetDurationS(),
                mark.partTargetMs(),
                mark.audioTime(),
                mark.tracks());
        return new Numbered(
                last.mediaSequence() + by,
                last.discontinuity(),
                new Segment(last.segment().epoch(), gap, List.of(), durationUs, true, false, true));
    }

    private void forgetLetGo() {
        letGo.forEach(numbered -> bytes -= numbered.segment().length());
        letGo.clear();
    }

    private void trim() {
        if (segments.size() > AFTERGLOW || bytes > mostBytes) {
            forgetLetGo();
        }
        while (segments.size() > listed + AFTERGLOW || (bytes > mostBytes && segments.size() > 1)) {
            dropOldest();
        }
    }

    /** Keeps only what a player needs at least. */
    void shrink() {
        forgetLetGo();
        while (segments.size() > 3) {
            dropOldest();
        }
    }

    private void dropOldest() {
        bytes -= segments.removeFirst().segment().length();
    }

    /** What can be listed now: the newest complete segments, and the one that grows. */
    List<Numbered> listed() {
        Segment part = growing;
        NumberBase with = growingBase;
        Numbered last = part == null || with == null || part.parts().isEmpty() ? null : numbered(part, with);
        boolean fits = last != null && makeRoomFor(last);
        List<Numbered> list = new ArrayList<>(segments);
        if (fits) {
            list.add(last);
        }
        int most = listed + (fits ? 1 : 0);
        return list.size() <= most ? list : list.subList(list.size() - most, list.size());
    }

    Optional<Init> newestInit() {
        return Optional.ofNullable(inits.peekLast());
    }

    /** The bytes of a file, if it is here and will not change any more. */
    Optional<List<Bytes>> file(ResourceName name) {
        if (name.isGap()) {
            return Optional.of(List.of());
        }
        if (name instanceof ResourceName.InitFile file) {
            return inits.stream()
                    .filter(init -> init.epoch() == file.epoch() && init.init() == file.init())
                    .findFirst()
                    .map(init -> List.of(init.bytes()));
        } else if (name instanceof ResourceName.SegmentFile file) {
            return segment(file.epoch(), file.segment())
                    .filter(segment -> segment.complete() && !segment.cutShort() && !segment.gap())
                    .map(Segment::bytes);
        } else if (name instanceof ResourceName.ShortSegmentFile file) {
            return segment(file.epoch(), file.segment())
                    .filter(segment ->
                            file.parts() > 0 && file.parts() <= segment.parts().size())
                    .map(segment -> segment.bytes().subList(0, file.parts()));
        } else if (name instanceof ResourceName.TsFile file) {
            return segment(file.epoch(), file.segment())
                    .filter(segment -> segment.complete()
                            && !segment.gap()
                            && segment.tsName().equals(file))
                    .map(Segment::bytes);
        }
        ResourceName.PartFile file = (ResourceName.PartFile) name;
        return segment(file.epoch(), file.segment())
                .filter(segment -> file.part() < segment.parts().size())
                .map(segment -> List.of(segment.parts().get(file.part()).bytes()));
    }

    /** Whether a file that is not here may come within a moment: another node may be a little ahead. */
    boolean mayCome(ResourceName name) {
        if (name instanceof ResourceName.InitFile file) {
            return file.epoch() > epoch
                    || (file.epoch() == epoch && inits.stream().noneMatch(init -> init.epoch() == epoch));
        } else if (name instanceof ResourceName.SegmentFile file) {
            return mayCome(file.epoch(), file.segment());
        } else if (name instanceof ResourceName.ShortSegmentFile file) {
            return mayCome(file.epoch(), file.segment());
        } else if (name instanceof ResourceName.TsFile file) {
            return mayCome(file.epoch(), file.segment());
        }
        ResourceName.PartFile file = (ResourceName.PartFile) name;
        return mayCome(file.epoch(), file.segment());
    }

    private boolean mayCome(long inEpoch, long segment) {
        long newest = newestSegment();
        boolean near = newest < 0 || segment <= newest + NEAR;
        return inEpoch > epoch || (inEpoch == epoch && newest < segment && near);
    }

    /** The newest segment of the epoch that is complete, -1 if there is none. */
    private long newestSegment() {
        Numbered last = segments.peekLast();
        return last == null || last.segment().epoch() != epoch
                ? -1
                : last.segment().mark().segment();
    }

    private Optional<Segment> segment(long inEpoch, long number) {
        Segment part = growing;
        if (part != null && part.epoch() == inEpoch && part.mark().segment() == number) {
            return Optional.of(part);
        }
        return Stream.concat(segments.stream(), letGo.stream())
                .map(Numbered::segment)
                .filter(segment -> segment.epoch() == inEpoch && segment.mark().segment() == number)
                .findFirst();
    }

    /** Bytes of all parts that are kept. */
    long bytes() {
        return bytes;
    }
}
