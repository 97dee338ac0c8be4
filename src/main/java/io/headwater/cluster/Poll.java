package io.headwater.cluster;

import io.headwater.topology.NodeGroup;
import io.headwater.topology.Peer;
import java.util.ArrayList;
import java.util.List;

/**
 * One round of questions to all nodes, what of a stream they hold. Guarded by its {@link Desk}.
 *
 * <p>A node that has just died is still a member, and does not answer. So a round is over when hardly anybody is missing
 * and the missing had far longer than the others took, or else after {@code silence}. Who looks for a feed is more
 * patient where only other groups have one so far: the missing neighbour may be the origin, and a second transfer into
 * the group would begin.
 */
final class Poll {
    private static final long EARLY_MS = 150;
    private static final int SLOWER = 3;
    private static final int FEW = 4;

    final List<Holder> answers = new ArrayList<>();
    private final List<Peer> asked;
    private final long startedMs;
    private final long limitMs;
    private long slowestMs;

    Poll(List<Peer> asked, long nowMs, long limitMs) {
        this.asked = asked;
        this.startedMs = nowMs;
        this.limitMs = limitMs;
    }

    /** Whether this is the round that began then: answers to an earlier one come too late. */
    boolean isOpen(long atMs) {
        return startedMs == atMs;
    }

    void answered(Holder holder, long nowMs) {
        answers.add(holder);
        slowestMs = nowMs - startedMs;
    }

    boolean isOver(long nowMs) {
        int missing = asked.size() - answers.size();
        long tookMs = nowMs - startedMs;
        long patienceMs = missing <= Math.max(1, asked.size() / FEW) ? Math.max(EARLY_MS, SLOWER * slowestMs) : limitMs;
        return missing <= 0 || tookMs >= Math.min(patienceMs, limitMs);
    }

    /** Whether who is in {@code group} takes the best feed among the answers now. */
    boolean isOverForFeed(NodeGroup group, long nowMs) {
        boolean full = nowMs - startedMs >= limitMs;
        return isOver(nowMs) && (full || HolderFeed.anyNear(group, answers) || missing(group) <= 0);
    }

    private long missing(NodeGroup group) {
        long answered = answers.stream()
                .filter(holder -> holder.node().group().equals(group))
                .count();
        return asked.stream().filter(peer -> peer.group().equals(group)).count() - answered;
    }
}
