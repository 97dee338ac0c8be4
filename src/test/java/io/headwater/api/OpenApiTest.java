package io.headwater.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The description of the API against the API. */
class OpenApiTest {
    private static ActorTestKit kit;
    private static ApiServer server;
    private static HttpClient client;
    private static String document;

    @BeforeAll
    static void start() throws Exception {
        kit = ActorTestKit.create("openapi-test");
        client = HttpClient.newHttpClient();
        Fakes fakes = new Fakes();
        server = fakes.serve(kit.system());
        document = call("GET", OpenApi.PATH).body();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close(Duration.ofSeconds(1)).toCompletableFuture().get(30, TimeUnit.SECONDS);
        kit.shutdownTestKit();
    }

    @Test
    void aParserOfItsOwnFindsNothingWrongWithIt() {
        SwaggerParseResult result = new OpenAPIV3Parser().readContents(document);
        assertEquals(List.of(), result.getMessages());
        OpenAPI api = result.getOpenAPI();
        assertEquals("3.1.0", api.getOpenapi());
        assertTrue(api.getPaths().size() > 20, () -> api.getPaths().keySet().toString());
        Set<String> ids = new HashSet<>();
        for (PathItem path : api.getPaths().values()) {
            path.readOperations().forEach(operation -> assertTrue(ids.add(operation.getOperationId())));
        }
        PathItem one = api.getPaths().get("/{app}/rest/v2/broadcasts/{streamId}");
        assertEquals(2, one.getPut().getParameters().size());
        assertFalse(one.getPut().getSecurity().isEmpty());
    }

    @Test
    void whatIsDescribedIsServed() throws Exception {
        JsonNode paths = new ObjectMapper().readTree(document).path("paths");
        for (var path : paths.properties()) {
            for (var method : path.getValue().properties()) {
                String name = method.getKey().toUpperCase(Locale.ROOT);
                HttpResponse<InputStream> answer = send(
                        name,
                        path.getKey().replaceAll("[{][a-zA-Z]+[}]", "1"),
                        HttpResponse.BodyHandlers.ofInputStream());
                // an answer of events has no end
                try (InputStream body = answer.body()) {
                    assertNotEquals(405, answer.statusCode(), name + " " + path.getKey());
                    assertFalse(
                            answer.statusCode() == 404
                                    && new String(body.readAllBytes(), StandardCharsets.UTF_8)
                                            .contains("there is nothing at"),
                            () -> name + " " + path.getKey());
                }
            }
        }
    }

    @Test
    void whatIsServedIsDescribed() throws Exception {
        JsonNode paths = new ObjectMapper().readTree(document).path("paths");
        assertFalse(server.routes().isEmpty());
        for (Route route : server.routes()) {
            assertTrue(
                    paths.path(route.path()).has(route.method().toLowerCase(Locale.ROOT)),
                    () -> route.method() + " " + route.path());
        }
    }

    /** In the order of the file, since what one call makes the next one asks for. */
    @Test
    void theExamplesAreTakenAndHaveTheFieldsThatAreAnswered() throws Exception {
        ObjectMapper json = new ObjectMapper();
        JsonNode paths = json.readTree(document).path("paths");
        List<String> refused = new ArrayList<>();
        for (var call : json.readTree(Files.readString(Path.of("src/main/resources/openapi-examples.json")))
                .path("calls")
                .properties()) {
            String name = call.getKey();
            String method = name.substring(0, name.indexOf(' '));
            String path = name.substring(name.indexOf(' ') + 1);
            JsonNode described = paths.path(path).path(method.toLowerCase(Locale.ROOT));
            assertFalse(described.isMissingNode(), () -> name + " is no call");
            JsonNode content = described.path("responses").path("200").path("content");
            if (content.has("text/event-stream")) {
                continue;
            }
            JsonNode body = described
                    .path("requestBody")
                    .path("content")
                    .path("application/json")
                    .path("example");
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + filled(path, described)))
                            .timeout(Duration.ofSeconds(30))
                            .header("Content-Type", "application/json")
                            .method(
                                    method,
                                    body.isMissingNode()
                                            ? HttpRequest.BodyPublishers.noBody()
                                            : HttpRequest.BodyPublishers.ofString(body.toString()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                refused.add(name + " " + answer.statusCode());
            } else if (content.has("application/json")) {
                hasFields(name, content.path("application/json").path("example"), json.readTree(answer.body()));
            }
        }
        // the node cannot be reached, the applications of this test have no secret to sign with, its streams no key
        assertEquals(
                List.of(
                        "POST /rest/v2/cluster/node/{id}/server-settings 503",
                        "GET /{app}/rest/v2/broadcasts/{id}/jwt-token 400",
                        "DELETE /{app}/rest/v2/broadcasts/{id}/stream-key 404"),
                refused);
    }

    private static String filled(String path, JsonNode described) {
        String filled = path;
        String query = "";
        for (JsonNode parameter : described.path("parameters")) {
            String name = parameter.path("name").asText();
            String example = name.equals("expireDate")
                    ? Long.toString(System.currentTimeMillis() / 1000 + 3600)
                    : parameter.path("example").asText();
            if (parameter.path("in").asText().equals("path")) {
                filled = filled.replace("{" + name + "}", example);
            } else if (parameter.path("required").asBoolean()) {
                query += (query.isEmpty() ? "?" : "&") + name + "=" + example;
            }
        }
        return filled + query;
    }

    private static void hasFields(String where, JsonNode example, JsonNode answer) {
        if (example.isObject()) {
            example.properties().forEach(field -> {
                String name = where + "." + field.getKey();
                assertTrue(answer.has(field.getKey()), () -> name + " is not in " + answer);
                hasFields(name, field.getValue(), answer.get(field.getKey()));
            });
        } else if (example.isArray() && !example.isEmpty() && !answer.isEmpty()) {
            hasFields(where, example.get(0), answer.get(0));
        }
    }

    @Test
    void everyCallSaysWhatItDoesAndShowsAnAnswerAndEveryParameterSaysWhatItIs() throws Exception {
        JsonNode api = new ObjectMapper().readTree(document);
        List<String> tags = api.path("tags").findValuesAsText("name");
        for (Route route : server.routes()) {
            JsonNode call =
                    api.path("paths").path(route.path()).path(route.method().toLowerCase(Locale.ROOT));
            String name = ApiExamples.name(route);
            assertNotEquals(name, call.path("summary").asText(), "use saying(...)");
            assertTrue(tags.contains(call.path("tags").path(0).asText()), name);
            boolean shown = false;
            for (JsonNode content : call.path("responses").path("200").path("content")) {
                shown |= content.has("example");
            }
            assertTrue(shown, name + " has no answer in src/main/resources/openapi-examples.json");
            for (JsonNode parameter : call.path("parameters")) {
                assertTrue(parameter.has("description"), () -> name + ": " + parameter);
                assertTrue(
                        parameter.has("example")
                                || !parameter.path("in").asText().equals("path"),
                        () -> name + ": " + parameter);
            }
        }
    }

    /** With a star where it changes something. */
    @Test
    void everyCallIsOnThePageOfTheDocumentationAndTheOtherWayRound() throws Exception {
        String page = Files.readString(Path.of("docs/api.md"));
        Set<String> served = server.routes().stream()
                .map(route -> "`" + route.method() + " " + route.path() + "`" + (route.changes() ? " \\*" : ""))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> documented = new TreeSet<>();
        Matcher call = Pattern.compile("`(GET|POST|PUT|DELETE) (/[^` ]*)`( \\\\\\*)?")
                .matcher(page.substring(page.indexOf("| call")));
        while (call.find()) {
            documented.add(call.group());
        }
        assertEquals(String.join("\n", served), String.join("\n", documented));
    }

    private static HttpResponse<String> call(String method, String path) throws Exception {
        return send(method, path, HttpResponse.BodyHandlers.ofString());
    }

    private static <T> HttpResponse<T> send(String method, String path, HttpResponse.BodyHandler<T> reading)
            throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .timeout(Duration.ofSeconds(30))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                reading);
    }
}
