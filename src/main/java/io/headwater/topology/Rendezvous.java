package io.headwater.topology;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Which one of some nodes does a job, without asking each other: all that know the same nodes say the same. When a node
 * comes or goes, only the jobs move that it takes or had (rendezvous hashing).
 */
public final class Rendezvous {
    private Rendezvous() {}

    /** Nothing if there are no nodes. */
    public static Optional<NodeId> of(String job, Collection<NodeId> nodes) {
        return nodes.stream()
                .max(Comparator.comparingLong((NodeId node) -> weight(job, node))
                        .thenComparing(NodeId::name));
    }

    /** FNV-1a, and a finish that spreads what short names leave alike. */
    private static long weight(String job, NodeId node) {
        long hash = 0xcbf29ce484222325L;
        for (byte one : (node.name() + "\n" + job).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (one & 0xff)) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
        return hash ^ hash >>> 33;
    }
}
