package io.headwater.cluster;

import io.headwater.topology.Claim;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import io.headwater.topology.Role;
import java.util.Optional;
import java.util.Set;

/**
 * How this node stands to one stream, as far as the stream's entity is concerned.
 *
 * @param wants whether the node holds the stream or has asked for it
 * @param token that of the node's newest play or publish, 0 if none
 * @param version the highest version of a feed the entity sent
 * @param epoch the newest publishing session the node heard of, 0 if none
 * @param publishedEpoch the session whose publisher is connected to this node, 0 if none
 * @param feed the last feed the node goes by
 */
record Standing(boolean wants, long token, long version, long epoch, long publishedEpoch, Optional<Feed> feed) {
    static final Standing NONE = new Standing(false, 0, 0, 0, 0, Optional.empty());

    Standing wanted(long newToken) {
        return new Standing(true, newToken, version, epoch, publishedEpoch, feed);
    }

    /** The node let go of the stream; what the entity sent before is still not to be believed. */
    Standing stopped() {
        return new Standing(false, token, version, epoch, 0, Optional.empty());
    }

    Standing granted(long newEpoch) {
        return new Standing(true, token, version, Math.max(epoch, newEpoch), newEpoch, feed);
    }

    Standing unpublished() {
        return new Standing(wants, token, version, epoch, 0, feed);
    }

    /** A session of that number exists. */
    Standing heard(long newEpoch) {
        return new Standing(wants, token, version, Math.max(epoch, newEpoch), publishedEpoch, feed);
    }

    /** The entity sent something in that version. */
    Standing seen(long newVersion) {
        return new Standing(wants, token, Math.max(version, newVersion), epoch, publishedEpoch, feed);
    }

    /** The node goes by that feed now. */
    Standing fed(Feed newFeed) {
        return new Standing(
                wants, token, version, Math.max(epoch, epochOf(newFeed)), publishedEpoch, Optional.of(newFeed));
    }

    /** The node is in another group now: what the entity there says is numbered anew. */
    Standing elsewhere() {
        return new Standing(wants, token, 0, epoch, publishedEpoch, Optional.empty());
    }

    boolean published() {
        return publishedEpoch > 0;
    }

    /** Whether the group gets the stream through this node, or the node falls back on one of {@code gone}. */
    boolean concernedBy(Set<NodeId> gone) {
        return published()
                || feed.filter(Feed.Peers.class::isInstance)
                        .map(Feed.Peers.class::cast)
                        .filter(peers -> peers.role() != Role.EDGE
                                || peers.candidates().stream().anyMatch(peer -> gone.contains(peer.node())))
                        .isPresent();
    }

    /**
     * What the node says that it holds.
     *
     * @param publishesAnew whether a publish is not granted yet that is newer than the session that is claimed
     */
    Claim claim(Peer self, long round, boolean publishesAnew) {
        if (!wants) {
            return Claim.nothing(self, round, version);
        }
        long claimedEpoch = published() ? publishedEpoch : epoch;
        return new Claim(self, round, true, version, claimedEpoch, published(), feed, publishesAnew ? 0 : token);
    }

    static long epochOf(Feed feed) {
        if (feed instanceof Feed.Publisher publisher) {
            return publisher.epoch();
        }
        if (feed instanceof Feed.Peers peers) {
            return peers.epoch();
        }
        return feed instanceof Feed.Held held ? held.epoch() : 0;
    }
}
