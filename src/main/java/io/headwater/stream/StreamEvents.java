package io.headwater.stream;

import io.headwater.media.StreamKey;

/** Takes down what happens to streams as it happens. Safe for threads; never blocks, never fails. */
public interface StreamEvents {
    /** Takes nothing down. */
    StreamEvents NONE = (key, event) -> {};

    /** Stamps the event with the time and remembers it. */
    void record(StreamKey key, StreamEvent event);

    /** The cluster decided something about a stream, on this node. */
    default void decided(StreamKey key, StreamDecision decision) {}

    /** Tells both, this one first. */
    default StreamEvents and(StreamEvents other) {
        StreamEvents first = this;
        return new StreamEvents() {
            @Override
            public void record(StreamKey key, StreamEvent event) {
                first.record(key, event);
                other.record(key, event);
            }

            @Override
            public void decided(StreamKey key, StreamDecision decision) {
                first.decided(key, decision);
                other.decided(key, decision);
            }
        };
    }
}
