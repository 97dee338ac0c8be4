package io.headwater.cluster;

import io.headwater.media.MediaKind;
import io.headwater.media.StreamKey;
import io.headwater.media.Track;
import io.headwater.stream.Directory;
import io.headwater.stream.HubSnapshot;
import io.headwater.stream.Streams;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One stream on one node, as that node reports it.
 *
 * @param node who reports
 * @param path the nodes the stream passes up to and including this one, main origin first
 * @param publisher set where it is published
 * @param bitrateIn bits per second over the last seconds
 * @param startedAtMs wall clock of the hub's start, for display only
 * @param picturesPerSecond 0 if there is no video, or the node is too old to say
 * @param audioBitrateIn the part of {@code bitrateIn} that is sound, or 0 if the node is too old to say
 */
public record StreamReport(
        Peer node,
        Directory.Holding holding,
        List<NodeId> path,
        List<TrackReport> tracks,
        Optional<Streams.PeerInfo> publisher,
        Map<String, Integer> viewersByProtocol,
        long bytesIn,
        long bitrateIn,
        long framesIn,
        long framesDropped,
        long startedAtMs,
        double picturesPerSecond,
        long audioBitrateIn)
        implements ClusterMessage {

    /** What a track is, without its decoder configuration. */
    public record TrackReport(int id, String codec, int width, int height, int sampleRate, int channels) {
        static TrackReport of(Track track) {
            return new TrackReport(
                    track.id(),
                    track.codec().name(),
                    track.width(),
                    track.height(),
                    track.sampleRate(),
                    track.channels());
        }
    }

    public StreamKey key() {
        return holding.key();
    }

    static StreamReport of(Peer node, HubSnapshot hub) {
        return new StreamReport(
                node,
                hub.holding(),
                hub.path(),
                hub.tracks().all().stream()
                        .filter(track -> track.kind() != MediaKind.DATA)
                        .map(TrackReport::of)
                        .toList(),
                hub.publisher(),
                hub.viewersByProtocol(),
                hub.bytesIn(),
                hub.bitrateIn(),
                hub.framesIn(),
                hub.framesDropped(),
                hub.startedAtMs(),
                hub.picturesPerSecond(),
                hub.audioBitrateIn());
    }
}
