package io.headwater.gateway.httpflv;

import io.headwater.media.StreamKey;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Base64;
import java.util.Optional;

/** What a request's head asks for. */
sealed interface LiveRequest {

    /**
     * The stream as a response body.
     *
     * @param headOnly for the response's head alone
     * @param chunked whether the client understands chunks, as all but those of HTTP/1.0 do
     */
    record Play(StreamKey key, Credentials credentials, boolean headOnly, boolean chunked) implements LiveRequest {}

    /** The stream in a WebSocket. */
    record Upgrade(StreamKey key, Credentials credentials, String webSocketKey) implements LiveRequest {}

    /** What a browser asks before it lets a page of another origin read (Fetch standard, CORS preflight). */
    record Preflight() implements LiveRequest {}

    /**
     * A request that cannot be served.
     *
     * @param stream what it named, or empty
     * @param reason one line for the client
     * @param lastOnConnection whether what follows on the connection cannot be told from this request
     */
    record Refused(HttpResponseStatus status, String stream, String reason, boolean lastOnConnection)
            implements LiveRequest {}

    String SUFFIX = ".flv";
    String EXPECTED = "expected /{app}/{streamId}.flv";

    /** Decides from the head alone. */
    static LiveRequest of(HttpRequest request, String allowOrigin) {
        if (request.decoderResult().isFailure()) {
            return unreadable(request.decoderResult().cause());
        }
        if (HttpUtil.isTransferEncodingChunked(request) || hasContent(request)) {
            return new Refused(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "", "a request body is not taken", true);
        }
        HttpMethod method = request.method();
        if (method.equals(HttpMethod.OPTIONS)) {
            return new Preflight();
        }
        if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            return refused(
                    HttpResponseStatus.METHOD_NOT_ALLOWED,
                    "",
                    "method is " + shown(method) + ", expected GET, HEAD or OPTIONS");
        }
        return ofPath(request, allowOrigin);
    }

    private static LiveRequest ofPath(HttpRequest request, String allowOrigin) {
        String path;
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        try {
            path = uri.path();
        } catch (IllegalArgumentException badEscape) {
            return refused(HttpResponseStatus.BAD_REQUEST, "", "the path has a broken % escape, " + EXPECTED);
        }
        if (path.startsWith("http://")) { // absolute form (RFC 9112, 3.2.2), as proxies send it
            path = path.substring(Math.max(path.indexOf('/', "http://".length()), "http:/".length()));
        }
        int slash = path.indexOf('/', 1);
        if (!path.startsWith("/") || slash < 0 || path.indexOf('/', slash + 1) >= 0 || !path.endsWith(SUFFIX)) {
            return refused(HttpResponseStatus.NOT_FOUND, "", "no such path, " + EXPECTED);
        }
        String app = path.substring(1, slash);
        String streamId = path.substring(slash + 1, path.length() - SUFFIX.length());
        Optional<StreamKey> key = StreamKey.of(app, streamId);
        if (key.isEmpty()) {
            String problem = StreamKey.problem(app, streamId).orElse(EXPECTED);
            return refused(HttpResponseStatus.BAD_REQUEST, "", problem);
        }
        Credentials credentials = Credentials.of(uri, request.headers());
        return isUpgrade(request)
                ? upgrade(key.get(), credentials, request, allowOrigin)
                : new Play(key.get(), credentials, request.method().equals(HttpMethod.HEAD), isHttp11(request));
    }

    private static boolean isHttp11(HttpRequest request) {
        return request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0;
    }

    private static boolean isUpgrade(HttpRequest request) {
        HttpHeaders headers = request.headers();
        return request.method().equals(HttpMethod.GET)
                && isHttp11(request)
                && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
    }

    private static LiveRequest upgrade(
            StreamKey key, Credentials credentials, HttpRequest request, String allowOrigin) {
        HttpHeaders headers = request.headers();
        String version = headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "");
        if (!version.equals("13")) {
            return refused(HttpResponseStatus.UPGRADE_REQUIRED, key.toString(), "Sec-WebSocket-Version must be 13");
        }
        String webSocketKey = headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY, "").trim();
        if (!isSixteenBytes(webSocketKey)) {
            return refused(
                    HttpResponseStatus.BAD_REQUEST,
                    key.toString(),
                    "Sec-WebSocket-Key must be 16 bytes in Base64 (RFC 6455, 4.1)");
        }
        // browsers do not hold WebSockets to CORS, so the server has to
        String origin = headers.get(HttpHeaderNames.ORIGIN, "");
        boolean sameOrigin = origin.endsWith("://" + headers.get(HttpHeaderNames.HOST, ""));
        if (!origin.isEmpty() && !sameOrigin && !allowOrigin.equals("*") && !allowOrigin.equals(origin)) {
            return refused(HttpResponseStatus.FORBIDDEN, key.toString(), "pages of that origin may not play");
        }
        return new Upgrade(key, credentials, webSocketKey);
    }

    private static boolean isSixteenBytes(String base64) {
        try {
            return Base64.getDecoder().decode(base64).length == 16;
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    private static boolean hasContent(HttpRequest request) {
        String length = request.headers().get(HttpHeaderNames.CONTENT_LENGTH);
        return length != null && !length.equals("0");
    }

    private static String shown(HttpMethod method) {
        return method.name().length() <= 20 ? method.name() : method.name().substring(0, 20) + "...";
    }

    private static Refused refused(HttpResponseStatus status, String stream, String reason) {
        return new Refused(status, stream, reason, false);
    }

    private static Refused unreadable(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return new Refused(
                    HttpResponseStatus.REQUEST_URI_TOO_LONG, "", "the request line is too long, " + EXPECTED, true);
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return new Refused(
                    HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "", "the header fields are too long", true);
        }
        return new Refused(HttpResponseStatus.BAD_REQUEST, "", "not an HTTP/1.1 request", true);
    }
}
