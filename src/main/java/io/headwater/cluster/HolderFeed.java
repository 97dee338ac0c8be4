package io.headwater.cluster;

import io.headwater.stream.Directory.Holding;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.Peer;
import io.headwater.topology.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds a feed among the nodes that hold a stream: for when its entity is silent. */
final class HolderFeed {
    private static final int MAX_CANDIDATES = 3;

    private HolderFeed() {}

    /**
     * Where {@code self} pulls the stream from: the newest session only; nodes of the own group before others, origins
     * before edges. Nothing if nobody has it.
     */
    static Optional<Feed> choose(Peer self, List<Holder> holders) {
        List<Holder> fed = holders.stream()
                .filter(holder -> !holder.node().node().equals(self.node()))
                .filter(HolderFeed::isFed)
                .toList();
        long epoch = fed.stream().mapToLong(HolderFeed::epoch).max().orElse(0);
        List<Holder> best = fed.stream()
                .filter(holder -> epoch(holder) == epoch)
                .sorted(Comparator.comparing((Holder holder) -> isNear(self, holder) ? 0 : 1)
                        .thenComparing(
                                holder -> holder.holding().map(Holding::role).orElse(Role.EDGE))
                        .thenComparing(holder -> holder.node().node()))
                .toList();
        if (best.isEmpty()) {
            return Optional.empty();
        }
        Role role = isNear(self, best.get(0)) ? Role.EDGE : Role.SECONDARY_ORIGIN;
        List<Peer> peers = best.stream().map(Holder::node).limit(MAX_CANDIDATES).toList();
        return Optional.of(new Feed.Peers(epoch, role, peers));
    }

    /**
     * Where {@code self}, which went by {@code before}, gets a later session from, told by nobody but its publisher's
     * node. Every node of a group finds the same order by itself: who was nearer to the publisher stays so, and one of
     * them goes to the main origin.
     */
    static Feed next(Peer self, Optional<Feed> before, Peer publisher, long epoch) {
        if (publisher.group().equals(self.group())) {
            return new Feed.Peers(epoch, Role.EDGE, List.of(publisher));
        }
        List<Peer> near = new ArrayList<>();
        if (before.isPresent() && before.get() instanceof Feed.Peers peers && peers.role() == Role.EDGE) {
            List<Peer> candidates = peers.candidates();
            boolean wasHome = candidates.stream().allMatch(peer -> peer.group().equals(self.group()));
            candidates.stream()
                    .skip(wasHome ? 1 : 0) // that was the main origin
                    .filter(peer -> peer.group().equals(self.group()))
                    .filter(peer -> !peer.node().equals(self.node()))
                    .limit(MAX_CANDIDATES - 1L)
                    .forEach(near::add);
        }
        Role role = near.isEmpty() ? Role.SECONDARY_ORIGIN : Role.EDGE;
        near.add(publisher);
        return new Feed.Peers(epoch, role, near);
    }

    /** The newest session anybody knows of, 0 if none. */
    static long highestEpoch(List<Holder> holders) {
        return holders.stream().mapToLong(HolderFeed::epoch).max().orElse(0);
    }

    /** Who publishes the stream in its newest session. */
    static Optional<Holder> publisher(List<Holder> holders) {
        return holders.stream()
                .filter(holder -> holder.holding().filter(Holding::published).isPresent())
                .max(Comparator.comparingLong(HolderFeed::epoch));
    }

    /** Whether somebody of that group has the stream from somewhere. */
    static boolean anyNear(NodeGroup group, List<Holder> holders) {
        return holders.stream()
                .filter(HolderFeed::isFed)
                .anyMatch(holder -> holder.node().group().equals(group));
    }

    private static boolean isFed(Holder holder) {
        return holder.holding()
                .filter(holding -> holding.published() || holding.feed().isPresent())
                .isPresent();
    }

    private static boolean isNear(Peer self, Holder holder) {
        return holder.node().group().equals(self.group());
    }

    private static long epoch(Holder holder) {
        return holder.holding().map(Holding::epoch).orElse(0L);
    }
}
