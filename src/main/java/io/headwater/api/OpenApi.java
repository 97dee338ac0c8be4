package io.headwater.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The description of the API in OpenAPI 3.1, made of the table of routes: what is served is described. */
final class OpenApi {
    static final String PATH = "/openapi.json";

    private OpenApi() {}

    static Map<String, Object> of(List<Route> routes, LocalNode.Version version) {
        ApiExamples examples = ApiExamples.load();
        Map<String, Object> paths = new TreeMap<>();
        for (Route route : routes) {
            @SuppressWarnings("unchecked")
            Map<String, Object> methods =
                    (Map<String, Object>) paths.computeIfAbsent(route.path(), path -> new TreeMap<>());
            methods.put(route.method().toLowerCase(Locale.ROOT), operation(route, examples));
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.0");
        document.put(
                "info",
                Map.of(
                        "title",
                        "Headwater",
                        "version",
                        version.name(),
                        "description",
                        "Every node answers for the whole cluster. Calls that change something are taken from this machine,"
                                + " or with an administrator's token."));
        document.put("servers", List.of(Map.of("url", "/")));
        document.put(
                "tags",
                Stream.of(ApiTag.values())
                        .map(tag -> Map.of("name", tag.title, "description", tag.description))
                        .toList());
        document.put("paths", paths);
        document.put("components", Map.of("schemas", schemas(), "securitySchemes", Map.of("token", token())));
        return document;
    }

    private static Map<String, Object> token() {
        return Map.of("type", "http", "scheme", "bearer");
    }

    private static Map<String, Object> operation(Route route, ApiExamples examples) {
        ApiExamples.Example example = examples.of(route);
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put(
                "summary",
                route.doc().summary().isEmpty()
                        ? route.method() + " " + route.path()
                        : route.doc().summary());
        operation.put("operationId", id(route));
        operation.put("tags", List.of(ApiTag.of(route).title));
        List<Object> parameters = parameters(route, examples);
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        if (route.method().equals("POST") || route.method().equals("PUT")) {
            operation.put(
                    "requestBody",
                    Map.of(
                            "required",
                            route.method().equals("PUT"),
                            "content",
                            content(
                                    ApiExamples.JSON,
                                    example.body().isObject() ? shape(example.body()) : Map.of("type", "object"),
                                    example.body())));
        }
        Map<String, Object> responses = new TreeMap<>();
        responses.put("200", answer("What was asked for", route.doc().answer(), example));
        responses.put(
                "default",
                answer("Why not; 400 for what is malformed, 403, 404, 503", "Result", ApiExamples.Example.NONE));
        operation.put("responses", responses);
        if (route.changes()) {
            operation.put("security", List.of(Map.of("token", List.of()), Map.of()));
        }
        return operation;
    }

    /** Unique, since method and path are. */
    private static String id(Route route) {
        StringBuilder id = new StringBuilder(route.method().toLowerCase(Locale.ROOT));
        for (String part : route.parts()) {
            id.append('_').append(part.replaceAll("[^A-Za-z0-9]", ""));
        }
        return id.toString();
    }

    private static List<Object> parameters(Route route, ApiExamples examples) {
        List<Object> parameters = new ArrayList<>();
        List<String> parts = route.parts();
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i);
            if (part.startsWith("{")) {
                parameters.add(parameter(part.substring(1, part.length() - 1), "path", examples.parameter(route, i)));
            }
        }
        route.doc().query().forEach(name -> parameters.add(parameter(name, "query", examples.parameter(name))));
        return parameters;
    }

    private static Map<String, Object> parameter(String name, String in, JsonNode said) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", in);
        parameter.put("required", in.equals("path") || said.path("required").asBoolean());
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", said.path("example").isIntegralNumber() ? "integer" : "string");
        for (String field : List.of("description", "example")) {
            if (said.has(field)) {
                parameter.put(field, said.get(field));
            }
        }
        if (said.has("enum")) {
            schema.put("enum", said.get("enum"));
        }
        parameter.put("schema", schema);
        return parameter;
    }

    private static Map<String, Object> answer(String description, String schema, ApiExamples.Example example) {
        Map<String, Object> shape =
                schema.isEmpty() ? shape(example.answer()) : Map.of("$ref", "#/components/schemas/" + schema);
        return Map.of("description", description, "content", content(example.contentType(), shape, example.answer()));
    }

    private static Map<String, Object> content(String type, Map<String, Object> schema, JsonNode example) {
        return Map.of(
                type,
                example.isMissingNode() ? Map.of("schema", schema) : Map.of("schema", schema, "example", example));
    }

    /** The schema of what looks like this; what is null may be anything. */
    private static Map<String, Object> shape(JsonNode example) {
        if (example.isObject()) {
            Map<String, Object> properties = new LinkedHashMap<>();
            example.properties().forEach(field -> properties.put(field.getKey(), shape(field.getValue())));
            return Map.of("type", "object", "properties", properties);
        }
        if (example.isArray()) {
            return Map.of("type", "array", "items", example.isEmpty() ? Map.of() : shape(example.get(0)));
        }
        if (example.isBoolean() || example.isTextual()) {
            return Map.of("type", example.isBoolean() ? "boolean" : "string");
        }
        return example.isNumber() ? Map.of("type", example.isIntegralNumber() ? "integer" : "number") : Map.of();
    }

    private static Map<String, Object> schemas() {
        Map<String, Object> schemas = new TreeMap<>();
        schemas.put(
                "Result",
                object(Map.of("success", "boolean", "message", "string", "dataId", "string", "errorId", "integer")));
        schemas.put("Number", object(Map.of("number", "integer")));
        schemas.put(
                "Broadcast",
                object(Map.of(
                        "streamId",
                        "string",
                        "status",
                        "string",
                        "type",
                        "string",
                        "publishType",
                        "string",
                        "date",
                        "integer",
                        "zombi",
                        "boolean",
                        "rtmpURL",
                        "string",
                        "bitrate",
                        "integer")));
        Map<String, Object> node = fields(Map.of(
                "id", "string",
                "ip", "string",
                "nodeGroup", "string",
                "status", "string",
                "state", "string",
                "version", "string",
                "cpu", "string",
                "memory", "string",
                "lastUpdateTime", "integer",
                "httpPort", "integer"));
        node.putAll(fields(Map.of("livePort", "integer", "streams", "integer", "viewers", "integer")));
        node.put("roles", object(Map.of("mainOrigin", "integer", "secondaryOrigin", "integer", "edge", "integer")));
        schemas.put("Node", Map.of("type", "object", "properties", node));
        schemas.put("Nodes", Map.of("type", "array", "items", Map.of("$ref", "#/components/schemas/Node")));
        schemas.put("Broadcasts", Map.of("type", "array", "items", Map.of("$ref", "#/components/schemas/Broadcast")));
        return schemas;
    }

    /** The original writes null for what it has nothing to say about. */
    private static Map<String, Object> object(Map<String, String> fields) {
        return Map.of("type", "object", "properties", fields(fields));
    }

    private static Map<String, Object> fields(Map<String, String> types) {
        Map<String, Object> properties = new TreeMap<>();
        types.forEach((name, type) -> properties.put(name, Map.of("type", List.of(type, "null"))));
        return properties;
    }
}
