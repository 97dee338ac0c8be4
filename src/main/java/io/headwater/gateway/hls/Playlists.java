package io.headwater.gateway.hls;

import io.headwater.codec.DecoderConfig;
import io.headwater.codec.hls.Container;
import io.headwater.codec.hls.Init;
import io.headwater.codec.hls.MediaPlaylist;
import io.headwater.codec.hls.MultivariantPlaylist;
import io.headwater.codec.hls.Segment;
import io.headwater.media.Track;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The playlists of one stream as its window is now; each text is written once for all who ask. Not safe for threads. */
final class Playlists {
    private static final int USUAL_TARGET_S = 2;
    /** A client may ask for so many segments after the last (RFC 8216bis, 6.2.5.2). */
    private static final int MOST_AHEAD = 2;
    /** Parts ahead of the newest may last so long; at least so many (the same). */
    private static final double ADVANCE_PARTS = 3;

    private final Window window;
    private final Container container;
    private final boolean lowLatency;
    private @Nullable MediaPlaylist now;
    private @Nullable Rendition whole;
    private @Nullable Rendition delta;
    private int targetDurationS;

    Playlists(Window window, Container container, boolean lowLatency) {
        this.window = window;
        this.container = container;
        this.lowLatency = lowLatency;
    }

    /** The window changed. */
    void update(boolean ended) {
        whole = null;
        delta = null;
        List<Window.Numbered> listed = window.listed();
        if (listed.isEmpty()) {
            now = null;
            return;
        }
        MediaPlaylist next = new MediaPlaylist(
                listed.get(0).mediaSequence(),
                listed.get(0).discontinuity(),
                targetDurationS,
                listed.stream().map(Window.Numbered::segment).toList(),
                lowLatency,
                ended);
        targetDurationS = next.targetDuration();
        now = next;
    }

    boolean isEmpty() {
        return now == null;
    }

    int targetDurationS() {
        return targetDurationS == 0 ? USUAL_TARGET_S : targetDurationS;
    }

    /** Nothing before there is anything to play. */
    Optional<Rendition> multivariant(String mediaPlaylist) {
        MediaPlaylist playlist = now;
        Optional<Init> init = window.newestInit();
        if (playlist == null || init.isEmpty()) {
            return Optional.empty();
        }
        long peak = 0;
        long bits = 0;
        long us = 0;
        boolean independent = true;
        for (Segment segment : playlist.segments()) {
            if (!segment.gap() && segment.durationUs() > 0) {
                long length = segment.length() * 8;
                peak = Math.max(peak, length * 1_000_000 / segment.durationUs());
                bits += length;
                us += segment.durationUs();
                independent &= segment.mark().independent();
            }
        }
        long average = us == 0 ? 0 : bits * 1_000_000 / us;
        List<Track> tracks = init.get().tracks();
        // what frames show depends on when this node began; what the encoder promises is the same on every node
        double rate = tracks.stream()
                .mapToDouble(DecoderConfig::frameRate)
                .filter(promised -> promised > 0)
                .findFirst()
                .orElse(0);
        MultivariantPlaylist made = new MultivariantPlaylist(tracks, peak, average, rate, independent);
        return Optional.of(new Rendition(() -> made.render(mediaPlaylist, container)));
    }

    /** The media playlist, a refusal, or nothing for not yet. */
    Optional<Reply> media(HlsRequest.Reload reload, String suffix) {
        MediaPlaylist playlist = now;
        if (playlist == null) {
            return Optional.empty();
        }
        if (playlist.ended()) {
            return Optional.of(answer(playlist, reload, suffix));
        }
        if (!reload.blocking()) {
            boolean any = playlist.segments().stream().anyMatch(segment -> segment.complete() && !segment.gap());
            return any ? Optional.of(answer(playlist, reload, suffix)) : Optional.empty();
        }
        if (tooFar(playlist, reload)) {
            return Optional.of(new Reply.Refused(
                    400, "segment " + reload.msn() + " is too far ahead, the newest is " + newest(playlist)));
        }
        return has(playlist, reload) ? Optional.of(answer(playlist, reload, suffix)) : Optional.empty();
    }

    /** A part behind the last of a segment is the first of the next one. */
    private static boolean has(MediaPlaylist playlist, HlsRequest.Reload reload) {
        long index = reload.msn() - playlist.mediaSequence();
        if (reload.part() >= 0 && index >= 0 && index < playlist.segments().size()) {
            Segment asked = playlist.segments().get((int) index);
            if (asked.complete() && reload.part() >= asked.parts().size()) {
                return playlist.has(reload.msn() + 1, 0);
            }
        }
        return playlist.has(reload.msn(), reload.part());
    }

    private static long newest(MediaPlaylist playlist) {
        return playlist.mediaSequence() + playlist.segments().size() - 1;
    }

    private static boolean tooFar(MediaPlaylist playlist, HlsRequest.Reload reload) {
        long newest = newest(playlist);
        Segment last = playlist.segments().get(playlist.segments().size() - 1);
        double advance = Math.max(ADVANCE_PARTS, ADVANCE_PARTS * 1e6 / playlist.partTargetUs());
        return reload.msn() > newest + MOST_AHEAD
                || (reload.msn() == newest
                        && !last.complete()
                        && reload.part() > last.parts().size() + advance);
    }

    private Reply answer(MediaPlaylist playlist, HlsRequest.Reload reload, String suffix) {
        Reply.Freshness freshness = reload.blocking() ? Reply.Freshness.UPDATE : Reply.Freshness.NEWEST;
        if (!suffix.isEmpty()) {
            return new Reply.Playlist(
                    new Rendition(() -> text(playlist, reload.skip(), suffix)), Reply.Freshness.PERSONAL);
        }
        return new Reply.Playlist(reload.skip() ? delta(playlist) : whole(playlist), freshness);
    }

    private String text(MediaPlaylist playlist, boolean skip, String suffix) {
        if (container == Container.MPEG_TS) {
            return playlist.renderTs("", suffix);
        }
        return skip ? playlist.renderDelta("", suffix) : playlist.render("", suffix);
    }

    private Rendition whole(MediaPlaylist playlist) {
        Rendition made = whole;
        if (made == null) {
            made = new Rendition(() -> text(playlist, false, ""));
            whole = made;
        }
        return made;
    }

    private Rendition delta(MediaPlaylist playlist) {
        Rendition made = delta;
        if (made == null) {
            made = new Rendition(() -> text(playlist, true, ""));
            delta = made;
        }
        return made;
    }
}
