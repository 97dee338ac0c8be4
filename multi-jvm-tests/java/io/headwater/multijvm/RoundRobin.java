package io.headwater.multijvm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP proxy that sends each request to the next of some nodes, and remembers how they answered. */
final class RoundRobin implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(25);
    private static final int AT_ONCE = 32;
    private static final int MOST_FAILURES = 20;
    /** Between two neighbours only, or for a client library to say. */
    private static final Set<String> OWN =
            Set.of("host", "connection", "content-length", "transfer-encoding", "keep-alive", "upgrade", "expect");

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    private final AtomicInteger turn = new AtomicInteger();
    private final List<NodeProcess> nodes;
    private final Map<String, Integer> media = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private final HttpServer server;

    RoundRobin(List<NodeProcess> nodes) throws IOException {
        this.nodes = List.copyOf(nodes);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::pass);
        server.start();
    }

    String url(String pathAndQuery) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + pathAndQuery;
    }

    /** How many playlists and files of streams each node was asked for. */
    synchronized Map<String, Integer> media() {
        return new TreeMap<>(media);
    }

    /** Answers that were no success, the first of them. */
    synchronized List<String> failures() {
        return List.copyOf(failures);
    }

    private synchronized void answered(NodeProcess node, String path, int status) {
        if (path.contains("/streams/")) {
            media.merge(node.name(), 1, Integer::sum);
        }
        if (status >= 400 && failures.size() < MOST_FAILURES) {
            failures.add(node.name() + " answers " + status + " to " + path);
        }
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            NodeProcess node = nodes.get(Math.floorMod(turn.getAndIncrement(), nodes.size()));
            String path = exchange.getRequestURI().toString();
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            URI.create("http://" + node.host() + ":" + node.port("http") + path))
                    .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.noBody())
                    .timeout(LIMIT);
            exchange.getRequestHeaders().forEach((name, values) -> {
                if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                    values.forEach(value -> request.header(name, value));
                }
            });
            HttpResponse<byte[]> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            answered(node, path, answer.statusCode());
            answer.headers().map().forEach((name, values) -> {
                if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            byte[] body = answer.body();
            exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
