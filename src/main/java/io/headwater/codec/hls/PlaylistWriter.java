package io.headwater.codec.hls;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes the text of one {@link MediaPlaylist}. */
final class PlaylistWriter {
    /** The version that has EXT-X-SKIP (RFC 8216bis, 8). */
    static final int VERSION = 9;
    /** The version that has fractions of a second; a device may refuse a higher one than it knows. */
    static final int TS_VERSION = 3;

    private static final DateTimeFormatter DATE_TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final MediaPlaylist playlist;
    private final Container container;
    private final String prefix;
    private final String suffix;
    private final StringBuilder out = new StringBuilder(4096);

    PlaylistWriter(MediaPlaylist playlist, Container container, String prefix, String suffix) {
        this.playlist = playlist;
        this.container = container;
        this.prefix = prefix;
        this.suffix = suffix;
    }

    /** @param skipped how many segments a delta update leaves out, 0 for a whole playlist */
    String write(int skipped) {
        head();
        if (skipped > 0) {
            line("#EXT-X-SKIP:SKIPPED-SEGMENTS=" + skipped);
        }
        int partsFrom = playlist.lowLatency()
                ? playlist.firstWithParts()
                : playlist.segments().size();
        for (int i = skipped; i < playlist.segments().size(); i++) {
            Segment segment = playlist.segments().get(i);
            if (!segment.complete() && !playlist.lowLatency()) {
                break;
            }
            between(i == 0 ? null : playlist.segments().get(i - 1), segment);
            if (i >= partsFrom) {
                segment.parts().forEach(this::part);
            }
            if (segment.complete()) {
                media(segment);
            }
        }
        if (playlist.lowLatency()) {
            playlist.preloadHint().ifPresent(part -> line("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"" + uri(part) + "\""));
        }
        if (playlist.ended()) {
            line("#EXT-X-ENDLIST");
        }
        return out.toString();
    }

    private void head() {
        line("#EXTM3U");
        line("#EXT-X-VERSION:" + (container == Container.FMP4 ? VERSION : TS_VERSION));
        line("#EXT-X-TARGETDURATION:" + playlist.targetDuration());
        if (container == Container.FMP4) {
            control();
        }
        line("#EXT-X-MEDIA-SEQUENCE:" + playlist.mediaSequence());
        if (playlist.discontinuitySequence() != 0) {
            line("#EXT-X-DISCONTINUITY-SEQUENCE:" + playlist.discontinuitySequence());
        }
    }

    /** What a server of the newer versions can do. */
    private void control() {
        String control = "#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=" + playlist.skipUntil() + ".0,HOLD-BACK="
                + playlist.holdBack() + ".0";
        if (playlist.lowLatency()) {
            line(control + ",CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=" + seconds(playlist.partHoldBackUs()));
            line("#EXT-X-PART-INF:PART-TARGET=" + seconds(playlist.partTargetUs()));
        } else {
            line(control);
        }
    }

    private void between(@Nullable Segment before, Segment segment) {
        boolean breaks = before != null && segment.breaksWith(before);
        if (breaks) {
            line("#EXT-X-DISCONTINUITY");
        }
        Mark mark = segment.mark();
        if (container == Container.FMP4 && (before == null || breaks)) {
            line("#EXT-X-MAP:URI=\"" + uri(new ResourceName.InitFile(segment.epoch(), mark.init())) + "\"");
        }
        line("#EXT-X-PROGRAM-DATE-TIME:" + DATE_TIME.format(Instant.ofEpochMilli(mark.programDateTimeMs())));
    }

    private void part(Part part) {
        String name = uri(new ResourceName.PartFile(part.epoch(), part.segment(), part.part()));
        line("#EXT-X-PART:DURATION=" + seconds(part.durationUs()) + ",URI=\"" + name + "\""
                + (part.independent() ? ",INDEPENDENT=YES" : ""));
    }

    private void media(Segment segment) {
        if (segment.gap()) {
            line("#EXT-X-GAP");
        }
        line("#EXTINF:" + seconds(segment.durationUs()) + ",");
        line(uri(container == Container.FMP4 ? segment.name() : segment.tsName()));
    }

    private String uri(ResourceName name) {
        return prefix + name + suffix;
    }

    /** Seconds with all six digits of the microseconds: sums stay exact. */
    static String seconds(long us) {
        String digits = Long.toString(us % 1_000_000 + 1_000_000).substring(1);
        return us / 1_000_000 + "." + digits;
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
