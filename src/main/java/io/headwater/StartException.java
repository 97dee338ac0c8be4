package io.headwater;

import java.io.IOException;

/** A part of the node cannot start; the message is for the operator. */
final class StartException extends Exception {
    private static final long serialVersionUID = 1;

    StartException(Throwable cause) {
        super(
                cause instanceof IOException && cause.getMessage() != null ? cause.getMessage() : cause.toString(),
                cause);
    }

    /** Whether the message alone says what is wrong, so that nobody needs the stack. */
    boolean isPlain() {
        return getCause() instanceof IOException;
    }
}
