package io.headwater.stream;

import io.headwater.media.StreamKey;

/** Takes down what happens to streams as it happens. Safe for threads; never blocks, never fails. */
public interface StreamEvents {
    /** Takes nothing down. */
    StreamEvents NONE = (key, event) -> {};

    /** Stamps the event with the time and remembers it. */
    void record(StreamKey key, StreamEvent event);

    /** Tells both, this one first. */
    default StreamEvents and(StreamEvents other) {
        return (key, event) -> {
            record(key, event);
            other.record(key, event);
        };
    }
}
