package io.headwater.webhook;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whose event is sent next: of each subject one at once, whoever waits longest first. Who was refused pauses, alone, and has
 * places of its own, so that nobody else waits for it.
 */
final class Turns {
    private static final long FIRST_PAUSE_MS = 500;

    private final int atOnce;
    private final long longestPauseMs;
    private final Set<String> fresh = new HashSet<>();
    private final Set<String> again = new HashSet<>();
    /** Of those that were refused and still wait. */
    private final Map<String, Pause> pauses = new HashMap<>();

    private record Pause(long lengthMs, long untilMs) {}

    /** @param atOnce as many of those that were refused before, and as many others */
    Turns(int atOnce, long longestPauseMs) {
        this.atOnce = atOnce;
        this.longestPauseMs = longestPauseMs;
    }

    /** Whether an event of it is on its way. */
    boolean isOut(String subject) {
        return fresh.contains(subject) || again.contains(subject);
    }

    /** Those of {@code heads}, the next event of each subject that waits, that are on their way from now on. */
    List<Hook> next(Collection<Hook> heads, long nowMs) {
        Set<String> waiting = new HashSet<>();
        heads.forEach(hook -> waiting.add(hook.subject()));
        pauses.keySet().retainAll(waiting);
        List<Hook> all = new ArrayList<>(heads);
        all.sort(Comparator.comparingLong(this::dueMs));
        List<Hook> chosen = new ArrayList<>();
        for (Hook hook : all) {
            Pause pause = pauses.get(hook.subject());
            Set<String> out = pause == null ? fresh : again;
            if (!isOut(hook.subject()) && out.size() < atOnce && (pause == null || pause.untilMs <= nowMs)) {
                out.add(hook.subject());
                chosen.add(hook);
            }
        }
        return chosen;
    }

    private long dueMs(Hook hook) {
        Pause pause = pauses.get(hook.subject());
        return pause == null ? hook.atMs() : pause.untilMs;
    }

    void taken(String subject) {
        back(subject);
        pauses.remove(subject);
    }

    /** @return whether it is the first time since something of it was taken */
    boolean refused(String subject, long nowMs) {
        back(subject);
        Pause before = pauses.get(subject);
        long lengthMs = Math.min(longestPauseMs, before == null ? FIRST_PAUSE_MS : before.lengthMs * 2);
        pauses.put(subject, new Pause(lengthMs, nowMs + lengthMs));
        return before == null;
    }

    private void back(String subject) {
        fresh.remove(subject);
        again.remove(subject);
    }
}
