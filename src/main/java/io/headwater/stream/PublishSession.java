package io.headwater.stream;

import io.headwater.media.Bytes;
import io.headwater.media.Extension;
import io.headwater.media.Track;
import java.util.List;

/** One publisher's way into its hub. After the session is over, everything it says is ignored. */
final class PublishSession implements Ingest {
    final long epoch;
    final Streams.PeerInfo peer;
    final Streams.PublisherControl control;
    final PublisherClock clock = new PublisherClock();
    private final Hub hub;

    PublishSession(Hub hub, long epoch, Streams.PeerInfo peer, Streams.PublisherControl control) {
        this.hub = hub;
        this.epoch = epoch;
        this.peer = peer;
        this.control = control;
    }

    @Override
    public void frame(
            Track track, long dtsUs, long ptsUs, boolean keyframe, Bytes payload, List<Extension> extensions) {
        hub.ingest(this, new Raw(track, dtsUs, ptsUs, keyframe, payload, extensions));
    }

    @Override
    public void finished() {
        hub.publisherLeft(this, hub.app().endOnUnpublish() ? Directory.Departure.FINISHED : Directory.Departure.LOST);
    }

    @Override
    public void lost() {
        hub.publisherLeft(this, Directory.Departure.LOST);
    }

    /** A frame on the publisher's own clock, without a number yet. */
    record Raw(Track track, long dtsUs, long ptsUs, boolean keyframe, Bytes payload, List<Extension> extensions) {}
}
