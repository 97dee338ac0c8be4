package io.headwater.codec.hls;

import java.util.List;
import java.util.Optional;

/**
 * The media playlist of a stream at one moment (RFC 8216bis). The same values give the same text.
 *
 * @param mediaSequence number of the first segment
 * @param discontinuitySequence number of discontinuities before the first segment
 * @param targetDurationS what was announced before, so that it never falls; 0 for nothing
 * @param segments in order; the last may be incomplete, and is left out as long as it has no part
 * @param lowLatency whether parts and what belongs to them are written
 * @param ended whether nothing will follow
 */
public record MediaPlaylist(
        long mediaSequence,
        long discontinuitySequence,
        int targetDurationS,
        List<Segment> segments,
        boolean lowLatency,
        boolean ended) {
    /** Parts are listed as long as they are this many target durations from the end at most (6.2.2). */
    private static final int PARTS_FOR_TARGETS = 3;
    /** Nothing closer to the end is skipped (4.4.3.8, CAN-SKIP-UNTIL). */
    private static final int SKIP_UNTIL_TARGETS = 6;

    private static final int HOLD_BACK_TARGETS = 3;
    /** The least that is allowed; players add what they see of jitter. */
    private static final int PART_HOLD_BACK_TARGETS = 3;

    public MediaPlaylist {
        int last = segments.size() - 1;
        boolean empty = last >= 0
                && !segments.get(last).complete()
                && segments.get(last).parts().isEmpty();
        segments = List.copyOf(empty ? segments.subList(0, last) : segments);
    }

    /**
     * The whole playlist.
     *
     * @param prefix in front of every {@link ResourceName}
     * @param suffix behind every one, such as {@code ?session=1}; may be empty
     */
    public String render(String prefix, String suffix) {
        return new PlaylistWriter(this, Container.FMP4, prefix, suffix).write(0);
    }

    /** The playlist without what a player has that reloads in time, or the whole one if nothing can be skipped. */
    public String renderDelta(String prefix, String suffix) {
        return new PlaylistWriter(this, Container.FMP4, prefix, suffix).write(skippable());
    }

    /** The plain playlist of the same segments as transport streams, see {@link Container#MPEG_TS}. */
    public String renderTs(String prefix, String suffix) {
        return new PlaylistWriter(
                        new MediaPlaylist(
                                mediaSequence, discontinuitySequence, targetDurationS, segments, false, ended),
                        Container.MPEG_TS,
                        prefix,
                        suffix)
                .write(0);
    }

    /** EXT-X-TARGETDURATION. */
    public int targetDuration() {
        long longest = targetDurationS;
        for (Segment segment : segments) {
            longest = Math.max(longest, segment.mark().targetDurationS());
            longest = Math.max(longest, Math.round(segment.durationUs() / 1e6));
        }
        return (int) Math.max(1, longest);
    }

    /** PART-TARGET in microseconds: the segmenter's, or the longest part listed if one had to be longer. */
    public long partTargetUs() {
        long target = segments.isEmpty()
                ? SegmenterSettings.DEFAULT.partUs()
                : segments.get(segments.size() - 1).mark().partTargetMs() * 1000L;
        int from = firstWithParts();
        for (Segment segment : segments.subList(from, segments.size())) {
            for (Part part : segment.parts()) {
                target = Math.max(target, part.durationUs());
            }
        }
        return target;
    }

    /** PART-HOLD-BACK in microseconds. */
    public long partHoldBackUs() {
        return PART_HOLD_BACK_TARGETS * partTargetUs();
    }

    /** HOLD-BACK in seconds. */
    public int holdBack() {
        return HOLD_BACK_TARGETS * targetDuration();
    }

    /** CAN-SKIP-UNTIL in seconds. */
    public int skipUntil() {
        return SKIP_UNTIL_TARGETS * targetDuration();
    }

    /** What comes next, if it is known that something does. */
    public Optional<ResourceName.PartFile> preloadHint() {
        if (ended || segments.isEmpty()) {
            return Optional.empty();
        }
        Segment last = segments.get(segments.size() - 1);
        return Optional.of(
                last.complete()
                        ? new ResourceName.PartFile(last.epoch(), last.mark().segment() + 1, 0)
                        : new ResourceName.PartFile(
                                last.epoch(),
                                last.mark().segment(),
                                last.parts().size()));
    }

    /**
     * Whether it answers a blocking reload (6.2.5.2): has segment {@code msn}, or with {@code part} 0 or more at least
     * that part of it, or what comes after it.
     *
     * @param part -1 for the whole segment
     */
    public boolean has(long msn, int part) {
        long end = mediaSequence + segments.size();
        if (segments.isEmpty() || msn >= end) {
            return false;
        }
        if (msn < end - 1) {
            return true;
        }
        Segment last = segments.get(segments.size() - 1);
        return last.complete() || (part >= 0 && part < last.parts().size());
    }

    /** Index of the first segment whose parts are listed. */
    int firstWithParts() {
        long limitUs = 1_000_000L * PARTS_FOR_TARGETS * targetDuration();
        long fromEndUs = 0;
        int first = segments.size();
        while (first > 0 && fromEndUs < limitUs) {
            fromEndUs += segments.get(--first).durationUs();
        }
        return first;
    }

    /** How many segments from the front are further from the end than CAN-SKIP-UNTIL. */
    private int skippable() {
        long limitUs = 1_000_000L * skipUntil();
        long fromEndUs = 0;
        int first = segments.size();
        while (first > 0 && fromEndUs < limitUs) {
            fromEndUs += segments.get(--first).durationUs();
        }
        return first;
    }
}
