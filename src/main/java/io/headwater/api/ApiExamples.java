package io.headwater.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.headwater.codec.MalformedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/** What the table of routes does not say of a call: how its parameters, its body and its answer look in practice. */
final class ApiExamples {
    private static final String FILE = "openapi-examples.json";
    static final String JSON = "application/json";

    private final JsonNode parameters;
    private final JsonNode calls;

    private ApiExamples(JsonNode all) {
        this.parameters = all.path("parameters");
        this.calls = all.path("calls");
    }

    /**
     * One call.
     *
     * @param body an example of one, missing if it takes none
     * @param answer an example of one, a text if it is not JSON, missing if nobody wrote one
     */
    record Example(JsonNode body, JsonNode answer, String contentType) {
        static final Example NONE = new Example(MissingNode.getInstance(), MissingNode.getInstance(), JSON);
    }

    static ApiExamples load() {
        try (InputStream in = ApiExamples.class.getClassLoader().getResourceAsStream(FILE)) {
            return new ApiExamples(
                    Json.readObject(Objects.requireNonNull(in, FILE).readAllBytes()));
        } catch (IOException broken) {
            throw new UncheckedIOException(FILE + " cannot be read from the class path", broken);
        } catch (MalformedException ours) {
            throw new IllegalStateException(FILE + ": " + ours.getMessage(), ours);
        }
    }

    Example of(Route route) {
        JsonNode said = calls.path(name(route));
        // the same call under another path
        JsonNode call = said.isTextual() ? calls.path(said.textValue()) : said;
        return new Example(
                call.path("body"), call.path("answer"), call.path("contentType").asText(JSON));
    }

    static String name(Route route) {
        return route.method() + " " + route.path();
    }

    /** Of a parameter of the query. */
    JsonNode parameter(String name) {
        return parameters.path(name);
    }

    /** Of a part of the path: a node's {@code id} is none of a stream's. */
    JsonNode parameter(Route route, int part) {
        List<String> parts = route.parts();
        String name = parts.get(part).substring(1, parts.get(part).length() - 1);
        JsonNode behind = part == 0 ? parameters.path("") : parameters.path(parts.get(part - 1) + "/" + name);
        return behind.isMissingNode() ? parameters.path(name) : behind;
    }
}
