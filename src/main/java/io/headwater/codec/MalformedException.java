package io.headwater.codec;

/**
 * A peer's bytes break the format: the ordinary end of that peer's connection, told in one line.
 *
 * <p>Has no stack trace; the message names the field, the value and what was expected.
 */
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    public MalformedException(String message) {
        super(message, null, false, false);
    }
}
