package io.headwater.api;

import io.headwater.media.StreamKey;
import java.util.concurrent.CompletionStage;

/** Acts on live streams, wherever in the cluster they are. */
public interface StreamControl {
    /**
     * Ends the stream: its publisher is told and disconnected, and its players are told the end.
     *
     * @return whether there was a publisher to stop
     */
    CompletionStage<Boolean> stop(StreamKey key);
}
