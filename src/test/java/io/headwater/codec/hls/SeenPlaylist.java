package io.headwater.codec.hls;

import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A media playlist as a player reads it, with what breaks the syntax. */
final class SeenPlaylist {
    private static final Pattern ATTRIBUTE = Pattern.compile("([A-Z0-9-]+)=(\"[^\"]*\"|[^,]*)");

    /** A part, by the name it is fetched with. */
    record SeenPart(String uri, long durationUs, boolean independent) {}

    /** A segment; the one that grows has no name yet. */
    record SeenSegment(
            @Nullable String uri,
            long durationUs,
            boolean discontinuity,
            boolean gap,
            @Nullable String map,
            long dateTimeMs,
            List<SeenPart> parts) {
        long partsUs() {
            return parts.stream().mapToLong(SeenPart::durationUs).sum();
        }
    }

    final List<String> problems = new ArrayList<>();
    final List<SeenSegment> segments = new ArrayList<>();
    final Map<String, String> control = new HashMap<>();
    int version;
    int targetS;
    long partTargetUs;
    long mediaSequence;
    long discontinuitySequence;
    int skipped;
    boolean ended;

    @Nullable
    String hint;

    private final List<SeenPart> parts = new ArrayList<>();
    private boolean discontinuity;
    private boolean gap;
    private @Nullable String map;
    private long dateTimeMs = -1;
    private long durationUs = -1;

    static SeenPlaylist read(String text) {
        SeenPlaylist playlist = new SeenPlaylist();
        if (!text.startsWith("#EXTM3U\n")) {
            playlist.problems.add("does not begin with #EXTM3U");
        }
        text.lines().forEach(playlist::line);
        if (!playlist.parts.isEmpty() || playlist.discontinuity) {
            playlist.close(null, 0);
        }
        return playlist;
    }

    private void line(String line) {
        int colon = line.indexOf(':');
        String value = colon < 0 ? "" : line.substring(colon + 1);
        if (!line.startsWith("#")) {
            if (line.isBlank()) {
                return;
            }
            if (durationUs < 0) {
                problems.add(line + " has no EXTINF");
            }
            close(line, durationUs);
            return;
        }
        switch (colon < 0 ? line : line.substring(0, colon)) {
            case "#EXT-X-VERSION" -> version = Integer.parseInt(value);
            case "#EXT-X-TARGETDURATION" -> targetS = Integer.parseInt(value);
            case "#EXT-X-MEDIA-SEQUENCE" -> mediaSequence = Long.parseLong(value);
            case "#EXT-X-DISCONTINUITY-SEQUENCE" -> discontinuitySequence = Long.parseLong(value);
            case "#EXT-X-SERVER-CONTROL" -> control.putAll(attributes(value));
            case "#EXT-X-PART-INF" -> partTargetUs = us(attribute(value, "PART-TARGET"));
            case "#EXT-X-SKIP" -> skipped = Integer.parseInt(attribute(value, "SKIPPED-SEGMENTS"));
            case "#EXT-X-MAP" -> map = attribute(value, "URI");
            case "#EXT-X-PROGRAM-DATE-TIME" ->
                dateTimeMs = OffsetDateTime.parse(value).toInstant().toEpochMilli();
            case "#EXT-X-DISCONTINUITY" -> discontinuity = true;
            case "#EXT-X-GAP" -> gap = true;
            case "#EXTINF" -> durationUs = us(value.substring(0, value.indexOf(',')));
            case "#EXT-X-PART" -> part(value);
            case "#EXT-X-PRELOAD-HINT" -> hint = attribute(value, "URI");
            case "#EXT-X-ENDLIST" -> ended = true;
            case "#EXTM3U", "#EXT-X-INDEPENDENT-SEGMENTS" -> {}
            default -> problems.add("unknown line " + line);
        }
    }

    private void part(String value) {
        Map<String, String> attributes = attributes(value);
        parts.add(new SeenPart(
                attributes.getOrDefault("URI", "?"),
                us(attributes.getOrDefault("DURATION", "0")),
                "YES".equals(attributes.get("INDEPENDENT"))));
    }

    private void close(@Nullable String uri, long us) {
        segments.add(new SeenSegment(uri, us, discontinuity, gap, map, dateTimeMs, List.copyOf(parts)));
        parts.clear();
        discontinuity = false;
        gap = false;
        dateTimeMs = -1;
        durationUs = -1;
    }

    private static String attribute(String value, String name) {
        return attributes(value).getOrDefault(name, "0");
    }

    private static Map<String, String> attributes(String value) {
        Map<String, String> attributes = new HashMap<>();
        Matcher each = ATTRIBUTE.matcher(value);
        while (each.find()) {
            attributes.put(each.group(1), each.group(2).replace("\"", ""));
        }
        return attributes;
    }

    static long us(String seconds) {
        return new BigDecimal(seconds).movePointRight(6).longValue();
    }
}
