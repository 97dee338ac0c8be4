package io.headwater.stream;

import io.headwater.media.Bytes;
import io.headwater.media.Extension;
import io.headwater.media.Track;
import io.headwater.media.Tracks;
import java.util.List;

/** One publisher's way into its hub. After the session is over, everything it says is ignored. */
final class PublishSession implements Ingest {
    final long epoch;
    final Streams.PeerInfo peer;
    final Streams.PublisherControl control;
    final boolean backup;
    final PublisherClock clock = new PublisherClock();
    private final Hub hub;

    /** @param backup whether it stood by for another before, or asked to */
    PublishSession(Hub hub, long epoch, Streams.PeerInfo peer, Streams.PublisherControl control, boolean backup) {
        this.hub = hub;
        this.epoch = epoch;
        this.peer = peer;
        this.control = control;
        this.backup = backup;
    }

    /** The tracks of the frames that follow, told before the first of them. */
    void tracks(Tracks tracks) {
        hub.tracks(this, tracks);
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
