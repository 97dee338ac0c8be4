package io.headwater.media;

import java.util.Objects;

/**
 * A fact that travels with a frame from the main origin to every node, by type number; who does not know the type
 * passes it on unread.
 *
 * @param type 0 to 65535, assigned in {@code docs/relay-protocol.md}
 */
public record Extension(int type, Bytes value) {
    public Extension {
        Objects.checkIndex(type, 65536);
    }
}
