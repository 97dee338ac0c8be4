package io.headwater.codec.amf;

import io.headwater.codec.MalformedException;

/**
 * What one message may make a reader build.
 *
 * @param depth values inside values
 * @param values all values of the message together, members and elements included
 * @param textBytes bytes of one text
 */
public record AmfLimits(int depth, int values, int textBytes) {
    /** Room for every command and for metadata with a keyframe index of hours; a few MB of memory at most. */
    public static final AmfLimits DEFAULTS = new AmfLimits(16, 20_000, 256 * 1024);

    void checkDepth(int actual) throws MalformedException {
        check("depth", actual, depth);
    }

    void checkValues(long actual) throws MalformedException {
        check("number of values", actual, values);
    }

    void checkText(long actual) throws MalformedException {
        check("text length", actual, textBytes);
    }

    private static void check(String what, long actual, int limit) throws MalformedException {
        if (actual > limit) {
            throw new MalformedException("AMF " + what + " is " + actual + ", expected at most " + limit);
        }
    }
}
