package io.headwater.cluster;

import io.headwater.media.StreamKey;
import io.headwater.topology.Event;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What this node has asked the streams' entities and is not done with, oldest first. Guarded by its {@link Desk}. */
final class Requests {
    private final LinkedHashMap<Long, Request> byToken = new LinkedHashMap<>();

    void add(Request request) {
        byToken.put(request.token, request);
    }

    /** The request of that token; null if it is done with. */
    @Nullable
    Request get(long token) {
        return byToken.get(token);
    }

    /** The request that was removed; null if there was none. */
    @Nullable
    Request remove(long token) {
        return byToken.remove(token);
    }

    boolean isOpen(Request request) {
        return byToken.get(request.token) == request;
    }

    int size() {
        return byToken.size();
    }

    /** As they are now: what is done with one of them may add and remove others. */
    List<Request> all() {
        return List.copyOf(byToken.values());
    }

    /** Plays that their entities have and will answer. */
    int parked() {
        return (int) byToken.values().stream()
                .filter(request -> request instanceof Request.Playing playing && playing.parked)
                .count();
    }

    /** Whether somebody on this node waits for the stream or for its grant. */
    boolean wants(StreamKey key) {
        return byToken.values().stream()
                .anyMatch(request -> request.key.equals(key) && !(request instanceof Request.Leaving));
    }

    boolean wantsToPublish(StreamKey key) {
        return byToken.values().stream()
                .anyMatch(request -> request.key.equals(key) && request instanceof Request.Publishing);
    }

    /** The node wants the stream again: what it still says about letting go of it is void. */
    void comesBack(StreamKey key) {
        byToken.values()
                .removeIf(request -> request.key.equals(key)
                        && request instanceof Request.Leaving leaving
                        && leaving.event instanceof Event.Stop);
    }
}
