package io.headwater.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.headwater.codec.MalformedException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what callers send and writes what they get. Strict and shallow when it reads: callers are strangers. */
final class Json {
    private static final int DEEPEST = 16;

    /** How the parser begins to tell of a name that is there twice. */
    private static final Pattern TWICE = Pattern.compile("Duplicate[^'\"]*['\"]([^'\"]*)['\"]");

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException ours) {
            throw new IllegalStateException("an answer cannot be written as JSON: " + value.getClass(), ours);
        }
    }

    /** What {@link #write} would write, as a tree; numbers compare as a reader of the bytes would see them. */
    static ObjectNode tree(Object value) {
        try {
            return (ObjectNode) MAPPER.readTree(write(value));
        } catch (java.io.IOException ours) {
            throw new IllegalStateException("an answer cannot be read back: " + value.getClass(), ours);
        }
    }

    /** @throws MalformedException if the bytes are not one JSON object; the message says where */
    static JsonNode readObject(byte[] bytes) throws MalformedException {
        JsonNode node;
        try {
            node = MAPPER.readTree(bytes);
        } catch (JsonProcessingException malformed) {
            throw new MalformedException(reason(malformed));
        } catch (java.io.IOException unreadable) { // bytes that look like another encoding
            throw new MalformedException(
                    "the body is not JSON in UTF-8, expected an object such as {\"nodeGroup\":\"NAME\"}");
        }
        if (!node.isObject()) {
            throw new MalformedException(
                    "the body is not a JSON object, expected one such as {\"nodeGroup\":\"NAME\"}");
        }
        return node;
    }

    private static String reason(JsonProcessingException malformed) {
        var at = malformed.getLocation();
        String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
        if (malformed instanceof StreamConstraintsException) {
            return "the body is JSON beyond what is read" + where + ", expected at most " + DEEPEST
                    + " levels and numbers of at most 1000 digits";
        }
        Matcher twice = TWICE.matcher(malformed.getOriginalMessage());
        return twice.lookingAt()
                ? "the body says " + Call.printable(twice.group(1)) + " twice" + where + ", expected each name once"
                : "the body is not JSON" + where + ", expected an object such as {\"nodeGroup\":\"NAME\"}";
    }

    /**
     * The text that a body says under a name; nothing if it says none, or null.
     *
     * @throws MalformedException if it is something else, or longer than it may be
     */
    static Optional<String> text(JsonNode body, String name, int longest) throws MalformedException {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual() || value.textValue().length() > longest) {
            throw new MalformedException(name + " is " + Call.printable(value.toString())
                    + ", expected a text of at most " + longest + " characters");
        }
        return Optional.of(value.textValue());
    }

    /** The same where a call can do nothing without it. */
    static String neededText(JsonNode body, String name, int longest) throws MalformedException {
        return text(body, name, longest)
                .filter(text -> !text.isEmpty())
                .orElseThrow(() -> new MalformedException(
                        name + " is missing, expected a text of at most " + longest + " characters"));
    }
}
