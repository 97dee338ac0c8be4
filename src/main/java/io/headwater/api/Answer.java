package io.headwater.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What a route answers.
 *
 * @param body written as JSON, or an {@link EventStream}; nothing for an answer without a body
 * @param allow the methods of the path, for 405
 */
record Answer(int status, Optional<Object> body, Optional<String> allow) {

    static Answer ok(Object body) {
        return new Answer(200, Optional.of(body), Optional.empty());
    }

    static Answer of(int status, Object body) {
        return new Answer(status, Optional.of(body), Optional.empty());
    }

    static Answer empty(int status) {
        return new Answer(status, Optional.empty(), Optional.empty());
    }

    /** Events only while that is so; what is told at once is not touched. */
    Answer asLongAs(BooleanSupplier may) {
        return body.orElse(null) instanceof EventStream events
                ? new Answer(status, Optional.of(events.asLongAs(may)), allow)
                : this;
    }

    /** The envelope that scripts know: {@code {"success":true,"message":"","dataId":"","errorId":0}}. */
    static Answer success(String message) {
        return ok(result(true, message, 0));
    }

    /** The same for what could not be done although nothing is wrong with the call: scripts look at {@code success}. */
    static Answer failure(String message) {
        return ok(result(false, message, 0));
    }

    /** The same envelope for a call that was refused. */
    static Answer refused(int status, String reason) {
        return of(status, result(false, reason, -1));
    }

    static Map<String, Object> number(long number) {
        return Map.of("number", number);
    }

    static Map<String, Object> result(boolean success, String message, int errorId) {
        return result(success, message, "", errorId);
    }

    static Map<String, Object> result(boolean success, String message, String dataId, int errorId) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("success", success);
        result.put("message", message);
        result.put("dataId", dataId);
        result.put("errorId", errorId);
        return result;
    }
}
