package io.headwater.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The description of the API in OpenAPI 3.1, made of the table of routes: what is served is described. */
final class OpenApi {
    static final String PATH = "/openapi.json";

    private static final String JSON = "application/json";

    private OpenApi() {}

    static Map<String, Object> of(List<Route> routes, LocalNode.Version version) {
        Map<String, Object> paths = new TreeMap<>();
        for (Route route : routes) {
            @SuppressWarnings("unchecked")
            Map<String, Object> methods =
                    (Map<String, Object>) paths.computeIfAbsent(route.path(), path -> new TreeMap<>());
            methods.put(route.method().toLowerCase(Locale.ROOT), operation(route));
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
        document.put("paths", paths);
        document.put("components", Map.of("schemas", schemas(), "securitySchemes", Map.of("token", token())));
        return document;
    }

    private static Map<String, Object> token() {
        return Map.of("type", "http", "scheme", "bearer");
    }

    private static Map<String, Object> operation(Route route) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put(
                "summary",
                route.doc().summary().isEmpty()
                        ? route.method() + " " + route.path()
                        : route.doc().summary());
        operation.put("operationId", id(route));
        operation.put("tags", List.of(tag(route)));
        List<Object> parameters = new ArrayList<>();
        for (String part : route.parts()) {
            if (part.startsWith("{")) {
                parameters.add(parameter(part.substring(1, part.length() - 1), "path"));
            }
        }
        route.doc().query().forEach(name -> parameters.add(parameter(name, "query")));
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
                            Map.of(JSON, Map.of("schema", Map.of("type", "object")))));
        }
        Map<String, Object> responses = new TreeMap<>();
        responses.put("200", answer("What was asked for", route.doc().answer()));
        responses.put("default", answer("Why not; 400 for what is malformed, 403, 404, 503", "Result"));
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

    private static String tag(Route route) {
        List<String> parts = route.parts();
        return parts.contains("broadcasts") ? "broadcasts" : parts.contains("cluster") ? "cluster" : "node";
    }

    private static Map<String, Object> parameter(String name, String in) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", in);
        parameter.put("required", in.equals("path"));
        boolean number = name.equals("offset") || name.equals("size");
        parameter.put("schema", Map.of("type", number ? "integer" : "string"));
        return parameter;
    }

    private static Map<String, Object> answer(String description, String schema) {
        Map<String, Object> shape = schema.isEmpty() ? Map.of() : Map.of("$ref", "#/components/schemas/" + schema);
        return Map.of("description", description, "content", Map.of(JSON, Map.of("schema", shape)));
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
        node.putAll(fields(Map.of("streams", "integer", "viewers", "integer")));
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
