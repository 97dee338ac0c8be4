package io.headwater.multijvm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * The DevTools protocol of one browser over one WebSocket: commands with their answers, and events by the session of the
 * tab they come from.
 */
final class DevTools implements WebSocket.Listener, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
    private final Map<String, BiConsumer<String, JsonNode>> sessions = new ConcurrentHashMap<>();
    private final StringBuilder text = new StringBuilder();
    private final WebSocket socket;
    private CompletableFuture<WebSocket> sent;

    private DevTools(URI address) {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .connectTimeout(LIMIT)
                .buildAsync(address, this)
                .join();
        sent = CompletableFuture.completedFuture(socket);
    }

    static DevTools connect(URI address) {
        return new DevTools(address);
    }

    /** What a session tells goes there: the event's name and its parameters, on the connection's thread. */
    void onEvents(String session, BiConsumer<String, JsonNode> events) {
        sessions.put(session, events);
    }

    /** Sends a command to the browser, or with a session to one tab, and waits for its result. */
    JsonNode call(String session, String method, Map<String, ?> parameters) {
        int id = ids.incrementAndGet();
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", JSON.valueToTree(parameters));
        if (!session.isEmpty()) {
            message.put("sessionId", session);
        }
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        asked.put(id, answer);
        synchronized (this) {
            sent = sent.thenCompose(ready -> ready.sendText(message.toString(), true));
        }
        try {
            return answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(method + " " + parameters + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            asked.remove(id);
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            String whole = text.toString();
            text.setLength(0);
            take(whole);
        }
        from.request(1);
        return CompletableFuture.completedFuture(null);
    }

    private void take(String whole) {
        JsonNode message;
        try {
            message = JSON.readTree(whole);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
        CompletableFuture<JsonNode> answer = asked.get(message.path("id").asInt());
        if (answer == null) {
            BiConsumer<String, JsonNode> events =
                    sessions.get(message.path("sessionId").asText());
            if (events != null) {
                events.accept(message.path("method").asText(), message.path("params"));
            }
        } else if (message.has("error")) {
            answer.completeExceptionally(new IOException(message.path("error").toString()));
        } else {
            answer.complete(message.path("result"));
        }
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        gone(new IOException("the browser closed the connection: " + code + " " + reason));
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        gone(new IOException("the connection to the browser broke: " + error));
    }

    private void gone(IOException why) {
        asked.values().forEach(answer -> answer.completeExceptionally(why));
    }

    @Override
    public void close() {
        socket.abort();
    }
}
