package io.headwater.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.codec.MalformedException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.pekko.util.ByteString;

/**
 * One request that found its route.
 *
 * @param path what the route's {@code {name}} parts stand for
 * @param query what stands behind the question mark; of several values of one name the last
 * @param body the whole body, empty if the route takes none
 */
record Call(Map<String, String> path, Map<String, String> query, ByteString body) {
    private static final int LONGEST_PAGE = 50;

    String text(String name) {
        return Objects.requireNonNull(path.get(name), name);
    }

    JsonNode json() throws MalformedException {
        return Json.readObject(body.toArray());
    }

    /** The {@code {offset}} and {@code {size}} of a list: at most 50 at once, as the original serves. */
    Page page() throws MalformedException {
        return new Page(number("offset"), Math.min(number("size"), LONGEST_PAGE));
    }

    private int number(String name) throws MalformedException {
        String text = text(name);
        if (!text.matches("[0-9]{1,20}")) {
            throw new MalformedException(name + " is '" + printable(text) + "', expected a whole number from 0 on");
        }
        // scripts that want everything ask for very much
        return new BigInteger(text).min(BigInteger.valueOf(Integer.MAX_VALUE)).intValueExact();
    }

    /**
     * What the query says under a name, which is one of these or the first if it says nothing.
     *
     * @throws MalformedException if it says something else
     */
    String choice(String name, String... words) throws MalformedException {
        String said = query.getOrDefault(name, "");
        if (said.isEmpty()) {
            return words[0];
        }
        if (!List.of(words).contains(said)) {
            throw new MalformedException(
                    name + " is '" + printable(said) + "', expected " + String.join(" or ", words));
        }
        return said;
    }

    static String printable(String text) {
        String clean = text.replaceAll("[^\\x20-\\x7e]", "?");
        return clean.length() <= 64 ? clean : clean.substring(0, 64) + "...";
    }

    /** A part of a list. */
    record Page(int offset, int size) {
        <T> java.util.List<T> of(java.util.stream.Stream<T> all) {
            return all.skip(offset).limit(size).toList();
        }
    }
}
