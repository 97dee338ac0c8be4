package io.headwater.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.headwater.codec.MalformedException;

/** Reads what callers send and writes what they get. Strict and shallow when it reads: callers are strangers. */
final class Json {
    private static final int DEEPEST = 16;

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
            var at = malformed.getLocation();
            String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw new MalformedException(
                    "the body is not JSON" + where + ", expected an object such as {\"nodeGroup\":\"NAME\"}");
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
}
