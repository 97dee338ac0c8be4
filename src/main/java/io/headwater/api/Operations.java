package io.headwater.api;

import io.headwater.codec.MalformedException;
import io.headwater.media.StreamKey;
import java.util.Map;

/** What an operator reads and changes while the node runs. Any thread. */
public interface Operations {
    /** The Prometheus page at this moment. */
    Text metrics();

    /**
     * A request was answered.
     *
     * @param kind {@code rest}, {@code page}, or {@code mount} for what is served beside them
     * @param nanos from the request until its answer begins
     */
    void answered(String kind, int status, long nanos);

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

    /** The loggers whose level was set, by name. */
    Map<String, String> logLevels();

    /**
     * Sets a logger's level until the node ends.
     *
     * @throws MalformedException if there is no such level, or the name is none
     */
    void logLevel(String logger, String level) throws MalformedException;

    /**
     * Reads the configuration again and takes over what can be taken over.
     *
     * @return what was, and what waits for the next start
     * @throws MalformedException with all that is wrong; nothing has changed then
     */
    String reload() throws MalformedException;

    /** An answer that is not JSON. */
    record Text(String contentType, String text) {}
}
