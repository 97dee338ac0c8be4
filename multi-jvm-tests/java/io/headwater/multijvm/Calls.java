package io.headwater.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Calls on one node that all have to succeed, remembered by the lines of the API's description they are of. */
final class Calls {
    private final NodeProcess node;
    private final Set<String> made = new TreeSet<>();

    Calls(NodeProcess node) {
        this.node = node;
    }

    /**
     * @param template a path of the description, with a query if the call needs one
     * @param values what its {@code {name}} parts stand for, in their order
     */
    JsonNode get(String template, String... values) {
        return answer("GET", template, node.rest().get(path("GET", template, values)));
    }

    JsonNode delete(String template, String... values) {
        return answer("DELETE", template, node.rest().delete(path("DELETE", template, values)));
    }

    JsonNode post(String json, String template, String... values) {
        String path = path("POST", template, values);
        return answer(
                "POST",
                template,
                json.isEmpty() ? node.rest().post(path) : node.rest().post(path, json));
    }

    JsonNode put(String json, String template, String... values) {
        return answer("PUT", template, node.rest().put(path("PUT", template, values), json));
    }

    /** An answer without an end: its first event is enough. */
    void events(String template) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + node.host() + ":" + node.port("http") + path("GET", template)))
                .timeout(Duration.ofSeconds(20))
                .build();
        var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (var lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            assertEquals(200, answer.statusCode(), template);
            String first = lines.readLine();
            assertTrue(first != null && first.startsWith("event:"), () -> template + ": " + first);
        }
    }

    /** What the description has and nobody has called. */
    Set<String> missing() {
        Set<String> missing = new TreeSet<>();
        for (var path : get("/openapi.json").path("paths").properties()) {
            for (var method : path.getValue().properties()) {
                missing.add(method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
            }
        }
        assertTrue(missing.size() > 40, missing::toString);
        missing.removeAll(made);
        return missing;
    }

    /** Whether what was asked was done, for calls that say so. */
    static boolean done(JsonNode result) {
        return result.path("success").asBoolean();
    }

    private String path(String method, String template, String... values) {
        made.add(method + " " + template.replaceFirst("[?].*", ""));
        String path = template;
        for (String value : values) {
            path = path.replaceFirst("[{][A-Za-z]+[}]", value);
        }
        assertTrue(path.indexOf('{') < 0, path);
        return path;
    }

    private static JsonNode answer(String method, String template, Rest.Answer answer) {
        assertEquals(200, answer.status(), () -> method + " " + template + ": " + answer.body());
        return answer.body();
    }
}
