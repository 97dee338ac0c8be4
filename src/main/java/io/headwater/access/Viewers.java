package io.headwater.access;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Admission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who plays what on this node, and how an operator ends one of them or all of a stream. It stands before whoever decides,
 * and knows a session from its admission to its end. One that was ended may come again, as anybody may.
 *
 * <p>HLS has no connection: a session is known by the id in its playlist's address while it asks for that, and gets no
 * further playlist once it was ended.
 */
public final class Viewers implements Admission {
    private static final String HLS = "hls";
    private static final String HLS_SESSION = "s";
    private static final String ID = "[A-Za-z0-9_-]{1,32}";
    private static final int ID_BYTES = 8;
    private static final String ENDED = "an operator ended the session";

    private final Admission next;
    private final Counters counters;
    private final HlsViewers hls;
    private final LongSupplier clock;
    private final ConcurrentMap<StreamKey, Map<String, Session>> sessions = new ConcurrentHashMap<>();

    /** @param next asked whether a player may play */
    public Viewers(Admission next, Counters counters, LongSupplier clock) {
        this.next = next;
        this.counters = counters;
        this.clock = clock;
        this.hls = new HlsViewers(counters, clock);
    }

    /**
     * One session of a player.
     *
     * @param address {@code host:port}
     * @param sinceMs when it was admitted
     */
    public record Viewer(String id, String protocol, String address, long sinceMs) {}

    /** Whether it has the form of a session's id. */
    public static boolean isId(String text) {
        return text.matches(ID);
    }

    @Override
    public CompletionStage<Decision> ask(Request request) {
        if (request.action() != Action.PLAY) {
            return next.ask(request);
        }
        return request.peer().protocol().equals(HLS)
                ? askHls(request)
                : next.ask(request)
                        .thenApply(decision -> decision instanceof Decision.Allowed allowed
                                ? new Decision.Allowed(allowed.key(), admitted(request, allowed))
                                : decision);
    }

    private CompletionStage<Decision> askHls(Request request) {
        String id = request.credentials().getOrDefault(HLS_SESSION, "");
        if (!isId(id)) {
            return next.ask(request);
        }
        return next.ask(request).thenApply(decision -> {
            if (decision instanceof Decision.Allowed allowed
                    && !hls.seen(request.key(), id, request.peer().address())) {
                allowed.pass().close();
                return new Decision.Refused(ENDED);
            }
            return decision;
        });
    }

    @Override
    public boolean isOpen(Action action, String app) {
        return next.isOpen(action, app);
    }

    private Pass admitted(Request request, Decision.Allowed allowed) {
        Viewer viewer = new Viewer(
                Secrets.random(ID_BYTES),
                request.peer().protocol(),
                request.peer().address(),
                clock.getAsLong());
        Session session = new Session(allowed.key(), viewer, allowed.pass());
        sessions.compute(allowed.key(), (key, there) -> {
            Map<String, Session> all = there == null ? new ConcurrentHashMap<>() : there;
            all.put(viewer.id, session);
            return all;
        });
        return session;
    }

    /** The viewers of a stream, those that came first first. */
    public List<Viewer> of(StreamKey key, int most) {
        List<Viewer> all = new ArrayList<>(hls.of(key));
        sessions.getOrDefault(key, Map.of()).values().forEach(session -> all.add(session.viewer));
        return all.stream()
                .sorted(Comparator.comparingLong(Viewer::sinceMs).thenComparing(Viewer::id))
                .limit(most)
                .toList();
    }

    /**
     * Ends one viewer of a stream, or all.
     *
     * @return how many there were
     */
    public int end(StreamKey key, Optional<String> id) {
        int ended = hls.end(key, id);
        for (Session session : List.copyOf(sessions.getOrDefault(key, Map.of()).values())) {
            if (id.isEmpty() || session.viewer.id.equals(id.get())) {
                ended += session.end(ENDED) ? 1 : 0;
            }
        }
        counters.add(Metric.VIEWERS_ENDED, ended);
        return ended;
    }

    private final class Session implements Pass {
        private final StreamKey key;
        private final Viewer viewer;
        private final Pass pass;
        private @Nullable Consumer<String> told;
        private @Nullable String reason;
        private boolean closed;

        Session(StreamKey key, Viewer viewer, Pass pass) {
            this.key = key;
            this.viewer = viewer;
            this.pass = pass;
        }

        @Override
        public void onEnd(Consumer<String> listener) {
            String why;
            synchronized (this) {
                told = listener;
                why = closed ? null : reason;
            }
            if (why == null) {
                pass.onEnd(this::end);
            } else {
                listener.accept(why);
            }
        }

        /** @return whether it was not over before */
        boolean end(String why) {
            Consumer<String> listener;
            synchronized (this) {
                if (reason != null || closed) {
                    return false;
                }
                reason = why;
                listener = told;
            }
            forget();
            if (listener != null) {
                listener.accept(why);
            }
            return true;
        }

        @Override
        public void close() {
            synchronized (this) {
                closed = true;
            }
            forget();
            pass.close();
        }

        private void forget() {
            sessions.computeIfPresent(key, (stream, there) -> {
                there.remove(viewer.id);
                return there.isEmpty() ? null : there;
            });
        }
    }
}
