package io.headwater.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** An operator's server that takes events, and may be out of order for a while. */
public final class Receiver implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final List<JsonNode> taken = new CopyOnWriteArrayList<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<JsonNode> refused = new CopyOnWriteArrayList<>();
    private final String secret;
    private final Set<String> refusing = ConcurrentHashMap.newKeySet();
    private volatile boolean broken;

    public Receiver(String secret) throws IOException {
        this.secret = secret;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/hook", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            JsonNode event = JSON.readTree(body);
            check(Signature.of(secret, body), exchange.getRequestHeaders().getFirst("X-Headwater-Signature"));
            check(event.path("eventId").asText(), exchange.getRequestHeaders().getFirst("X-Headwater-Event-Id"));
            if (broken || refusing.contains(event.path("id").asText())) {
                refused.add(event);
                exchange.sendResponseHeaders(503, -1);
            } else {
                taken.add(event);
                exchange.sendResponseHeaders(200, -1);
            }
            exchange.close();
        });
        server.start();
    }

    private void check(String expected, String is) {
        if (!expected.equals(is)) {
            complaints.add("expected " + expected + ", is " + is);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    public void broken(boolean now) {
        broken = now;
    }

    /** Refuses all events of that stream until it is told otherwise. */
    public void refuses(String id, boolean now) {
        if (now) {
            refusing.add(id);
        } else {
            refusing.remove(id);
        }
    }

    public int refused() {
        return refused.size();
    }

    /** The ids of the events that were sent while it was out of order, each once. */
    public Set<String> refusedIds() {
        return refused.stream().map(event -> event.path("eventId").asText()).collect(Collectors.toSet());
    }

    public List<String> complaints() {
        return complaints;
    }

    /** {@code action subject}, in the order in which they came, of one stream or node. */
    public List<String> actions(String id) {
        return of(id).stream().map(event -> event.path("action").asText()).toList();
    }

    /** The events of one stream or node, in the order in which they came. */
    public List<JsonNode> of(String id) {
        return taken.stream()
                .filter(event -> event.path("id").asText().equals(id))
                .toList();
    }

    public List<JsonNode> taken() {
        return taken;
    }

    public String secret() {
        return secret;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
