package io.headwater.gateway.hls;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One range of a file's bytes (RFC 9110, 14).
 *
 * @param to the last byte; before {@code from} if none of the file was asked for
 */
record ByteRange(int from, int to) {
    /**
     * What is served to whom asked for no range, several, what is none, or any of an empty file (the file of a gap is no
     * error): the specification allows to ignore it.
     */
    static final ByteRange WHOLE = new ByteRange(0, Integer.MAX_VALUE);

    private static final ByteRange EMPTY = new ByteRange(0, -1);
    private static final Pattern ONE = Pattern.compile("bytes ?= ?([0-9]{0,18})-([0-9]{0,18})");

    /** @param header the value of {@code Range}, empty if there is none */
    static ByteRange of(String header, int length) {
        Matcher one = ONE.matcher(header);
        if (length == 0
                || !one.matches()
                || (one.group(1).isEmpty() && one.group(2).isEmpty())) {
            return WHOLE;
        }
        if (one.group(1).isEmpty()) {
            long last = Long.parseLong(one.group(2));
            return last == 0 ? EMPTY : new ByteRange((int) Math.max(0, length - last), length - 1);
        }
        long from = Long.parseLong(one.group(1));
        long to = one.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(one.group(2));
        if (to < from) {
            return WHOLE;
        }
        return from >= length ? EMPTY : new ByteRange((int) from, (int) Math.min(to, length - 1));
    }

    boolean isEmpty() {
        return to < from;
    }
}
