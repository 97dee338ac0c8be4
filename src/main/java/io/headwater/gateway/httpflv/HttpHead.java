package io.headwater.gateway.httpflv;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Writes response heads. An HTTP encoder in the pipeline would have to be passed by every frame; the framing of a live body
 * is in the frames' shared bytes already.
 */
final class HttpHead {
    private static final String ALLOWED = "GET, HEAD, OPTIONS";

    private final StringBuilder text = new StringBuilder(256);

    private HttpHead(HttpResponseStatus status, String allowOrigin) {
        text.append("HTTP/1.1 ").append(status.code()).append(' ').append(status.reasonPhrase());
        text.append("\r\n");
        field("Server", "Headwater");
        if (!allowOrigin.isEmpty()) {
            field("Access-Control-Allow-Origin", allowOrigin);
            if (!allowOrigin.equals("*")) {
                field("Vary", "Origin");
            }
        }
    }

    /**
     * The head of a live body; the connection ends with it.
     *
     * @param chunked false for HTTP/1.0, where nothing but the end of the connection ends a body
     */
    static ByteBuf live(boolean chunked, String allowOrigin, ByteBufAllocator allocator) {
        HttpHead head = new HttpHead(HttpResponseStatus.OK, allowOrigin)
                .field("Content-Type", "video/x-flv")
                .field("Cache-Control", "no-store")
                .field("Connection", "close");
        if (chunked) {
            head.field("Transfer-Encoding", "chunked");
        }
        return head.end("", allocator);
    }

    /** Accepts a WebSocket (RFC 6455, 4.2.2). */
    static ByteBuf webSocket(String key, ByteBufAllocator allocator) {
        return new HttpHead(HttpResponseStatus.SWITCHING_PROTOCOLS, "")
                .field("Upgrade", "websocket")
                .field("Connection", "Upgrade")
                .field("Sec-WebSocket-Accept", WebSocketFrames.accept(key))
                .end("", allocator);
    }

    static ByteBuf preflight(String allowOrigin, boolean keepAlive, ByteBufAllocator allocator) {
        return new HttpHead(HttpResponseStatus.NO_CONTENT, allowOrigin)
                .field("Allow", ALLOWED)
                .field("Access-Control-Allow-Methods", ALLOWED)
                .field("Access-Control-Allow-Headers", "*, Authorization, Range")
                .field("Access-Control-Max-Age", "86400")
                .field("Connection", keepAlive ? "keep-alive" : "close")
                .end("", allocator);
    }

    /**
     * A refusal as JSON.
     *
     * @param bodiless for answers to HEAD, which say the body's length but leave it out
     */
    static ByteBuf refusal(
            LiveRequest.Refused refused,
            String allowOrigin,
            boolean keepAlive,
            boolean bodiless,
            ByteBufAllocator allocator) {
        return refusal(refused, "", allowOrigin, keepAlive, bodiless, allocator);
    }

    /** The same for a player that is better served at {@code location}. */
    static ByteBuf redirect(
            LiveRequest.Refused why,
            String location,
            String allowOrigin,
            boolean bodiless,
            ByteBufAllocator allocator) {
        return refusal(why, location, allowOrigin, false, bodiless, allocator);
    }

    private static ByteBuf refusal(
            LiveRequest.Refused refused,
            String location,
            String allowOrigin,
            boolean keepAlive,
            boolean bodiless,
            ByteBufAllocator allocator) {
        HttpResponseStatus status = refused.status();
        String body = "{\"error\":" + quoted(status.reasonPhrase().toLowerCase(Locale.ROOT)) + ",\"stream\":"
                + (refused.stream().isEmpty() ? "null" : quoted(refused.stream())) + ",\"reason\":"
                + quoted(refused.reason()) + "}\n";
        HttpHead head = new HttpHead(status, allowOrigin)
                .field("Content-Type", "application/json")
                .field("Content-Length", String.valueOf(body.getBytes(StandardCharsets.UTF_8).length))
                .field("Cache-Control", "no-store")
                .field("Connection", keepAlive ? "keep-alive" : "close");
        if (!location.isEmpty()) {
            head.field("Location", location);
        }
        if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            head.field("Allow", ALLOWED);
        } else if (status.equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
            head.field("Upgrade", "websocket").field("Sec-WebSocket-Version", "13");
        } else if (status.equals(HttpResponseStatus.SERVICE_UNAVAILABLE)
                || status.equals(HttpResponseStatus.TOO_MANY_REQUESTS)) {
            head.field("Retry-After", "1");
        }
        return head.end(bodiless ? "" : body, allocator);
    }

    private HttpHead field(String name, String value) {
        text.append(name).append(": ").append(value).append("\r\n");
        return this;
    }

    private ByteBuf end(String body, ByteBufAllocator allocator) {
        return ByteBufUtil.writeUtf8(allocator, text.append("\r\n").append(body));
    }

    private static String quoted(String value) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < 0x20) {
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
