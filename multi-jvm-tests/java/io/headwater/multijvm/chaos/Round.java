package io.headwater.multijvm.chaos;

import io.headwater.multijvm.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** One round of one row: the cluster to break, a stream of its own, and where its figures go. */
final class Round implements AutoCloseable {
    final ChaosCluster cluster;
    final Random random;
    final Show show;
    /** Whether long faults last seconds only, as in the tests. */
    final boolean isShort;

    private final Outcome outcome;
    private final Clients clients;
    private final List<Show> more = new ArrayList<>();
    private final TransferWatch transfers;
    private long faultNanos;

    Round(ChaosCluster cluster, Clients clients, String stream, long seed, boolean isShort, Outcome outcome) {
        this.cluster = cluster;
        this.clients = clients;
        this.random = new Random(seed);
        this.isShort = isShort;
        this.outcome = outcome;
        this.show = new Show(cluster, clients, stream);
        this.transfers = TransferWatch.start(cluster, stream);
        outcome.rounds++;
    }

    Clients clients() {
        return clients;
    }

    Outcome outcome() {
        return outcome;
    }

    /** Another stream of this round; its frames are counted with {@link #look}. */
    Show another(String suffix) {
        Show other = new Show(cluster, clients, show.stream() + suffix);
        more.add(other);
        return other;
    }

    /** The stream of that name in another application. */
    Show inApp(String app) {
        Show other = new Show(
                cluster, clients, app + show.stream().substring(show.stream().indexOf('/')));
        more.add(other);
        return other;
    }

    <T> T oneOf(Collection<T> these) {
        return List.copyOf(these).get(random.nextInt(these.size()));
    }

    /** Seconds for the full run, or for a short one. */
    Duration lasting(int seconds, int inShort) {
        return Duration.ofSeconds(isShort ? inShort : seconds);
    }

    /** The usual beginning: published at {@code main}, watched at {@code first} and then everywhere else, all settled. */
    void begin(String main, List<String> first) {
        show.publish(main);
        List<String> nodes = new ArrayList<>(first);
        ChaosCluster.names().stream().filter(name -> !first.contains(name)).forEach(nodes::add);
        show.watchAt(nodes);
        settled(show, main);
    }

    /** Waits until every group with players has its origin, its successor where there can be one, and frames flow. */
    void settled(Show shown, String main) {
        for (String group :
                Map.copyOf(ChaosCluster.GROUPS).values().stream().distinct().toList()) {
            List<String> holders = ChaosCluster.inGroup(group).stream()
                    .filter(name -> name.equals(main)
                            || !shown.watchersAt(List.of(name)).isEmpty())
                    .toList();
            if (holders.isEmpty()) {
                continue;
            }
            Await.until(
                    group + " has its origin" + (holders.size() > 1 ? " and a successor" : ""),
                    Show.LIMIT,
                    () -> holders.contains(shown.originOf(main, group))
                            && (holders.size() == 1 || holders.contains(shown.successorOf(main, group))));
        }
        Show.goesOn(shown.watchers(), Show.SECOND, "before the fault");
    }

    /** The fault begins now: gaps are measured from here. */
    void fault(Show... shows) {
        clients.lateness().mark();
        faultNanos = System.nanoTime();
        Journal.line("%s round %d: marked", show.stream(), outcome.rounds);
        show.watchers().forEach(one -> one.check().mark(faultNanos));
        for (Show other : shows) {
            other.watchers().forEach(one -> one.check().mark(faultNanos));
        }
    }

    long sinceFaultNanos() {
        return System.nanoTime() - faultNanos;
    }

    /** The fault is over: how long it lasted, and from here on how long the players wait for a picture. */
    void over() {
        outcome.faultsMs.add(sinceFaultNanos() / 1e6);
    }

    /** Gaps of these players since the fault began, less {@code allowedMs} that nobody can help. */
    void gaps(Collection<Watcher> these, double allowedMs) {
        long now = System.nanoTime();
        outcome.lateMs.add(clients.lateness().longestMs());
        for (Watcher one : these) {
            double gapMs = Math.max(0, one.check().longestNanos(now) / 1e6 - allowedMs);
            outcome.gapsMs.add(gapMs);
            Journal.line(
                    "%s round %d: gap %.0f ms from %.0f ms on, %s",
                    show.stream(), outcome.rounds, gapMs, one.check().longestBeganAfterNanos() / 1e6, one);
        }
    }

    /** The same for a publisher that went on as another session: what it was away itself is nobody's gap. */
    void moved(Collection<Watcher> these, NumberedPublisher from, NumberedPublisher to) {
        double absenceMs = to.absenceMs(from);
        outcome.absencesMs.add(absenceMs);
        long now = System.nanoTime();
        for (Watcher one : these) {
            double gapMs = Math.max(0, one.check().longestNanos(now) / 1e6 - absenceMs);
            outcome.movesMs.add(gapMs);
            Journal.line(
                    "%s round %d: gap %.0f ms from %.0f ms on beyond the publisher's absence of %.0f ms, %s",
                    show.stream(), outcome.rounds, gapMs, one.check().longestBeganAfterNanos() / 1e6, absenceMs, one);
        }
    }

    /**
     * A session that broke off between two frames: all it had sent came to these players.
     *
     * @param racing so many of the last pictures may be missing where the next session arrives itself, which does not wait for
     *     what is still on its way from the node that it left
     */
    void tail(Collection<Watcher> these, NumberedPublisher ended, long racing) {
        for (Watcher one : these) {
            long missing = ended.sent() - 1 - one.check().lastPictureOf(ended.number());
            outcome.ahead += Math.min(racing, Math.max(0, missing));
            outcome.lost += Math.max(0, missing - racing);
            check(
                    missing <= racing,
                    missing + " pictures at the end of session " + ended.number() + " never came, " + one);
        }
    }

    /** How long after their mark these players had a picture again. */
    void resumed(Collection<Watcher> these) {
        long now = System.nanoTime();
        for (Watcher one : these) {
            double afterMs = one.check().resumedAfterNanos(now) / 1e6;
            outcome.resumesMs.add(afterMs);
            Journal.line("%s round %d: resumed after %.0f ms, %s", show.stream(), outcome.rounds, afterMs, one);
        }
    }

    void newPlay(Watcher player) {
        Journal.line(
                "%s round %d: new play %.0f ms, %s",
                show.stream(), outcome.rounds, player.firstPictureNanos() / 1e6, player);
        outcome.newPlaysMs.add(player.firstPictureNanos() / 1e6);
    }

    /** Counts what the players of a stream saw from their beginning to now: nothing may be lost. */
    void look(Show shown) {
        look(shown, List.of());
    }

    /** @param held players that were cut off for longer than a node remembers: they may have gone on further ahead */
    void look(Show shown, Collection<Watcher> held) {
        for (Watcher one : shown.watchers()) {
            FrameCheck.Seen seen = one.seen();
            if (held.contains(one)) {
                outcome.ahead += seen.lost();
            } else {
                outcome.lost += seen.lost();
            }
            outcome.twice += seen.twice();
            outcome.falls += seen.falls() + seen.headless();
            outcome.closed += one.ended().isEmpty() ? 0 : 1;
            boolean whole = held.contains(one) ? seen.isWholeBut(seen.lost()) : seen.isWhole();
            check(one.ended().isEmpty() && whole, one.toString());
        }
    }

    /** In the end one link brings the stream into each of these groups, and none into the home group. */
    void oneTransferInto(Show shown, Map<String, String> groupOf, String... groups) {
        Map<String, Integer> wanted = new java.util.TreeMap<>();
        for (String group : groups) {
            wanted.put(group, 1);
        }
        try {
            Await.value("transfers of " + shown.stream(), Show.LIMIT, () -> shown.transfers(groupOf), wanted::equals)
                    .values()
                    .forEach(outcome.transfers::add);
        } catch (AssertionError late) {
            shown.transfers(groupOf).values().forEach(outcome.transfers::add);
            outcome.problem(String.valueOf(late.getMessage()));
        }
    }

    void check(boolean holds, String otherwise) {
        if (!holds) {
            Journal.line("%s round %d: %s", show.stream(), outcome.rounds, otherwise);
            outcome.problem("round " + outcome.rounds + ": " + otherwise);
        }
    }

    /** Time that has to pass because the fault lasts so long. */
    void pass(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    @Override
    public void close() {
        transfers.close();
        outcome.doubledMs.add(transfers.longestMs());
        transfers.longest().ifPresent(where -> Journal.line("%s round %d: %s", show.stream(), outcome.rounds, where));
        show.close();
        more.forEach(Show::close);
    }
}
