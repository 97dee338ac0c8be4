package io.headwater.access;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The sessions that ask for HLS playlists, as long as they do, and those of them that were ended. */
final class HlsViewers {
    static final int MOST = 20_000;
    /** A player asks for its playlist every few seconds. */
    static final long ASKS_WITHIN_MS = 30_000;

    private static final long LOOK_MS = 5_000;

    private final Counters counters;
    private final LongSupplier clock;
    private final Map<Name, Session> sessions = new HashMap<>();
    private long lookedAtMs;

    HlsViewers(Counters counters, LongSupplier clock) {
        this.counters = counters;
        this.clock = clock;
    }

    private record Name(StreamKey key, String id) {}

    private static final class Session {
        final Viewers.Viewer viewer;
        long askedAtMs;
        boolean ended;

        Session(Viewers.Viewer viewer) {
            this.viewer = viewer;
        }
    }

    /** A session asks for its playlist. @return false if it was ended, and asks again all the same */
    synchronized boolean seen(StreamKey key, String id, String address) {
        long now = clock.getAsLong();
        if (now - lookedAtMs >= LOOK_MS) {
            lookedAtMs = now;
            sessions.values().removeIf(session -> isOver(session, now));
        }
        Name name = new Name(key, id);
        Session session = sessions.get(name);
        if (session == null) {
            if (sessions.size() >= MOST) {
                counters.increment(Metric.VIEWERS_UNLISTED);
                return true;
            }
            session = new Session(new Viewers.Viewer(id, "hls", address, now));
            sessions.put(name, session);
        }
        session.askedAtMs = now;
        return !session.ended;
    }

    synchronized List<Viewers.Viewer> of(StreamKey key) {
        long now = clock.getAsLong();
        return sessions.entrySet().stream()
                .filter(one -> one.getKey().key.equals(key))
                .map(Map.Entry::getValue)
                .filter(session -> !session.ended && !isOver(session, now))
                .map(session -> session.viewer)
                .toList();
    }

    /** @return how many there were */
    synchronized int end(StreamKey key, Optional<String> id) {
        long now = clock.getAsLong();
        int ended = 0;
        for (Map.Entry<Name, Session> one : sessions.entrySet()) {
            Session session = one.getValue();
            boolean meant = one.getKey().key.equals(key)
                    && (id.isEmpty() || one.getKey().id.equals(id.get()));
            if (meant && !session.ended && !isOver(session, now)) {
                session.ended = true;
                ended++;
            }
        }
        return ended;
    }

    /** One that was ended is remembered for as long as it asks. */
    private static boolean isOver(Session session, long now) {
        return now - session.askedAtMs > ASKS_WITHIN_MS;
    }
}
