package io.headwater.topology;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A node of the own group that wants the stream, and what it was told.
 *
 * @param token of its newest play or publish
 * @param publishToken of its newest publish, 0 if none
 * @param told the feed it was told last, if any
 * @param toldVersion the number that was told with
 * @param seen whether it said that this arrived
 * @param waiting plays that wait for an answer
 * @param avoids peers it could not go on with in this epoch
 */
record Holder(
        Peer peer,
        long token,
        long publishToken,
        Optional<Feed> told,
        long toldVersion,
        boolean seen,
        List<Long> waiting,
        Set<NodeId> avoids) {

    static Holder of(Peer peer, long token) {
        return new Holder(peer, token, 0, Optional.empty(), 0, true, List.of(), Set.of());
    }

    NodeId node() {
        return peer.node();
    }

    Holder told(Feed feed, long version, boolean isSeen) {
        return new Holder(peer, token, publishToken, Optional.of(feed), version, isSeen, List.of(), avoids);
    }

    Holder withSeen(boolean isSeen) {
        return new Holder(peer, token, publishToken, told, toldVersion, isSeen, waiting, avoids);
    }

    Holder asking(Peer newPeer, long playToken) {
        List<Long> tokens = new ArrayList<>(waiting);
        if (!tokens.contains(playToken)) {
            tokens.add(playToken);
        }
        if (tokens.size() > Limits.TOKENS) {
            tokens.remove(0);
        }
        return new Holder(
                newPeer,
                Math.max(token, playToken),
                publishToken,
                told,
                toldVersion,
                seen,
                List.copyOf(tokens),
                avoids);
    }

    Holder publishing(Peer newPeer, long newToken, Feed feed, long version) {
        return new Holder(
                newPeer, Math.max(token, newToken), newToken, Optional.of(feed), version, true, waiting, Set.of());
    }

    Holder avoiding(NodeId lost) {
        if (avoids.size() >= Limits.AVOIDED) {
            return this;
        }
        Set<NodeId> more = new LinkedHashSet<>(avoids);
        more.add(lost);
        return withAvoids(more);
    }

    Holder trusting(NodeId found) {
        Set<NodeId> fewer = new LinkedHashSet<>(avoids);
        return fewer.remove(found) ? withAvoids(fewer) : this;
    }

    Holder withAvoids(Set<NodeId> newAvoids) {
        return new Holder(peer, token, publishToken, told, toldVersion, seen, waiting, Set.copyOf(newAvoids));
    }
}
