package io.headwater.webhook;

import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.SharedNotes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The events that wait, as notes every node has: whoever sends next finds them, whatever became of who sent before. An
 * event that two nodes tell is one note. What was sent is remembered for a while, so that it is not told again.
 */
final class HookQueue {
    private static final String PREFIX = "hook/";
    private static final String SENT = "sent";
    /** Of what was sent. */
    static final long REMEMBER_MS = Duration.ofMinutes(10).toMillis();

    private final SharedNotes notes;
    private final WebhookSettings settings;
    private final Counters counters;
    private final LongSupplier clockMs;

    HookQueue(SharedNotes notes, WebhookSettings settings, Counters counters, LongSupplier clockMs) {
        this.notes = notes;
        this.settings = settings;
        this.counters = counters;
        this.clockMs = clockMs;
    }

    /** False if there is no place for it; true also if it is known. */
    boolean add(Hook hook) {
        String name = PREFIX + hook.eventId();
        if (notes.get(name).isPresent()) {
            return true;
        }
        if (pending().values().stream().mapToInt(List::size).sum() >= settings.maxPending()) {
            counters.increment(Metric.WEBHOOK_DROPPED);
            return false;
        }
        counters.increment(Metric.WEBHOOK_EVENTS);
        // a little longer than it is tried, so that who gives up sees it and counts it
        notes.put(
                name,
                hook.toLine(),
                clockMs.getAsLong() + settings.giveUpAfter().toMillis() + REMEMBER_MS);
        return true;
    }

    /** What waits, by subject, in order. */
    Map<String, List<Hook>> pending() {
        Map<String, List<Hook>> bySubject = new LinkedHashMap<>();
        notes.startingWith(PREFIX).values().stream()
                .filter(line -> !line.equals(SENT))
                .map(Hook::ofLine)
                .flatMap(Optional::stream)
                .sorted(Hook.IN_ORDER)
                .forEach(hook -> bySubject
                        .computeIfAbsent(hook.subject(), added -> new ArrayList<>())
                        .add(hook));
        return bySubject;
    }

    boolean isTooOld(Hook hook) {
        return clockMs.getAsLong() - hook.atMs() > settings.giveUpAfter().toMillis();
    }

    /** It was taken, or given up. */
    void done(Hook hook) {
        notes.put(PREFIX + hook.eventId(), SENT, clockMs.getAsLong() + REMEMBER_MS);
    }
}
