package io.headwater.gateway.outbound;

import io.headwater.codec.MalformedException;
import io.headwater.codec.flv.FlvDemuxer;
import io.headwater.media.Bytes;
import io.headwater.media.StreamKey;
import io.headwater.media.Track;
import io.headwater.stream.Ingest;
import io.headwater.stream.Streams;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what is fetched from another server as a stream of this node. All methods belong to one executor.
 *
 * <p>Tags that come before the cluster granted the stream are not kept: the connection reads nothing until then.
 */
final class PulledFrames implements FlvDemuxer.Output {
    private final FlvDemuxer demuxer = new FlvDemuxer();
    private @Nullable Ingest ingest;
    private boolean over;

    /**
     * @param executor where everything is called
     * @param granted the stream may flow
     * @param refused it may not, or not any more
     */
    void publish(
            Streams streams,
            StreamKey key,
            Streams.PeerInfo from,
            Executor executor,
            Runnable granted,
            Consumer<String> refused) {
        streams.publish(key, from, reason -> executor.execute(() -> refused.accept("stopped: " + reason)))
                .thenAccept(answer -> executor.execute(() -> {
                    if (answer instanceof Streams.PublishAnswer.Accepted accepted) {
                        ingest = accepted.ingest();
                        if (over) {
                            accepted.ingest().lost();
                        } else {
                            granted.run();
                        }
                    } else if (answer instanceof Streams.PublishAnswer.Refused no) {
                        refused.accept(no.reason());
                    } else {
                        refused.accept(key + " has a publisher already");
                    }
                }));
    }

    void tag(int type, long timestampMs, Bytes body) throws MalformedException {
        if (!over) {
            demuxer.tag(type, timestampMs, body, this);
        }
    }

    void over() {
        if (!over) {
            over = true;
            if (ingest != null) {
                ingest.lost();
            }
        }
    }

    @Override
    public void frame(Track track, long dtsUs, long ptsUs, boolean keyframe, Bytes payload) {
        if (ingest != null) {
            ingest.frame(track, dtsUs, ptsUs, keyframe, payload);
        }
    }
}
