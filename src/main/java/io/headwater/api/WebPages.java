package io.headwater.api;

import io.headwater.net.Encodings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/**
 * The console, the player and what they are made of, served from the class path.
 *
 * <p>A page runs scripts of this server alone and talks to its own origin alone. Only the player may be shown inside other
 * sites' pages, and gets media from the port for live media of the same host, and from the cluster's other nodes when this
 * one is gone.
 */
final class WebPages {
    /** The version is part of these paths, so their bytes never change. */
    private static final String VENDOR = "vendor";

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]");

    private final WebFiles files = new WebFiles();
    /** Of a large cluster the player is allowed to go to some. */
    private static final int MOST_HOSTS = 50;

    private final Supplier<Map<String, Integer>> ports;
    private final Supplier<List<String>> hosts;

    /**
     * @param ports of this node, by name; those for live media are where the player gets it from
     * @param hosts of the cluster's nodes, which a player that came without TLS may go on to
     */
    WebPages(Supplier<Map<String, Integer>> ports, Supplier<List<String>> hosts) {
        this.ports = ports;
        this.hosts = hosts;
    }

    /** Nothing if the request is not for a page or a part of one. */
    Optional<HttpResponse> answer(HttpRequest request) {
        String method = request.method().name();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Optional.empty();
        }
        List<String> path = new ArrayList<>();
        request.getUri().pathSegments().forEach(path::add);
        if (path.isEmpty() || path.equals(List.of(""))) {
            path = List.of("index.html");
        }
        List<String> wanted = path;
        return files.find(wanted).map(file -> answer(request, wanted, file));
    }

    private HttpResponse answer(HttpRequest request, List<String> path, WebFile file) {
        boolean zip = file.zipped().isPresent() && Encodings.accepts(values(request, "accept-encoding"), "gzip");
        String tag = '"' + file.tag() + (zip ? "-gz" : "") + '"';
        HttpResponse response = HttpResponse.create()
                .addHeader(RawHeader.create("ETag", tag))
                .addHeader(RawHeader.create(
                        "Cache-Control", path.contains(VENDOR) ? "public, max-age=31536000, immutable" : "no-cache"))
                .addHeader(RawHeader.create("X-Content-Type-Options", "nosniff"))
                .addHeader(RawHeader.create("Referrer-Policy", "same-origin"));
        if (file.zipped().isPresent()) {
            response = response.addHeader(RawHeader.create("Vary", "Accept-Encoding"));
        }
        if (file.isPage()) {
            response = response.addHeader(RawHeader.create("Content-Security-Policy", policy(request, path)));
        }
        if (known(request, tag)) {
            return response.withStatus(304);
        }
        ContentType type = ContentTypes.parse(file.type());
        return zip
                ? response.addHeader(RawHeader.create("Content-Encoding", "gzip"))
                        .withEntity(HttpEntities.create(type, file.zipped().get()))
                : response.withEntity(HttpEntities.create(type, file.bytes()));
    }

    private String policy(HttpRequest request, List<String> path) {
        boolean player = path.equals(List.of("play.html"));
        StringBuilder connect = new StringBuilder("'self'");
        String host = request.getUri().getHost().toString();
        if (player && HOST.matcher(host).matches()) {
            ports.get().forEach((name, port) -> {
                if (name.startsWith("live")) {
                    for (String scheme : new String[] {"http", "ws", "https", "wss"}) {
                        connect.append(' ')
                                .append(scheme)
                                .append("://")
                                .append(host)
                                .append(':')
                                .append(port);
                    }
                }
            });
        }
        if (player) {
            hosts.get().stream()
                    .map(node -> node.indexOf(':') < 0 ? node : "[" + node + "]")
                    .filter(node -> HOST.matcher(node).matches())
                    .limit(MOST_HOSTS)
                    .forEach(node -> connect.append(" http://")
                            .append(node)
                            .append(":* ws://")
                            .append(node)
                            .append(":*"));
        }
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src " + connect
                + "; media-src 'self' blob:; worker-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none'; "
                + "form-action 'none'; frame-ancestors " + (player ? "*" : "'self'");
    }

    private static boolean known(HttpRequest request, String tag) {
        for (String one : Encodings.split(values(request, "if-none-match"))) {
            if (one.equals("*") || one.equals(tag) || one.equals("W/" + tag)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> values(HttpRequest request, String name) {
        List<String> values = new ArrayList<>();
        for (HttpHeader header : request.getHeaders()) {
            if (header.is(name)) {
                values.add(header.value());
            }
        }
        return values;
    }
}
