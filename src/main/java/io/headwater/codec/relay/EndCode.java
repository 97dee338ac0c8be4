package io.headwater.codec.relay;

import java.util.Optional;

/** Why a link is refused or ends, by the number it has on the wire. */
public enum EndCode {
    MALFORMED(1),
    VERSION(2),
    SECRET(3),
    TIMEOUT(4),
    LIMIT(5),
    CLOSING(6),
    LOOP(7),
    NOT_HERE(8),
    ENDED(9),
    UNAVAILABLE(10),
    STALE(11),
    TOO_SLOW(12),
    REFUSED(13);

    private final int wireId;

    EndCode(int wireId) {
        this.wireId = wireId;
    }

    public int wireId() {
        return wireId;
    }

    /** The code with that number, or nothing if this version does not know it (then it means {@link #REFUSED}). */
    public static Optional<EndCode> ofWireId(int wireId) {
        for (EndCode code : values()) {
            if (code.wireId == wireId) {
                return Optional.of(code);
            }
        }
        return Optional.empty();
    }
}
