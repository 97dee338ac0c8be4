package io.headwater.api;

/** A call that is not carried out, with the status and the reason its caller is told. */
public final class CallRefused extends Exception {
    private static final long serialVersionUID = 1;
    private final int status;

    public CallRefused(int status, String reason) {
        super(reason, null, false, false);
        this.status = status;
    }

    public int status() {
        return status;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
