package io.headwater.cluster;

import io.headwater.media.StreamKey;
import io.headwater.topology.Feed;
import io.headwater.topology.Peer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * Sessions that nobody but their publisher's node told this one of, since the streams' entities are silent or do not know
 * them yet. What an entity plans meanwhile is for the session before, whose main origin may be dead. The oldest are forgotten
 * first. Guarded by its {@link Desk}.
 */
final class ToldSessions {
    static final int MOST = 10_000;

    /** For longer than a group takes to get over the death of a node; an entity that knows no such session by then is right. */
    static final long KEPT_MS = 60_000;

    private final LinkedHashMap<StreamKey, Told> byKey = new LinkedHashMap<>();

    private record Told(Peer publisher, long epoch, long atMs) {}

    void put(StreamKey key, Peer publisher, long epoch, long nowMs) {
        byKey.remove(key);
        byKey.put(key, new Told(publisher, epoch, nowMs));
        if (byKey.size() > MOST) {
            Iterator<StreamKey> oldest = byKey.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** What the entity planned; where it does not know of a later session, its tree with that session's publisher on top. */
    Feed later(StreamKey key, Peer self, Feed planned, long nowMs) {
        Told told = byKey.get(key);
        if (told == null || !(planned instanceof Feed.Peers peers)) {
            return planned;
        }
        if (peers.epoch() >= told.epoch || nowMs - told.atMs > KEPT_MS) {
            byKey.remove(key);
            return planned;
        }
        return HolderFeed.next(self, Optional.of(planned), told.publisher, told.epoch);
    }
}
