package io.headwater.codec.hls;

import io.headwater.codec.hls.SeenPlaylist.SeenPart;
import io.headwater.codec.hls.SeenPlaylist.SeenSegment;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says which rules of RFC 8216bis a row of media playlists breaks, as one player gets them one after the other, from
 * whichever node.
 *
 * <p>As a program: {@code PlaylistChecker URL SECONDS} reloads the playlist as a low-latency player does, every second
 * time as a delta update, and ends with 1 if a rule was broken.
 */
public final class PlaylistChecker {
    private static final int MOST_PROBLEMS = 1000;
    /** Durations are exact; program date-times are drawn to the clock by a millisecond a segment. */
    private static final long DATE_TIME_SLACK_MS = 3;

    private static final double LEAST_OF_PART_TARGET = 0.85;

    private final List<String> problems = new ArrayList<>();
    private final List<SeenSegment> known = new ArrayList<>();
    private @Nullable SeenPlaylist last;
    private long knownFrom;
    private int seen;
    private long longestPartUs;
    private boolean learning;

    /** What was broken so far, at most a thousand lines. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    public int playlists() {
        return seen;
    }

    /** Number of the segment after the last complete one. */
    public long endSequence() {
        long end = knownFrom + known.size();
        return !known.isEmpty() && known.get(known.size() - 1).uri() == null ? end - 1 : end;
    }

    /** How many parts the growing segment has. */
    public int growingParts() {
        SeenSegment end = known.isEmpty() ? null : known.get(known.size() - 1);
        return end == null || end.uri() != null ? 0 : end.parts().size();
    }

    /** The number of discontinuities up to the end. */
    public long discontinuities() {
        long count = last == null ? 0 : last.discontinuitySequence;
        return count + known.stream().filter(SeenSegment::discontinuity).count();
    }

    /** The next playlist, a delta update or a whole one. */
    public void playlist(String text) {
        seen++;
        SeenPlaylist playlist = SeenPlaylist.read(text);
        playlist.problems.forEach(this::problem);
        List<SeenSegment> segments = whole(playlist);
        head(playlist);
        // the first segment after a break is where the frame rate is learned, and the one before had another
        learning = segments.stream()
                .anyMatch(segment -> !segment.parts().isEmpty() && (segment.discontinuity() || startsEpoch(segment)));
        for (int i = 0; i < segments.size(); i++) {
            segment(playlist, segments, i);
        }
        if (last != null) {
            follows(last, playlist, segments);
        }
        last = playlist;
        known.clear();
        known.addAll(segments);
        knownFrom = playlist.mediaSequence;
    }

    /** Fills in what a delta update skips. */
    private List<SeenSegment> whole(SeenPlaylist playlist) {
        if (playlist.skipped == 0) {
            return playlist.segments;
        }
        List<SeenSegment> segments = new ArrayList<>();
        for (int i = 0; i < playlist.skipped; i++) {
            long at = playlist.mediaSequence + i - knownFrom;
            if (at < 0 || at >= known.size()) {
                problem("a delta update skips segment " + (playlist.mediaSequence + i)
                        + ", which was not there before");
                return playlist.segments;
            }
            segments.add(known.get((int) at));
        }
        String map = segments.get(segments.size() - 1).map();
        for (SeenSegment segment : playlist.segments) {
            segments.add(
                    segment.map() != null
                            ? segment
                            : new SeenSegment(
                                    segment.uri(),
                                    segment.durationUs(),
                                    segment.discontinuity(),
                                    segment.gap(),
                                    map,
                                    segment.dateTimeMs(),
                                    segment.parts()));
        }
        return segments;
    }

    private void head(SeenPlaylist playlist) {
        check(playlist.version >= 9, "version is " + playlist.version + ", expected 9 or more");
        check(playlist.targetS > 0, "no target duration");
        attribute(playlist, "HOLD-BACK", 3_000_000L * playlist.targetS);
        attribute(playlist, "CAN-SKIP-UNTIL", 6_000_000L * playlist.targetS);
        if (playlist.partTargetUs > 0) {
            attribute(playlist, "PART-HOLD-BACK", 3 * playlist.partTargetUs);
            check("YES".equals(playlist.control.get("CAN-BLOCK-RELOAD")), "parts without CAN-BLOCK-RELOAD");
            check(playlist.ended == (playlist.hint == null), "a preload hint is " + playlist.hint);
        }
    }

    private void attribute(SeenPlaylist playlist, String name, long leastUs) {
        String value = playlist.control.get(name);
        if (value != null) {
            check(SeenPlaylist.us(value) >= leastUs, name + " is " + value + ", expected " + leastUs + " us or more");
        } else {
            check(!name.equals("PART-HOLD-BACK"), name + " is not there");
        }
    }

    private void segment(SeenPlaylist playlist, List<SeenSegment> segments, int index) {
        SeenSegment segment = segments.get(index);
        String name = "segment " + (playlist.mediaSequence + index);
        check(segment.map() != null, name + " has no EXT-X-MAP");
        if (segment.uri() == null) {
            check(index == segments.size() - 1, name + " has no name");
        } else {
            check(
                    Math.round(segment.durationUs() / 1e6) <= playlist.targetS,
                    name + " lasts " + segment.durationUs() + " us, target " + playlist.targetS + " s");
            check(
                    segment.parts().isEmpty() || segment.gap() || segment.partsUs() == segment.durationUs(),
                    name + " lasts " + segment.durationUs() + " us, its parts " + segment.partsUs());
        }
        for (int i = 0; i < segment.parts().size(); i++) {
            part(playlist, segment, i, name);
        }
        SeenSegment before = index == 0 ? null : segments.get(index - 1);
        if (before != null && !segment.discontinuity()) {
            check(Objects.equals(before.map(), segment.map()), name + " has another EXT-X-MAP without a discontinuity");
        }
        check(segment.dateTimeMs() > 0, name + " has no program date-time");
        if (before != null && !segment.discontinuity() && !before.gap() && !segment.gap()) {
            long off = segment.dateTimeMs() - before.dateTimeMs() - before.durationUs() / 1000;
            check(Math.abs(off) <= DATE_TIME_SLACK_MS, name + ": program date-time is off by " + off + " ms");
        }
    }

    private void part(SeenPlaylist playlist, SeenSegment segment, int index, String name) {
        SeenPart part = segment.parts().get(index);
        longestPartUs = Math.max(longestPartUs, part.durationUs());
        check(
                part.durationUs() <= playlist.partTargetUs,
                name + " part " + index + " lasts " + part.durationUs() + " us, target " + playlist.partTargetUs);
        boolean last = index == segment.parts().size() - 1 || learning;
        check(
                last || part.durationUs() >= LEAST_OF_PART_TARGET * playlist.partTargetUs,
                name + " part " + index + " lasts only " + part.durationUs() + " us, target " + playlist.partTargetUs);
    }

    private static boolean startsEpoch(SeenSegment segment) {
        return segment.parts().get(0).uri().matches(".*/0\\.0\\.[^/]*");
    }

    private void follows(SeenPlaylist before, SeenPlaylist playlist, List<SeenSegment> segments) {
        check(playlist.targetS >= before.targetS, "target duration fell to " + playlist.targetS);
        long from = playlist.mediaSequence;
        long end = from + segments.size();
        check(from >= knownFrom, "media sequence fell from " + knownFrom + " to " + from);
        check(
                end >= knownFrom + known.size(),
                "ends with segment " + (end - 1) + " after " + (knownFrom + known.size() - 1));
        check(!before.ended || playlist.ended, "goes on after its end");
        long removed = 0;
        boolean tagOfFirst = false;
        for (int i = 0; i < known.size(); i++) {
            long sequence = knownFrom + i;
            if (sequence < from) {
                removed += known.get(i).discontinuity() ? 1 : 0;
            } else if (sequence < end) {
                tagOfFirst |= sequence == from && known.get(i).discontinuity();
                same(sequence, known.get(i), segments.get((int) (sequence - from)), sequence == from);
            }
        }
        if (from > knownFrom + known.size()) {
            return;
        }
        long expected = before.discontinuitySequence + removed;
        if (tagOfFirst && playlist.discontinuitySequence == expected + 1) {
            // the tag in front of the first segment may go before the segment does
            segments.set(0, withoutDiscontinuity(segments.get(0)));
            return;
        }
        check(
                playlist.discontinuitySequence == expected,
                "discontinuity sequence went from " + before.discontinuitySequence + " to "
                        + playlist.discontinuitySequence + ", " + removed + " were removed");
    }

    private static SeenSegment withoutDiscontinuity(SeenSegment segment) {
        return new SeenSegment(
                segment.uri(),
                segment.durationUs(),
                false,
                segment.gap(),
                segment.map(),
                segment.dateTimeMs(),
                segment.parts());
    }

    private void same(long sequence, SeenSegment before, SeenSegment now, boolean first) {
        String name = "segment " + sequence;
        check(first || before.discontinuity() == now.discontinuity(), name + ": discontinuity changed");
        if (before.gap() || now.gap()) {
            return;
        }
        check(Objects.equals(before.map(), now.map()), name + ": EXT-X-MAP changed");
        check(before.dateTimeMs() == now.dateTimeMs(), name + ": program date-time changed");
        if (before.uri() != null) {
            check(Objects.equals(before.uri(), now.uri()), name + " was " + before.uri() + ", is " + now.uri());
            check(before.durationUs() == now.durationUs(), name + ": duration changed");
        }
        int common = Math.min(before.parts().size(), now.parts().size());
        check(
                before.parts().subList(0, common).equals(now.parts().subList(0, common)),
                name + ": parts changed from " + before.parts() + " to " + now.parts());
        boolean grew =
                before.uri() != null || now.parts().size() >= before.parts().size();
        check(grew, name + " lost parts");
    }

    private void check(boolean holds, String problem) {
        if (!holds) {
            problem(problem);
        }
    }

    private void problem(String text) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add("playlist " + seen + ": " + text);
        }
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 2) {
            System.err.println("usage: PlaylistChecker URL SECONDS");
            System.exit(2);
        }
        PlaylistChecker checker = new PlaylistChecker();
        HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
        long end = System.nanoTime() + Long.parseLong(arguments[1]) * 1_000_000_000L;
        int told = 0;
        while (System.nanoTime() < end) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create(arguments[0] + checker.query(arguments[0])))
                            .timeout(Duration.ofSeconds(30))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 200) {
                checker.playlist(answer.body());
            } else {
                checker.problem("status " + answer.statusCode());
                Thread.sleep(1000);
            }
            for (; told < checker.problems.size(); told++) {
                System.out.println(checker.problems.get(told));
            }
        }
        System.out.println(checker.seen + " playlists up to segment " + checker.endSequence() + ", "
                + checker.discontinuities() + " discontinuities, longest part " + checker.longestPartUs + " us, "
                + checker.problems.size() + " problems");
        System.exit(checker.problems.isEmpty() ? 0 : 1);
    }

    /** Asks for the part after the last one. */
    private String query(String url) {
        if (last == null) {
            return "";
        }
        return (url.contains("?") ? "&" : "?") + "_HLS_msn=" + endSequence() + "&_HLS_part=" + growingParts()
                + (seen % 2 == 0 ? "&_HLS_skip=YES" : "");
    }
}
