package io.headwater.api;

import io.headwater.media.StreamKey;

/** What an operator reads and changes while the node runs. Any thread. */
public interface Operations {
    /** The Prometheus page at this moment. */
    Text metrics();

    /**
     * Where players of a stream should go.
     *
     * @param target {@code edge}, {@code origin}, or anything else for no wish
     */
    Serving serving(StreamKey key, String target);

    /**
     * @param host of the node that serves the stream best, as players reach it
     * @param here whether that is the node that was asked
     */
    record Serving(boolean here, String host, int rtmpPort, int livePort, int httpPort) {}

    /** An answer that is not JSON. */
    record Text(String contentType, String text) {}
}
