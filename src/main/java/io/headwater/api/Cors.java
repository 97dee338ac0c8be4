package io.headwater.api;

import java.util.List;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/** Says in answers which web origins may read them; says nothing unless some are configured. */
final class Cors {
    private final List<String> origins;

    Cors(List<String> origins) {
        this.origins = origins;
    }

    /**
     * The answer to a browser that asks before it calls, if its origin may read here. Changing is offered to origins that
     * are configured by name only: with {@code *} any page could change what this machine may.
     */
    Optional<HttpResponse> preflight(HttpRequest request) {
        boolean asks = request.method().name().equals("OPTIONS")
                && request.getHeader("Access-Control-Request-Method").isPresent();
        return asks && allowed(request, true).isPresent()
                ? Optional.of(mark(
                        request,
                        HttpResponse.create()
                                .withStatus(204)
                                .addHeader(RawHeader.create(
                                        "Access-Control-Allow-Methods",
                                        origins.contains("*") ? "GET, HEAD" : "GET, HEAD, POST, PUT, DELETE"))
                                .addHeader(
                                        RawHeader.create("Access-Control-Allow-Headers", "Authorization, Content-Type"))
                                .addHeader(RawHeader.create("Access-Control-Max-Age", "600")),
                        true))
                : Optional.empty();
    }

    /** @param open whether any page may read it; else those named in the configuration, which {@code *} does not */
    HttpResponse mark(HttpRequest request, HttpResponse response, boolean open) {
        return allowed(request, open)
                .map(origin -> response.addHeader(RawHeader.create("Access-Control-Allow-Origin", origin))
                        .addHeader(RawHeader.create("Vary", "Origin")))
                .orElse(response);
    }

    /** Whether pages of that origin are configured by name: {@code *} is for reading only. */
    boolean names(String origin) {
        return origins.contains(origin);
    }

    private Optional<String> allowed(HttpRequest request, boolean open) {
        if (origins.isEmpty()) {
            return Optional.empty();
        }
        boolean all = open && origins.contains("*");
        return request.getHeader("Origin")
                .map(header -> header.value())
                .filter(origin -> all || origins.contains(origin))
                .map(origin -> all ? "*" : origin);
    }
}
