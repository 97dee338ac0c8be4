package io.headwater.gateway.hls;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Sessions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Who watches HLS on this node: whoever asks for a media playlist, told apart by an id in its address. A session is listed
 * while it asks for any, and counted while it asks for those that are asked for once a segment; one that was ended gets
 * no further playlist.
 */
final class HlsSessions implements Sessions {
    /** The name of the id in a query. */
    static final String PARAMETER = "s";

    /** A player asks for its playlist every few seconds; one that was ended is remembered for so long as well. */
    static final long ASKS_WITHIN_MS = 30_000;

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{11}");
    private static final long LOOK_MS = 5_000;
    /** Of all streams together so many times what one may have: names of streams are what a peer says. */
    private static final int STREAMS = 4;

    private static final long NEVER = Long.MIN_VALUE / 2;

    private final int most;
    private final Counters counters;
    private final LongSupplier clock;
    private final Map<HlsStream.Place, Map<String, Viewer>> places = new HashMap<>();
    private long lookedAtMs = NEVER;
    private long all;

    /**
     * @param most that are told apart of one stream, and a fourth of all; more are neither listed nor counted
     * @param clock milliseconds that never go back
     */
    HlsSessions(int most, Counters counters, LongSupplier clock) {
        this.most = most;
        this.counters = counters;
        this.clock = clock;
    }

    private static final class Viewer {
        final Session session;
        long askedAtMs;
        long countedAtMs = NEVER;
        boolean ended;

        Viewer(Session session) {
            this.session = session;
        }

        boolean isOver(long nowMs) {
            return nowMs - askedAtMs > ASKS_WITHIN_MS;
        }
    }

    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /**
     * A session asks for its playlist.
     *
     * @param counts whether it asks so once a segment
     * @return false if it was ended, and asks all the same
     */
    synchronized boolean asks(HlsStream.Place place, String id, String address, boolean counts) {
        long now = clock.getAsLong();
        if (now - lookedAtMs >= LOOK_MS) {
            lookedAtMs = now;
            forget(now);
        }
        Map<String, Viewer> there = places.getOrDefault(place, Map.of());
        Viewer viewer = there.get(id);
        if (viewer == null) {
            if (there.size() >= most || all >= (long) STREAMS * most) {
                counters.increment(Metric.HLS_SESSIONS_REFUSED);
                return true;
            }
            viewer = new Viewer(new Session(id, HlsStream.PROTOCOL, address, System.currentTimeMillis()));
            places.computeIfAbsent(place, made -> new HashMap<>()).put(id, viewer);
            all++;
        }
        viewer.askedAtMs = now;
        if (counts) {
            viewer.countedAtMs = now;
        }
        return !viewer.ended;
    }

    private void forget(long nowMs) {
        places.values().removeIf(there -> {
            there.values().removeIf(viewer -> viewer.isOver(nowMs));
            return there.isEmpty();
        });
        all = places.values().stream().mapToLong(Map::size).sum();
    }

    /** How many watch one stream, without those that asked longer than {@code withinMs} ago. */
    synchronized int count(HlsStream.Place place, long withinMs) {
        long now = clock.getAsLong();
        int count = 0;
        for (Viewer viewer : places.getOrDefault(place, Map.of()).values()) {
            if (viewer.ended || now - viewer.countedAtMs > withinMs) {
                // not counted any more until it asks again, however long the next count looks back
                viewer.countedAtMs = NEVER;
            } else {
                count++;
            }
        }
        return count;
    }

    @Override
    public synchronized List<Session> of(StreamKey key) {
        return lasting(key).stream().map(viewer -> viewer.session).toList();
    }

    @Override
    public synchronized int end(StreamKey key, Optional<String> id) {
        int ended = 0;
        for (Viewer viewer : lasting(key)) {
            if (id.isEmpty() || viewer.session.id().equals(id.get())) {
                viewer.ended = true;
                ended++;
            }
        }
        counters.add(Metric.VIEWERS_ENDED, ended);
        return ended;
    }

    private List<Viewer> lasting(StreamKey key) {
        long now = clock.getAsLong();
        List<Viewer> lasting = new ArrayList<>();
        places.forEach((place, there) -> {
            if (place.key().equals(key)) {
                there.values().stream()
                        .filter(viewer -> !viewer.ended && !viewer.isOver(now))
                        .forEach(lasting::add);
            }
        });
        return lasting;
    }
}
