package io.headwater.access;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Admission;
import io.headwater.stream.Sessions;
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
 * and knows a session from its admission to its end. HLS has no connections, and keeps its sessions itself.
 */
public final class Viewers implements Admission, Sessions {
    private static final String HLS = "hls";
    private static final int ID_BYTES = 8;

    private final Admission next;
    private final Counters counters;
    private final LongSupplier clock;
    private final ConcurrentMap<StreamKey, Map<String, Admitted>> sessions = new ConcurrentHashMap<>();

    /** @param next asked whether a player may play */
    public Viewers(Admission next, Counters counters, LongSupplier clock) {
        this.next = next;
        this.counters = counters;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Decision> ask(Request request) {
        return request.action() != Action.PLAY || request.peer().protocol().equals(HLS)
                ? next.ask(request)
                : next.ask(request)
                        .thenApply(decision -> decision instanceof Decision.Allowed allowed
                                ? new Decision.Allowed(allowed.key(), admitted(request, allowed))
                                : decision);
    }

    @Override
    public boolean isOpen(Action action, String app) {
        return next.isOpen(action, app);
    }

    private Pass admitted(Request request, Decision.Allowed allowed) {
        Session viewer = new Session(
                Secrets.random(ID_BYTES),
                request.peer().protocol(),
                request.peer().address(),
                clock.getAsLong());
        Admitted session = new Admitted(allowed.key(), viewer, allowed.pass());
        sessions.compute(allowed.key(), (key, there) -> {
            Map<String, Admitted> all = there == null ? new ConcurrentHashMap<>() : there;
            all.put(viewer.id(), session);
            return all;
        });
        return session;
    }

    @Override
    public List<Session> of(StreamKey key) {
        return sessions.getOrDefault(key, Map.of()).values().stream()
                .map(session -> session.viewer)
                .toList();
    }

    @Override
    public int end(StreamKey key, Optional<String> id) {
        int ended = 0;
        for (Admitted session : List.copyOf(sessions.getOrDefault(key, Map.of()).values())) {
            if (id.isEmpty() || session.viewer.id().equals(id.get())) {
                ended += session.end(ENDED) ? 1 : 0;
            }
        }
        counters.add(Metric.VIEWERS_ENDED, ended);
        return ended;
    }

    private final class Admitted implements Pass {
        private final StreamKey key;
        private final Session viewer;
        private final Pass pass;
        private @Nullable Consumer<String> told;
        private @Nullable String reason;
        private boolean closed;

        Admitted(StreamKey key, Session viewer, Pass pass) {
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
                there.remove(viewer.id());
                return there.isEmpty() ? null : there;
            });
        }
    }
}
