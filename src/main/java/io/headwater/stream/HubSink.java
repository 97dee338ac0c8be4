package io.headwater.stream;

import io.headwater.media.Frame;
import io.headwater.media.Tracks;
import io.headwater.topology.NodeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One upstream link's way into its hub. */
final class HubSink implements Upstream.Sink {
    private final Hub hub;
    private final long link;
    /** Told, and not yet handed over with the frame it belongs to. One thread at a time calls a sink. */
    private volatile @Nullable Tracks tracks;

    HubSink(Hub hub, long link) {
        this.hub = hub;
        this.link = link;
    }

    @Override
    public void onWelcome(long epoch, boolean resumed, List<NodeId> path) {
        hub.welcomed(link, epoch, resumed, path);
    }

    @Override
    public void onTracks(Tracks known) {
        tracks = known;
    }

    @Override
    public void onFrame(Frame frame) {
        Tracks known = tracks;
        if (known != null) {
            tracks = null;
        }
        hub.frame(link, frame, known);
    }

    @Override
    public void onWaiting() {
        hub.waiting(link);
    }

    @Override
    public void onAlive() {
        hub.alive(link);
    }

    @Override
    public void onClosed(Upstream.Closed closed) {
        hub.closed(link, closed);
    }
}
