package io.headwater.net;

import java.util.ArrayList;
import java.util.List;

/** Reads lists in headers of HTTP such as {@code Accept-Encoding: br, gzip;q=0.5}. */
public final class Encodings {
    private Encodings() {}

    /** Whether a client takes that encoding. One with the weight 0 it does not take. */
    public static boolean accepts(List<String> values, String encoding) {
        for (String one : split(values)) {
            String[] parts = one.split(";", 2);
            if (parts[0].strip().equalsIgnoreCase(encoding)) {
                return parts.length == 1 || !parts[1].strip().matches("(?i)q=0(\\.0*)?");
            }
        }
        return false;
    }

    /** What is between the commas of a header that may be there more than once. */
    public static List<String> split(List<String> values) {
        List<String> all = new ArrayList<>();
        for (String value : values) {
            for (String one : value.split(",", -1)) {
                all.add(one.strip());
            }
        }
        return all;
    }
}
