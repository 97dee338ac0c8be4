package io.headwater.codec.hls;

import io.headwater.codec.CodecString;
import io.headwater.media.MediaKind;
import io.headwater.media.Track;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The multivariant playlist of a stream with one variant (RFC 8216bis, 4.4.6).
 *
 * @param tracks those of the newest init section
 * @param peakBitsPerSecond of the busiest segment
 * @param averageBitsPerSecond over all segments
 * @param frameRate pictures per second, 0 if unknown
 * @param independentSegments whether every segment starts with a keyframe
 */
public record MultivariantPlaylist(
        List<Track> tracks,
        long peakBitsPerSecond,
        long averageBitsPerSecond,
        double frameRate,
        boolean independentSegments) {
    public MultivariantPlaylist {
        tracks = List.copyOf(tracks);
    }

    /** @param mediaPlaylist URI of the media playlist, query included */
    public String render(String mediaPlaylist) {
        return render(mediaPlaylist, Container.FMP4);
    }

    /** The same for a playlist of segments in that container. */
    public String render(String mediaPlaylist, Container container) {
        int version = container == Container.FMP4 ? PlaylistWriter.VERSION : PlaylistWriter.TS_VERSION;
        StringBuilder out =
                new StringBuilder("#EXTM3U\n#EXT-X-VERSION:").append(version).append('\n');
        if (independentSegments) {
            out.append("#EXT-X-INDEPENDENT-SEGMENTS\n");
        }
        out.append("#EXT-X-STREAM-INF:BANDWIDTH=").append(Math.max(1, peakBitsPerSecond));
        out.append(",AVERAGE-BANDWIDTH=").append(Math.max(1, averageBitsPerSecond));
        String codecs =
                tracks.stream().map(CodecString::of).flatMap(Optional::stream).collect(Collectors.joining(","));
        if (!codecs.isEmpty()) {
            out.append(",CODECS=\"").append(codecs).append('"');
        }
        tracks.stream()
                .filter(track -> track.kind() == MediaKind.VIDEO && track.width() > 0 && track.height() > 0)
                .findFirst()
                .ifPresent(video -> resolution(out, video));
        return out.append('\n').append(mediaPlaylist).append('\n').toString();
    }

    private void resolution(StringBuilder out, Track video) {
        out.append(",RESOLUTION=").append(video.width()).append('x').append(video.height());
        if (frameRate > 0) {
            out.append(String.format(Locale.ROOT, ",FRAME-RATE=%.3f", frameRate));
        }
    }
}
