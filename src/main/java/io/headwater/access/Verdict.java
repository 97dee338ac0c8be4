package io.headwater.access;

import io.headwater.media.StreamKey;
import java.util.Map;
import java.util.Optional;

/** What one check says. */
sealed interface Verdict {
    /** When what has no end ends. */
    long NEVER = Long.MAX_VALUE;

    /**
     * @param key the stream that is meant
     * @param untilMs when the session must end
     * @param notes shared notes and what they say as long as the session may go on; nothing for one that must not be there
     */
    record Good(StreamKey key, long untilMs, Map<String, Optional<String>> notes) implements Verdict {}

    /** @param reason for the client */
    record Bad(String reason) implements Verdict {}
}
