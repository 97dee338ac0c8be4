package io.headwater.api;

import io.headwater.stream.HubSnapshot;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What this node knows about itself. */
public interface LocalNode {
    NodeId id();

    /** The group it is configured for; while the control plane moves over, the new one. */
    NodeGroup group();

    /** The address others reach it at. */
    String host();

    Version version();

    /** The ports that were bound, by name: {@code rtmp}, {@code live}, {@code http}, {@code relay}, {@code cluster}. */
    Map<String, Integer> ports();

    List<HubSnapshot> streams(int limit);

    /** The links to and from other nodes. */
    List<RelayLink> relayLinks();

    /** What is left in memory of everything that has ended or still runs, by name; all zero on an idle node. */
    Map<String, Long> inUse();

    /** Empty if this node takes publishers and players, else why not. */
    Optional<String> notReady();

    /** Why this node would rather take no players, if it is ready because nobody else takes them. */
    default Optional<String> readyAllTheSame() {
        return Optional.empty();
    }

    /**
     * One transfer of a stream between two nodes, seen from this one.
     *
     * @param direction {@code in} or {@code out}
     * @param bytes on the wire since the link was opened, and {@code frames} the frames in them
     * @param sequence of the last frame, -1 before the first
     */
    record RelayLink(
            String stream, String peer, String nodeGroup, String direction, long bytes, long frames, long sequence) {}

    /** @param build the commit or date of the build, empty if unknown */
    record Version(String name, String build) {}
}
