package io.headwater.multijvm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A low-latency HLS player that goes to the next of its nodes at every request, and plays nothing. */
final class HlsClient {
    private static final Pattern URI_ATTRIBUTE = Pattern.compile("URI=\"([^\"]+)\"");
    private static final Duration LIMIT = Duration.ofSeconds(25);

    private final HttpClient http = HttpClient.newHttpClient();
    private final String folder;
    private List<NodeProcess> nodes;
    private int turn;

    HlsClient(String stream, List<NodeProcess> nodes) {
        String[] key = stream.split("/", 2);
        this.folder = "/" + key[0] + "/streams/" + key[1];
        this.nodes = List.copyOf(nodes);
    }

    /** Those it goes to from now on. */
    void nodes(List<NodeProcess> now) {
        nodes = List.copyOf(now);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(int status, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** One segment of a playlist; the last may have parts alone. */
    record Listed(long number, boolean discontinuity, boolean gap, String init, List<String> parts, String uri) {
        boolean complete() {
            return !uri.isEmpty();
        }
    }

    record Playlist(long mediaSequence, long discontinuitySequence, List<Listed> segments) {
        Listed last() {
            return segments.get(segments.size() - 1);
        }

        /** What to wait for. */
        String next() {
            Listed last = last();
            return last.complete()
                    ? "?_HLS_msn=" + (last.number() + 1) + "&_HLS_part=0"
                    : "?_HLS_msn=" + last.number() + "&_HLS_part="
                            + last.parts().size();
        }
    }

    String multivariant() {
        return expect(".m3u8").text();
    }

    Playlist playlist(String query) {
        return playlist("/media.m3u8", query);
    }

    Playlist playlist(String name, String query) {
        return parse(expect(name + query).text());
    }

    byte[] file(String uri) {
        return expect("/" + uri).body();
    }

    private Answer expect(String path) {
        NodeProcess node = nodes.get(turn++ % nodes.size());
        Answer answer = get(node, path);
        if (answer.status() != 200) {
            throw new AssertionError(node + " answers " + answer.status() + " to " + path + ": " + answer.text());
        }
        return answer;
    }

    /** The next playlist, or the old one if there is none yet; for a stream that stands still for a while. */
    Playlist playlistOr(Playlist old, String query) {
        Answer answer = get(nodes.get(turn++ % nodes.size()), "/media.m3u8" + query);
        return answer.status() == 200 ? parse(answer.text()) : old;
    }

    Answer get(NodeProcess node, String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://" + node.host() + ":" + node.port("http") + folder + path))
                    .timeout(LIMIT)
                    .GET()
                    .build();
            HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException e) {
            return new Answer(0, String.valueOf(e).getBytes(StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static Playlist parse(String text) {
        long mediaSequence = 0;
        long discontinuitySequence = 0;
        List<Listed> segments = new ArrayList<>();
        boolean discontinuity = false;
        boolean gap = false;
        String init = "";
        List<String> parts = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.startsWith("#EXT-X-MEDIA-SEQUENCE:")) {
                mediaSequence = Long.parseLong(line.substring(line.indexOf(':') + 1));
            } else if (line.startsWith("#EXT-X-DISCONTINUITY-SEQUENCE:")) {
                discontinuitySequence = Long.parseLong(line.substring(line.indexOf(':') + 1));
            } else if (line.equals("#EXT-X-DISCONTINUITY")) {
                discontinuity = true;
            } else if (line.equals("#EXT-X-GAP")) {
                gap = true;
            } else if (line.startsWith("#EXT-X-MAP:")) {
                init = uri(line);
            } else if (line.startsWith("#EXT-X-PART:")) {
                parts.add(uri(line));
            } else if (!line.startsWith("#") && !line.isBlank()) {
                segments.add(new Listed(
                        mediaSequence + segments.size(), discontinuity, gap, init, List.copyOf(parts), line));
                parts.clear();
                discontinuity = false;
                gap = false;
            }
        }
        if (!parts.isEmpty()) {
            segments.add(new Listed(mediaSequence + segments.size(), discontinuity, gap, init, List.copyOf(parts), ""));
        }
        return new Playlist(mediaSequence, discontinuitySequence, segments);
    }

    private static String uri(String line) {
        Matcher attribute = URI_ATTRIBUTE.matcher(line);
        if (!attribute.find()) {
            throw new AssertionError(line);
        }
        return attribute.group(1);
    }

    static byte[] joined(List<byte[]> pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        pieces.forEach(all::writeBytes);
        return all.toByteArray();
    }
}
