package io.headwater.gateway.httpflv;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a request brings to prove that it may play. Shown nowhere. */
record Credentials(Map<String, String> parameters) {
    private static final String BEARER = "Bearer ";

    /** The query's first values, and {@code token} of the header. The decoder bounds their number, the head their length. */
    static Credentials of(QueryStringDecoder uri, HttpHeaders headers) {
        Map<String, String> parameters = new LinkedHashMap<>();
        String header = headers.get(HttpHeaderNames.AUTHORIZATION, "");
        if (header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            parameters.put("token", header.substring(BEARER.length()).strip());
        }
        try {
            uri.parameters().forEach((name, values) -> parameters.putIfAbsent(name, values.get(0)));
        } catch (IllegalArgumentException unreadable) {
            // a query with a broken escape proves nothing
        }
        return new Credentials(parameters);
    }

    @Override
    public String toString() {
        return "...";
    }
}
