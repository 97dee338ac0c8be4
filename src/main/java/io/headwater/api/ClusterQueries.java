package io.headwater.api;

import io.headwater.media.StreamKey;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * What REST asks of the whole cluster, so that every node answers the same.
 *
 * <p>A stage completes within seconds: a node that does not answer in time is missing from what it could have said.
 */
public interface ClusterQueries {

    /** Whether this node is, or is meant to be, one of several. */
    boolean clusterMode();

    /** Every member, this node included, and the nodes that were lost lately, which are {@code down}. */
    CompletionStage<List<Member>> members();

    /** The addresses other nodes and clients reach the members at, this node's included, as they are known now. */
    List<String> hosts();

    /** Every stream of every application that is known anywhere. */
    CompletionStage<List<LiveStream>> streams();

    /** Every stream of the application that is known anywhere. */
    CompletionStage<List<LiveStream>> streams(String app);

    CompletionStage<Optional<LiveStream>> stream(StreamKey key);

    /** Who feeds whom; nothing if nobody in the cluster knows the stream. */
    CompletionStage<Optional<StreamTree>> tree(StreamKey key);

    /** The newest events of a stream, oldest first; none if no node remembers the stream. */
    CompletionStage<List<Event>> events(StreamKey key);

    /** The players of a stream on all nodes, those that came first first; of each node the first thousand. */
    CompletionStage<List<Viewer>> viewers(StreamKey key);

    /** How the forwarding to other servers stands, by the ids of the broadcasts' endpoints; those that do not run are missing. */
    CompletionStage<Map<String, String>> forwards();

    /** Empty if this node takes part in its cluster, else what it waits for. */
    Optional<String> notReady();

    /** Where the deciding about streams is done, as this node knows it. */
    EntityHosts entityHosts();

    /**
     * Where the deciding is done.
     *
     * @param coordinator the node that hands out the entities of this node's group
     * @param here the streams whose entity is on this node
     */
    record EntityHosts(Optional<NodeId> coordinator, List<StreamKey> here) {}

    /**
     * One node of the cluster, as it reported itself.
     *
     * @param alive whether the cluster reaches it now
     * @param state {@code joining}, {@code up}, {@code draining}, {@code leaving}, {@code unreachable} or {@code down}
     * @param cpuPercent 0 to 100
     * @param reportedAtMs wall clock of that node; of one that is down, when it was lost
     */
    record Member(
            NodeId node,
            NodeGroup group,
            String host,
            boolean alive,
            String state,
            String version,
            Ports ports,
            long usedMemoryMb,
            long totalMemoryMb,
            int cpuPercent,
            int streams,
            int viewers,
            Roles roles,
            long reportedAtMs) {
        /** Whether it was lost, and is no member any more. */
        boolean isDown() {
            return state.equals("down");
        }
    }

    /** What other nodes and clients connect to; 0 for what a node does not say. */
    record Ports(int http, int relay, int rtmp, int live) {}

    /** Of how many of its streams a node is what. */
    record Roles(int mainOrigin, int secondaryOrigin, int edge) {}

    /**
     * One stream as its main origin knows it; viewers are those of all nodes.
     *
     * @param live false while its publisher is gone and may come back
     * @param originHost the address of its main origin
     * @param publisherProtocol {@code rtmp}, empty if unknown
     * @param publisherAddress {@code host:port}, empty if unknown
     * @param bitrate bits per second
     * @param fps pictures per second over the last seconds, 0 without video
     * @param audioBitrate the part of {@code bitrate} that is sound
     */
    record LiveStream(
            StreamKey key,
            boolean live,
            String originHost,
            String publisherProtocol,
            String publisherAddress,
            Map<String, Integer> viewersByProtocol,
            long startedAtMs,
            long bytesIn,
            long bitrate,
            int width,
            int height,
            List<StreamTrack> tracks,
            double fps,
            long audioBitrate) {}

    /**
     * One player of a stream.
     *
     * @param id what it is ended by
     * @param node which serves it
     * @param address {@code host:port}
     */
    record Viewer(String id, NodeId node, NodeGroup group, String protocol, String address, long sinceMs) {}

    /** What a stream consists of; numbers that do not apply are 0. */
    record StreamTrack(String codec, int width, int height, int sampleRate, int channels) {}

    /**
     * Who feeds whom.
     *
     * @param mainOrigin nothing while the publisher is gone and may come back
     */
    record StreamTree(
            StreamKey key,
            long epoch,
            Optional<NodeGroup> homeGroup,
            Optional<NodeId> mainOrigin,
            List<GroupOrigin> groups,
            List<Branch> nodes) {}

    /** The origin of one group, and who takes over if it dies. */
    record GroupOrigin(NodeGroup group, Optional<NodeId> origin, Optional<NodeId> successor) {}

    /**
     * One node that holds the stream.
     *
     * @param role {@code mainOrigin}, {@code secondaryOrigin} or {@code edge}
     * @param feed {@code publisher}, the id of the node it pulls from, or nothing while it has none
     * @param standbys backup publishers that wait at it
     * @param backup whether its publisher is a backup that went live
     * @param lagFrames frames the main origin has and this node has not yet
     * @param bitrate what comes in from its feed, bits per second
     */
    record Branch(
            NodeId node,
            NodeGroup group,
            String role,
            Optional<String> feed,
            int viewers,
            int standbys,
            boolean backup,
            long lagFrames,
            long bitrate) {}

    /**
     * Something that happened to a stream on one node.
     *
     * @param at by that node's clock
     * @param gapMs how long no frame came, nothing if that was not measured; likewise {@code framesLost}
     * @param epoch 0 if unknown
     */
    record Event(
            Instant at,
            String kind,
            NodeId node,
            NodeGroup group,
            Optional<String> from,
            Optional<String> to,
            String why,
            OptionalLong gapMs,
            OptionalLong framesLost,
            long epoch) {}
}
