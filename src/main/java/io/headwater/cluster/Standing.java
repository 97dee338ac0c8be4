package io.headwater.cluster;

import io.headwater.topology.Feed;
import java.util.Optional;

/**
 * How this node stands to one stream, as far as the stream's entity is concerned.
 *
 * @param wants whether the node holds the stream or has asked for it
 * @param version the highest version of a feed the entity sent
 * @param epoch the newest publishing session the node knows, 0 if none
 * @param published whether the publisher of that session is connected to this node
 * @param feed the last feed the entity sent
 */
record Standing(boolean wants, long version, long epoch, boolean published, Optional<Feed> feed) {
    static final Standing NONE = new Standing(false, 0, 0, false, Optional.empty());

    Standing wanted() {
        return new Standing(true, version, epoch, published, feed);
    }

    /** The node let go of the stream; what the entity sent before is still not to be believed. */
    Standing stopped() {
        return new Standing(false, version, epoch, false, Optional.empty());
    }

    Standing granted(long newEpoch) {
        return new Standing(true, version, newEpoch, true, feed);
    }

    Standing unpublished() {
        return new Standing(wants, version, epoch, false, feed);
    }

    /** What the entity sent in {@code newVersion}, which must not be below {@link #version}. */
    Standing told(long newVersion, Feed newFeed) {
        return new Standing(wants, newVersion, Math.max(epoch, epochOf(newFeed)), published, Optional.of(newFeed));
    }

    /** The node is in another group now: what the entity there says is numbered anew. */
    Standing elsewhere() {
        return new Standing(wants, 0, epoch, published, Optional.empty());
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
