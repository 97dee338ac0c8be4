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
 * @param method {@code GET}, {@code POST}, {@code PUT} or {@code DELETE}
 * @param parts the path's parts; {@code {name}} stands for any one part
 * @param changes whether the call changes something or tells a secret, and is therefore not taken from everybody
 * @param maxBody the longest body, 0 for what is configured
 * @param doc for the API's description
 */
record Route(String method, List<String> parts, boolean changes, long maxBody, Doc doc, Handler handler) {

    /** Answers a call. May refuse by throwing: the caller gets 400 with the message. */
    interface Handler {
        CompletionStage<Answer> handle(Call call) throws MalformedException;
    }

    /** A handler that knows its answer at once. */
    interface Immediate {
        Answer handle(Call call) throws MalformedException;
    }

    /**
     * What is said of it in the API's description.
     *
     * @param summary one sentence
     * @param query the names of the query's parameters
     * @param answer the name of the answer's schema, empty if it has none
     */
    record Doc(String summary, List<String> query, String answer) {
        static final Doc NOTHING = new Doc("", List.of(), "");
    }

    private static Route of(String method, String path, boolean changes, Handler handler) {
        return new Route(method, split(path), changes, 0, Doc.NOTHING, handler);
    }

    static Route get(String path, Handler handler) {
        return of("GET", path, false, handler);
    }

    static Route getNow(String path, Immediate handler) {
        return get(path, call -> CompletableFuture.completedFuture(handler.handle(call)));
    }

    /** A call that changes nothing anybody sees but hands out what is secret, or changes something all the same. */
    static Route guardedGet(String path, Handler handler) {
        return of("GET", path, true, handler);
    }

    static Route delete(String path, Handler handler) {
        return of("DELETE", path, true, handler).answering("Result");
    }

    static Route post(String path, Handler handler) {
        return of("POST", path, true, handler).answering("Result");
    }

    static Route put(String path, Handler handler) {
        return of("PUT", path, true, handler).answering("Result");
    }

    Route upTo(long bodyBytes) {
        return new Route(method, parts, changes, bodyBytes, doc, handler);
    }

    Route saying(String sentence) {
        return documented(new Doc(sentence, doc.query, doc.answer));
    }

    /** The query's parameters it knows. */
    Route asking(String... names) {
        return documented(new Doc(doc.summary, List.of(names), doc.answer));
    }

    Route answering(String schema) {
        return documented(new Doc(doc.summary, doc.query, schema));
    }

    private Route documented(Doc other) {
        return new Route(method, parts, changes, maxBody, other, handler);
    }

    /** The path as it is written, {@code /rest/v2/{name}}. */
    String path() {
        return "/" + String.join("/", parts);
    }

    boolean takesBody() {
        return !method.equals("GET");
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
