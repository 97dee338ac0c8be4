package io.headwater.multijvm.chaos;

import java.util.ArrayList;
import java.util.List;

/** What all rounds of one row came to. */
final class Outcome {
    private static final int PROBLEMS_KEPT = 50;

    final Figures gapsMs = new Figures();
    final Figures resumesMs = new Figures();
    final Figures newPlaysMs = new Figures();
    final Figures faultsMs = new Figures();
    /** Gaps of players whose publisher moved, beyond its absence. */
    final Figures movesMs = new Figures();

    final Figures absencesMs = new Figures();
    final Figures transfers = new Figures();
    /** The longest time for which a stream entered a region twice, of each round. */
    final Figures doubledMs = new Figures();

    /** How late the players themselves were, of each look at gaps. */
    final Figures lateMs = new Figures();

    /** How much of the machine was idle before each round, in percent. */
    final Figures idle = new Figures();

    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    long rounds;
    long lost;
    /** Frames that players did not get who were cut off for longer than a node remembers, or whose publisher came to their node. */
    long ahead;

    long twice;
    long falls;
    long closed;

    /** Something that must not be. */
    void problem(String what) {
        if (problems.size() < PROBLEMS_KEPT) {
            problems.add(what);
        }
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    /** Something worth knowing of the row. */
    void note(String what) {
        if (!notes.contains(what)) {
            notes.add(what);
        }
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    /** Why the row did not keep to its limits; empty if it did. */
    List<String> missed(Limits limits) {
        List<String> missed = new ArrayList<>(problems);
        beyond(missed, "gap", gapsMs, limits.gapMs());
        beyond(missed, "resume", resumesMs, limits.resumeMs());
        beyond(missed, "new play", newPlaysMs, limits.newPlayMs());
        beyond(missed, "gap of a moved publisher's stream", movesMs, limits.movedMs());
        beyond(missed, "two transfers into one region", doubledMs, limits.doubledMs());
        return missed;
    }

    private static void beyond(List<String> missed, String what, Figures figures, double limitMs) {
        if (!figures.isEmpty() && figures.at(0.99) > limitMs) {
            missed.add(String.format(
                    java.util.Locale.ROOT,
                    "%s p99 is %.0f ms, the target is %.0f ms",
                    what,
                    figures.at(0.99),
                    limitMs));
        }
    }
}
