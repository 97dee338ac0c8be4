package io.headwater.access;

import io.headwater.stream.Admission;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The sessions whose permission may end: by time, which one timer of the node looks after, or by a shared note. */
final class Passes {
    private final AtomicLong numbers = new AtomicLong();
    private final ConcurrentSkipListSet<Held> byEnd =
            new ConcurrentSkipListSet<>(Comparator.comparingLong(Held::untilMs).thenComparingLong(Held::number));
    private final ConcurrentMap<String, Set<Held>> byNote = new ConcurrentHashMap<>();

    /** @param stands whether the session may go on after a note was written, from its name */
    Admission.Pass hold(long untilMs, Set<String> notes, Predicate<String> stands) {
        if (untilMs == Verdict.NEVER && notes.isEmpty()) {
            return Admission.Pass.LASTING;
        }
        Held held = new Held(numbers.incrementAndGet(), untilMs, notes, stands);
        if (untilMs != Verdict.NEVER) {
            byEnd.add(held);
        }
        for (String note : notes) {
            byNote.compute(note, (name, there) -> {
                Set<Held> all = there == null ? ConcurrentHashMap.newKeySet() : there;
                all.add(held);
                return all;
            });
        }
        return held;
    }

    /** Ends the sessions whose time is over; returns how many. */
    int expire(long nowMs) {
        int ended = 0;
        for (Held held : byEnd) {
            if (held.untilMs > nowMs) {
                break;
            }
            held.end("the permission has expired");
            ended++;
        }
        return ended;
    }

    /** A note was written: ends the sessions that may not go on; returns how many. */
    int changed(String note) {
        int ended = 0;
        for (Held held : byNote.getOrDefault(note, Set.of())) {
            if (!held.stands.test(note)) {
                held.end("the permission was taken back");
                ended++;
            }
        }
        return ended;
    }

    int size() {
        return byEnd.size() + byNote.size();
    }

    private final class Held implements Admission.Pass {
        private final long number;
        private final long untilMs;
        private final Set<String> notes;
        private final Predicate<String> stands;
        private @Nullable Consumer<String> told;
        private @Nullable String reason;
        private volatile boolean closed;

        Held(long number, long untilMs, Set<String> notes, Predicate<String> stands) {
            this.number = number;
            this.untilMs = untilMs;
            this.notes = Set.copyOf(notes);
            this.stands = stands;
        }

        long number() {
            return number;
        }

        long untilMs() {
            return untilMs;
        }

        @Override
        public void onEnd(Consumer<String> listener) {
            String why;
            synchronized (this) {
                told = listener;
                why = reason;
            }
            if (why != null && !closed) {
                listener.accept(why);
            }
        }

        void end(String why) {
            Consumer<String> listener;
            synchronized (this) {
                if (reason != null || closed) {
                    return;
                }
                reason = why;
                listener = told;
            }
            forget();
            if (listener != null) {
                listener.accept(why);
            }
        }

        @Override
        public void close() {
            closed = true;
            forget();
        }

        private void forget() {
            byEnd.remove(this);
            for (String note : notes) {
                byNote.computeIfPresent(note, (name, there) -> {
                    there.remove(this);
                    return there.isEmpty() ? null : there;
                });
            }
        }
    }
}
