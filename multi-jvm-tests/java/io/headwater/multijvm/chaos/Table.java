package io.headwater.multijvm.chaos;

import java.util.List;
import java.util.Locale;

/** How the figures of the rows are printed. */
final class Table {
    private static final String FORM = "%-30s %6s %16s %7s %5s %5s %6s %9s %11s %15s %15s %13s %s%n";

    private Table() {}

    static void head() {
        System.out.printf(
                Locale.ROOT,
                FORM,
                "row",
                "rounds",
                "gap p50/p99/max",
                "target",
                "lost",
                "twice",
                "closed",
                "transfers",
                "twice in ms",
                "new play",
                "resume",
                "fault s",
                "");
    }

    static void row(Row row, Outcome outcome) {
        List<String> missed = outcome.missed(row.limits());
        System.out.printf(
                Locale.ROOT,
                FORM,
                row.name(),
                outcome.rounds,
                outcome.gapsMs.line(),
                limit(row.limits().gapMs()),
                outcome.lost,
                outcome.twice + outcome.falls,
                outcome.closed,
                outcome.transfers.isEmpty() ? "-" : String.format(Locale.ROOT, "%.0f", outcome.transfers.at(1)),
                outcome.doubledMs.isEmpty() ? "-" : String.format(Locale.ROOT, "%.0f", outcome.doubledMs.at(1)),
                outcome.newPlaysMs.line(),
                outcome.resumesMs.line(),
                outcome.faultsMs.isEmpty()
                        ? "-"
                        : String.format(
                                Locale.ROOT, "%.1f..%.1f", outcome.faultsMs.at(0) / 1e3, outcome.faultsMs.at(1) / 1e3),
                missed.isEmpty() ? "ok" : "MISSED");
        if (outcome.ahead > 0) {
            System.out.println("    players that were held, or whose publisher came to their own node, went on "
                    + outcome.ahead + " frames further ahead in all");
        }
        if (!outcome.movesMs.isEmpty()) {
            System.out.println("    publishers that moved were away for " + outcome.absencesMs.line()
                    + " ms; gaps beyond that: " + outcome.movesMs.line() + " ms");
        }
        if (!outcome.lateMs.isEmpty()) {
            System.out.println("    the players' own thread was late by " + outcome.lateMs.line() + " ms at most");
        }
        if (!outcome.idle.isEmpty()) {
            System.out.printf(
                    Locale.ROOT,
                    "    idle before its rounds: %.0f to %.0f %% of the machine%n",
                    outcome.idle.at(0),
                    outcome.idle.at(1));
        }
        outcome.notes().forEach(note -> System.out.println("    " + note));
        missed.forEach(one -> System.out.println("    MISSED: " + one));
        System.out.flush();
    }

    private static String limit(double ms) {
        return ms == Limits.ANY ? "-" : String.format(Locale.ROOT, "%.0f", ms);
    }
}
