package io.headwater.api;

/** What an operator reads and changes while the node runs. Any thread. */
public interface Operations {
    /** The Prometheus page at this moment. */
    Text metrics();

    /** An answer that is not JSON. */
    record Text(String contentType, String text) {}
}
