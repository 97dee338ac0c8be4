package io.headwater.stream;

import io.headwater.media.StreamKey;
import java.util.List;
import java.util.Optional;

/** Who plays what on this node, as one way of serving players knows it, and how an operator ends them. */
public interface Sessions {
    /** What a player is told whose session was ended. */
    String ENDED = "an operator ended the session";

    /**
     * One session of a player.
     *
     * @param address {@code host:port}
     * @param sinceMs when it was admitted
     */
    record Session(String id, String protocol, String address, long sinceMs) {}

    /** Those of a stream, in no order. */
    List<Session> of(StreamKey key);

    /**
     * Ends one session of a stream, or all. Who was ended may come again, as anybody may.
     *
     * @return how many there were
     */
    int end(StreamKey key, Optional<String> id);
}
