package io.headwater.stream;

import io.headwater.media.Tracks;
import io.headwater.topology.NodeId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One stream on this node at one moment.
 *
 * @param holding what the control plane is told
 * @param path the nodes the stream passes up to and including this one, main origin first; empty while nothing feeds it
 * @param tracks the newest tracks
 * @param publisher who publishes it to this node
 * @param viewersByProtocol players by protocol; never contains relays
 * @param bytesIn payload bytes from the feed since the hub started
 * @param bitrateIn bits per second from the feed over the last seconds
 * @param framesIn frames from the feed since the hub started
 * @param framesDropped frames that slow subscribers did not get, summed
 * @param ringFrames frames in memory
 * @param ringBytes their payload bytes, and those of their encoded forms
 * @param startedAtMs wall clock when the hub started, for display only
 * @param picturesPerSecond video frames from the feed over the last seconds
 * @param audioBitrateIn the part of {@code bitrateIn} that is sound
 */
public record HubSnapshot(
        Directory.Holding holding,
        List<NodeId> path,
        Tracks tracks,
        Optional<Streams.PeerInfo> publisher,
        Map<String, Integer> viewersByProtocol,
        long bytesIn,
        long bitrateIn,
        long framesIn,
        long framesDropped,
        int ringFrames,
        long ringBytes,
        long startedAtMs,
        double picturesPerSecond,
        long audioBitrateIn) {}
