package io.headwater.gateway.hls;

import io.headwater.media.Bytes;
import io.headwater.net.Encodings;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.util.ByteString;

/** Replies as HTTP: types, caching, compression, ranges, and who else may read them. */
final class Http {
    private static final ContentType PLAYLIST =
            ContentTypes.create(MediaTypes.applicationBinary("vnd.apple.mpegurl", false));
    private static final ContentType VIDEO = ContentTypes.create(MediaTypes.VIDEO_MP4);
    private static final ContentType AUDIO = ContentTypes.create(MediaTypes.customBinary("audio", "mp4", false));

    private static final ContentType TRANSPORT_STREAM =
            ContentTypes.create(MediaTypes.customBinary("video", "mp2t", false));

    private static final HttpHeader FOREVER = header("Cache-Control", "public, max-age=31536000, immutable");
    private static final HttpHeader WHILE = header("Cache-Control", "private, max-age=60");
    private static final HttpHeader MOMENT = header("Cache-Control", "max-age=1");
    private static final HttpHeader UPDATE = header("Cache-Control", "max-age=10");
    private static final HttpHeader NEVER = header("Cache-Control", "no-store");
    private static final HttpHeader RANGES = header("Accept-Ranges", "bytes");
    private static final HttpHeader GZIP = header("Content-Encoding", "gzip");
    private static final HttpHeader VARY = header("Vary", "Accept-Encoding");
    private static final HttpHeader VARY_BY_VIEWER = header("Vary", "Authorization");
    private static final HttpHeader ALLOW = header("Allow", "GET, HEAD, OPTIONS");
    private static final HttpHeader RETRY = header("Retry-After", "1");

    private final List<HttpHeader> origin;

    /** @param allowOrigin whose pages may read the answers; empty for none */
    Http(String allowOrigin) {
        origin = allowOrigin.isEmpty() ? List.of() : List.of(header("Access-Control-Allow-Origin", allowOrigin));
    }

    /** @param open whether everybody may have it; else only the viewer's own player may keep it, and not for long */
    HttpResponse response(HttpRequest request, Reply reply, boolean open) {
        HttpResponse response;
        if (reply instanceof Reply.Playlist playlist) {
            response = playlist(request, playlist, open);
        } else if (reply instanceof Reply.File file) {
            response = file(request, file, open);
        } else if (reply instanceof Reply.Preflight) {
            response = preflight();
        } else if (reply instanceof Reply.Elsewhere elsewhere) {
            response = refused(new Reply.Refused(307, elsewhere.reason()))
                    .addHeader(header("Location", elsewhere.address()));
        } else {
            response = refused((Reply.Refused) reply);
        }
        return response.addHeaders(origin);
    }

    private static HttpResponse playlist(HttpRequest request, Reply.Playlist playlist, boolean open) {
        List<String> accepted = new ArrayList<>();
        request.getHeaders().forEach(header -> {
            if (header.is("accept-encoding")) {
                accepted.add(header.value());
            }
        });
        boolean gzip = Encodings.accepts(accepted, "gzip");
        Bytes body = gzip ? playlist.text().compressed() : playlist.text().plain();
        HttpResponse response = HttpResponse.create()
                .withEntity(HttpEntities.create(PLAYLIST, byteString(body)))
                .addHeader(VARY)
                .addHeader(open ? freshness(playlist) : NEVER);
        return gzip ? response.addHeader(GZIP) : response;
    }

    private static HttpHeader freshness(Reply.Playlist playlist) {
        return switch (playlist.freshness()) {
            case UPDATE -> UPDATE;
            case NEWEST -> MOMENT;
            case PERSONAL -> NEVER;
        };
    }

    private static HttpResponse file(HttpRequest request, Reply.File file, boolean open) {
        ContentType type = switch (file.kind()) {
            case VIDEO -> VIDEO;
            case AUDIO -> AUDIO;
            case TRANSPORT_STREAM -> TRANSPORT_STREAM;
        };
        ByteString body = ByteString.emptyByteString();
        for (Bytes bytes : file.bytes()) {
            body = body.concat(byteString(bytes));
        }
        HttpResponse response = HttpResponse.create().addHeader(RANGES);
        response =
                open ? response.addHeader(FOREVER) : response.addHeader(WHILE).addHeader(VARY_BY_VIEWER);
        String asked = request.getHeader("Range").map(HttpHeader::value).orElse("");
        ByteRange range = ByteRange.of(asked, body.size());
        if (range.equals(ByteRange.WHOLE)) {
            return response.withEntity(HttpEntities.create(type, body));
        }
        if (range.isEmpty()) {
            return HttpResponse.create()
                    .withStatus(416)
                    .addHeader(header("Content-Range", "bytes */" + body.size()))
                    .addHeader(NEVER);
        }
        return response.withStatus(206)
                .addHeader(header("Content-Range", "bytes " + range.from() + "-" + range.to() + "/" + body.size()))
                .withEntity(HttpEntities.create(type, body.slice(range.from(), range.to() + 1)));
    }

    private static HttpResponse preflight() {
        return HttpResponse.create()
                .withStatus(204)
                .addHeader(ALLOW)
                .addHeader(header("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"))
                .addHeader(header("Access-Control-Allow-Headers", "Range, Authorization"))
                .addHeader(header("Access-Control-Max-Age", "86400"));
    }

    private static HttpResponse refused(Reply.Refused refused) {
        String message = refused.reason().replaceAll("[^\\x20-\\x7e]|[\"\\\\]", "?");
        HttpResponse response = HttpResponse.create()
                .withStatus(refused.status())
                .withEntity(ContentTypes.APPLICATION_JSON, "{\"success\":false,\"message\":\"" + message + "\"}")
                .addHeader(NEVER);
        return switch (refused.status()) {
            case 405 -> response.addHeader(ALLOW);
            case 503 -> response.addHeader(RETRY);
            default -> response;
        };
    }

    private static ByteString byteString(Bytes bytes) {
        return ByteString.fromArrayUnsafe(bytes.array(), bytes.offset(), bytes.length());
    }

    /** {@code ?a=b&c=d}, or nothing. */
    static String query(Map<String, String> parameters) {
        return parameters.isEmpty()
                ? ""
                : parameters.entrySet().stream()
                        .map(one -> encoded(one.getKey()) + "=" + encoded(one.getValue()))
                        .collect(Collectors.joining("&", "?", ""));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static HttpHeader header(String name, String value) {
        return RawHeader.create(name, value);
    }
}
