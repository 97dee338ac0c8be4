package io.headwater.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.slf4j.LoggerFactory;

/**
 * Every call of the API's description, made wrongly in each way it can be. A call that is new in the description is among
 * them by itself; one with a new parameter fails until it is said below what is wrong for that.
 */
class WrongCallsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String LONG = "x".repeat(300);
    private static final String HUGE = "x".repeat(20_000);

    /** What is no name of anything, percent-encoded. */
    private static final List<String> NO_NAMES = List.of(
            "a%20b",
            "%00", "%0A", "%E4%BD%A0", "%F0%9F%8E%A5", "%FF%FE", "..%2F..%2Fetc", "..a", "%22%3E%3Cb%3E", LONG);

    private static final List<String> NO_NUMBERS = List.of("-1", "x", "1.5", "1e9", "%20", "0x10", LONG);

    /** What is wrong for a parameter that has no list of what is right. */
    private static final Map<String, List<String>> WRONG = Map.ofEntries(
            Map.entry("app", NO_NAMES),
            Map.entry("streamId", NO_NAMES),
            Map.entry("id", NO_NAMES),
            Map.entry("viewerId", NO_NAMES),
            Map.entry("offset", NO_NUMBERS),
            Map.entry("size", NO_NUMBERS),
            Map.entry("search", List.of(LONG)),
            Map.entry("within", List.of("soon", "-1s", "11m", "9999999999s", "", LONG)),
            Map.entry("stream", List.of("stream1", "a%20b/c", "live/", "live/a/b", "%00/%00")),
            Map.entry(
                    "ids",
                    List.of(
                            "",
                            "a%20b",
                            "a,,b",
                            IntStream.range(0, 201).mapToObj(i -> "s" + i).collect(Collectors.joining(",")))),
            Map.entry("endpointServiceId", List.of()),
            Map.entry("expireDate", List.of("", "x", "-1", "1", "99999999999", "99999999999999999999999")));

    private static final List<String> NO_OBJECTS = List.of(
            "{",
            "}",
            "[]",
            "null",
            "7",
            "\"x\"",
            "\u0000",
            "{'a':1}",
            "{\"a\":1}{\"a\":1}",
            "{\"a\":1,\"a\":2}",
            "{\"a\":".repeat(100) + "1" + "}".repeat(100),
            "{\"a\":" + "[".repeat(30_000),
            "{\"a\":" + "9".repeat(5_000) + "}",
            "{\"a\":NaN}");

    private static final ListAppender<ILoggingEvent> LOGGED = new ListAppender<>();
    private static ActorTestKit kit;
    private static ApiServer server;
    private static HttpClient client;
    private static Fakes fakes;
    private static JsonNode paths;

    @BeforeAll
    static void start() throws Exception {
        kit = ActorTestKit.create("wrong-calls-test");
        client = HttpClient.newBuilder().connectTimeout(LIMIT).build();
        fakes = new Fakes();
        server = fakes.serve(kit.system());
        paths = JSON.readTree(send("GET", OpenApi.PATH, Optional.empty()).body())
                .path("paths");
        LOGGED.start();
        ours().addAppender(LOGGED);
    }

    @AfterAll
    static void stop() throws Exception {
        ours().detachAppender(LOGGED);
        server.close(Duration.ofSeconds(1)).toCompletableFuture().get(30, TimeUnit.SECONDS);
        kit.shutdownTestKit();
    }

    private static Logger ours() {
        return (Logger) LoggerFactory.getLogger("io.headwater");
    }

    /** One operation of the description. */
    private record Operation(String method, String path, JsonNode said) {
        @Override
        public String toString() {
            return method + " " + path;
        }

        Stream<JsonNode> parameters(String in) {
            List<JsonNode> all = new ArrayList<>();
            said.path("parameters").forEach(all::add);
            return all.stream().filter(one -> one.path("in").asText().equals(in));
        }

        /** An example of its body, if it reads one. */
        Optional<ObjectNode> body() {
            JsonNode example = said.path("requestBody")
                    .path("content")
                    .path("application/json")
                    .path("example");
            return example instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
        }

        /** The path and the query of a call with which nothing is wrong but that parameter. */
        String with(String name, String value) {
            String filled = path;
            StringBuilder query = new StringBuilder();
            for (JsonNode one : said.path("parameters")) {
                String each = one.path("name").asText();
                String put = each.equals(name) ? value : example(one);
                if (one.path("in").asText().equals("path")) {
                    filled = filled.replace("{" + each + "}", put);
                } else if (each.equals(name) || one.path("required").asBoolean()) {
                    query.append(query.isEmpty() ? "?" : "&")
                            .append(each)
                            .append('=')
                            .append(put);
                }
            }
            return filled + query;
        }

        String right() {
            return with("", "");
        }

        private static String example(JsonNode parameter) {
            return parameter.path("name").asText().equals("expireDate")
                    ? Long.toString(System.currentTimeMillis() / 1000 + 3600)
                    : parameter.path("example").asText();
        }
    }

    private static List<Operation> operations() {
        List<Operation> all = new ArrayList<>();
        paths.properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(method -> all.add(new Operation(
                                method.getKey().toUpperCase(Locale.ROOT), path.getKey(), method.getValue()))));
        return all;
    }

    private interface Check {
        void of(Operation operation) throws Exception;
    }

    private static Stream<DynamicTest> each(Check check) {
        assertTrue(operations().size() > 50, () -> operations().toString());
        return operations().stream()
                .map(operation -> DynamicTest.dynamicTest(operation.toString(), () -> {
                    var before = Map.copyOf(fakes.broadcasts);
                    LOGGED.list.clear();
                    check.of(operation);
                    assertEquals(before, fakes.broadcasts, "a call that was refused changed something");
                    assertEquals(
                            List.of(),
                            List.copyOf(LOGGED.list).stream()
                                    .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN)
                                            || line.getThrowableProxy() != null)
                                    .toList());
                }));
    }

    @TestFactory
    Stream<DynamicTest> anotherMethodIsToldWhichAreExpected() {
        return each(operation -> {
            for (String method : List.of("PATCH", "TRACE", "OPTIONS", "get")) {
                HttpResponse<String> answer = send(method, operation.right(), Optional.empty());
                String allowed = answer.headers().firstValue("Allow").orElse("none");
                if (answer.statusCode() != 501) { // no method of HTTP
                    refused(operation + " as " + method, answer, List.of(405), "expected ");
                    assertTrue(allowed.contains(operation.method), () -> operation + " is not in " + allowed);
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> aWrongPartOfThePathIsNamed() {
        return wrongParameters("path", name -> "expected ");
    }

    @TestFactory
    Stream<DynamicTest> aWrongParameterOfTheQueryIsNamed() {
        return wrongParameters("query", name -> name.equals("ids") ? "expected " : name);
    }

    /** @param says what the answer to a wrong value of that parameter has to say */
    private static Stream<DynamicTest> wrongParameters(String in, UnaryOperator<String> says) {
        return each(operation -> {
            for (JsonNode parameter : operation.parameters(in).toList()) {
                String name = parameter.path("name").asText();
                for (String value : wrong(parameter)) {
                    String path = operation.with(name, value);
                    refused(
                            operation.method + " " + path,
                            send(operation.method, path, operation.body()),
                            List.of(400),
                            says.apply(name));
                }
            }
        });
    }

    private static List<String> wrong(JsonNode parameter) {
        String name = parameter.path("name").asText();
        if (parameter.path("schema").has("enum")) {
            return List.of("nonsense", "%00", LONG);
        }
        List<String> wrong = WRONG.get(name);
        assertTrue(wrong != null, () -> "what is wrong for the parameter " + name + "?");
        return wrong;
    }

    @TestFactory
    Stream<DynamicTest> aBodyThatIsNoObjectIsToldSo() {
        return each(operation -> {
            if (operation.body().isPresent()) {
                for (String body : NO_OBJECTS) {
                    HttpResponse<String> answer = send(
                            operation.method, operation.right(), "application/json", BodyPublishers.ofString(body));
                    refused(operation + " with " + Call.printable(body), answer, List.of(400), "body");
                }
                BodyPublisher noText =
                        BodyPublishers.ofByteArray(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});
                refused(
                        operation + " with no UTF-8",
                        send(operation.method, operation.right(), "application/json", noText),
                        List.of(400),
                        "body");
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> aFieldOfTheWrongKindIsNamed() {
        return each(operation -> {
            ObjectNode example = operation.body().orElseGet(JSON::createObjectNode);
            for (String field : fieldsOf(example)) {
                JsonNode right = example.get(field);
                for (String value : List.of(
                        "[]",
                        "[\"a\"]",
                        "{}",
                        "{\"a\":1}",
                        "true",
                        "7",
                        "-1",
                        "1e999",
                        "\"\\u0000\"",
                        "\"" + HUGE + "\"")) {
                    JsonNode wrong = JSON.readTree(value);
                    if (wrong.getNodeType() == right.getNodeType()
                            && (!wrong.isTextual() || mayBeAnyText(field, wrong))) {
                        continue;
                    }
                    ObjectNode body = example.deepCopy();
                    body.set(field, wrong);
                    HttpResponse<String> answer = send(
                            operation.method,
                            operation.right(),
                            "application/json",
                            BodyPublishers.ofString(body.toString().replace("\"Infinity\"", "1e999")));
                    // what is wrong with a name is told in other words than what is no text
                    boolean told = field.equals("streamId")
                            && answer.body().toLowerCase(Locale.ROOT).contains("stream id");
                    refused(
                            operation + " with " + field + " " + Call.printable(value),
                            answer,
                            List.of(400),
                            told ? "" : field);
                }
            }
        });
    }

    private static List<String> fieldsOf(ObjectNode body) {
        List<String> names = new ArrayList<>();
        body.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static boolean mayBeAnyText(String field, JsonNode text) {
        return List.of("name", "description", "tokenId").contains(field)
                && text.textValue().length() < 100;
    }

    @TestFactory
    Stream<DynamicTest> aBodyTooLongOrOfAnotherTypeIsNotRead() {
        return each(operation -> {
            if (operation.method.equals("GET")) {
                return;
            }
            refused(
                    operation + " with a form",
                    send(operation.method, operation.right(), "text/plain", BodyPublishers.ofString("{\"a\":1}")),
                    List.of(415),
                    "expected application/json");
            if (!operation.path.equals("/rest/v2/restore")) {
                String longest = "{\"a\":\"" + "x".repeat(65 << 10) + "\"}";
                refused(
                        operation + " with too much",
                        send(operation.method, operation.right(), "application/json", BodyPublishers.ofString(longest)),
                        List.of(413),
                        "65536 bytes (headwater.http.max-body)");
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> aCallThatChangesSomethingIsNotTakenWithAWrongTokenOrFromAPageOfAnother() {
        return each(operation -> {
            if (operation.said.has("security")) {
                for (Map.Entry<String, String> header : Map.of(
                                "Authorization",
                                "Bearer wrong",
                                "Origin",
                                "http://page.example",
                                "X-Forwarded-For",
                                "?")
                        .entrySet()) {
                    HttpRequest.Builder request = request(operation.right())
                            .header("Content-Type", "application/json")
                            .header(header.getKey(), header.getValue())
                            .method(operation.method, publisher(operation.body()));
                    refused(
                            operation + " with " + header,
                            client.send(request.build(), BodyHandlers.ofString()),
                            List.of(401, 403, 429),
                            "");
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> aQueryThatCannotBeReadIsNotTakenForNone() {
        return each(operation -> {
            for (String query : List.of("within=%zz", "a=%", "%=1", "a=%8")) {
                String answer = raw(operation.method, operation.path.replaceAll("[{][a-zA-Z]+[}]", "1") + "?" + query);
                assertTrue(
                        answer.startsWith("HTTP/1.1 400 ") && answer.contains("\"success\":false"),
                        () -> operation + "?" + query + " " + answer);
            }
        });
    }

    @Test
    void pagesAreAsLongAsTheyMayBeHoweverMuchIsAskedFor() throws Exception {
        for (String size : List.of("51", "1000000000", "99999999999999999999")) {
            HttpResponse<String> answer =
                    send("GET", BroadcastRoutes.BASE.replace("{app}", "live") + "/list/0/" + size, Optional.empty());
            assertEquals(50, JSON.readTree(answer.body()).size(), answer.body());
        }
    }

    @Test
    void aBackupThatWouldBreakBroadcastsIsRefusedAsAWhole() throws Exception {
        String good = "{\"app\":\"live\",\"streamId\":\"good\"}";
        for (Map.Entry<String, String> wrong : Map.of(
                        "endpoints", "\"x\"",
                        "app", "7",
                        "streamId", "[]",
                        "date", "\"x\"",
                        "status", "7",
                        "pulled", "\"yes\"",
                        "v", "\"x\"",
                        "name", "7")
                .entrySet()) {
            ObjectNode bad = (ObjectNode) JSON.readTree("{\"app\":\"live\",\"streamId\":\"bad\"}");
            bad.set(wrong.getKey(), JSON.readTree(wrong.getValue()));
            HttpResponse<String> answer = send(
                    "POST",
                    "/rest/v2/restore",
                    "application/json",
                    BodyPublishers.ofString("{\"version\":1,\"broadcasts\":[" + good + "," + bad + "]}"));
            refused(bad.toString(), answer, List.of(400), wrong.getKey());
        }
        for (String endpoint : List.of(
                "7", "{}", "{\"id\":\"a\"}", "{\"id\":\"a\",\"url\":7}", "{\"id\":\"a\",\"url\":\"file:///x\"}")) {
            HttpResponse<String> answer = send(
                    "POST",
                    "/rest/v2/restore",
                    "application/json",
                    BodyPublishers.ofString(
                            "{\"version\":1,\"broadcasts\":[{\"app\":\"live\",\"streamId\":\"bad\",\"endpoints\":["
                                    + endpoint + "]}]}"));
            refused(endpoint, answer, List.of(400), "endpoints");
        }
        assertEquals(Map.of(), fakes.broadcasts);
    }

    private static void refused(String what, HttpResponse<String> answer, List<Integer> statuses, String names)
            throws Exception {
        String shown = what + ": " + answer.statusCode() + " " + Call.printable(answer.body());
        assertTrue(statuses.contains(answer.statusCode()), shown);
        assertEquals(
                "application/json", answer.headers().firstValue("Content-Type").orElse("none"), shown);
        JsonNode body = JSON.readTree(answer.body());
        assertFalse(body.path("success").asBoolean(true), shown);
        String message = body.path("message").asText();
        assertTrue(!message.isBlank() && message.contains(names), () -> what + ": " + message + ", not " + names);
        assertFalse(message.matches("(?s).*(Exception|java\\.|scala\\.|com\\.|org\\.).*"), () -> what + ": " + message);
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(LIMIT);
    }

    private static HttpResponse<String> send(String method, String path, Optional<ObjectNode> body) throws Exception {
        return send(method, path, "application/json", publisher(body));
    }

    private static HttpResponse<String> send(String method, String path, String type, BodyPublisher body)
            throws Exception {
        HttpRequest.Builder request = request(path).header("Content-Type", type).method(method, body);
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static BodyPublisher publisher(Optional<ObjectNode> body) {
        return body.map(object -> BodyPublishers.ofString(object.toString())).orElseGet(BodyPublishers::noBody);
    }

    /** What a client that checks nothing sends. */
    private static String raw(String method, String path) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.getOutputStream()
                    .write((method + " " + path
                                    + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
