package io.headwater.api;

import io.headwater.codec.MalformedException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One line of the table of routes.
 *
 * @param method {@code GET} or {@code POST}
 * @param parts the path's parts; {@code {name}} stands for any one part
 * @param changes whether the call changes something, and is therefore taken from some networks only
 */
record Route(String method, List<String> parts, boolean changes, Handler handler) {

    /** Answers a call. May refuse by throwing: the caller gets 400 with the message. */
    interface Handler {
        CompletionStage<Answer> handle(Call call) throws MalformedException;
    }

    /** A handler that knows its answer at once. */
    interface Immediate {
        Answer handle(Call call) throws MalformedException;
    }

    static Route get(String path, Handler handler) {
        return new Route("GET", split(path), false, handler);
    }

    static Route getNow(String path, Immediate handler) {
        return get(path, call -> CompletableFuture.completedFuture(handler.handle(call)));
    }

    /** A call that changes nothing anybody sees but hands out what is secret. */
    static Route guardedGet(String path, Handler handler) {
        return new Route("GET", split(path), true, handler);
    }

    static Route delete(String path, Handler handler) {
        return new Route("DELETE", split(path), true, handler);
    }

    static Route post(String path, Handler handler) {
        return new Route("POST", split(path), true, handler);
    }

    /** What the {@code {name}} parts stand for, if the path is one of this route. */
    Optional<Map<String, String>> match(List<String> path) {
        if (path.size() != parts.size()) {
            return Optional.empty();
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i);
            if (part.startsWith("{")) {
                values.put(part.substring(1, part.length() - 1), path.get(i));
            } else if (!part.equals(path.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }

    private static List<String> split(String path) {
        return Arrays.stream(path.split("/", -1))
                .filter(part -> !part.isEmpty())
                .toList();
    }
}
