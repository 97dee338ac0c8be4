package io.headwater.stream;

import io.headwater.topology.Feed;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The upstream links of one hub: the feed, and for the time of a switch one beside it (make before break).
 *
 * <p>Decides which candidate is opened when, and which of two links is the feed. Pure, as {@link FeedMachine}.
 */
final class FeedLinks {
    /** A feed that is silent for so many times its limit is closed even if nothing better was found. */
    private static final int DEAD_AFTER = 10;
    /** A better peer that does not continue without a gap within this time is tried again later. */
    private static final long MOVE_MS = 3_000;
    /** A better peer's link may be behind the present feed for so long; one that stays behind is a longer way. */
    private static final long CATCH_UP_MS = 500;

    /** A link that delivered for so long has proved itself: all candidates may be tried again after it. */
    private static final long PROVED_MS = 2_000;

    private static final Backoff MOVING = new Backoff(500, 10_000);

    private final RandomGenerator random;
    private final Queue<FeedAction> actions;
    private final long suspectMs;
    private final Silence silence;
    private final Pulses pulses;
    private final List<Peer> untried = new ArrayList<>();
    private List<Peer> candidates = List.of();
    private @Nullable Peer lastResort;
    /** All candidates failed and were reported; that they fail once more is no news. */
    private boolean again;

    private @Nullable FeedLink feed;
    private @Nullable FeedLink beside;
    private long lastId;
    private String why = "first feed";
    private long moveAt = FeedMachine.NEVER;
    private int moveFailures;

    FeedLinks(long suspectMs, Pulses pulses, RandomGenerator random, Queue<FeedAction> actions) {
        this.suspectMs = suspectMs;
        this.pulses = pulses;
        this.random = random;
        this.actions = actions;
        this.silence = new Silence(suspectMs);
    }

    // ---- candidates

    boolean differ(List<Peer> others) {
        return !candidates.equals(others);
    }

    void candidates(Feed.Peers peers) {
        candidates = peers.candidates();
        again = false;
        lastResort = peers.lastResort().orElse(null);
        retryAll();
    }

    private void lost(Peer peer, long epoch) {
        if (!again && (lastResort == null || !sameNode(peer, lastResort))) {
            actions.add(new FeedAction.Lost(peer, epoch));
        }
    }

    List<Peer> candidates() {
        return candidates;
    }

    /** All candidates may be tried again, the one that feeds now last: over a new connection. */
    private void retryAll() {
        untried.clear();
        untried.addAll(candidates);
        FeedLink now = feed;
        if (now != null && untried.removeIf(peer -> sameNode(peer, now.peer))) {
            untried.add(now.peer);
        }
    }

    private static boolean sameNode(Peer one, Peer other) {
        return one.node().equals(other.node());
    }

    // ---- opening

    /** Makes sure there is a feed; false if no candidate is left to open. */
    boolean openNext(long epoch, long after, long now) {
        if (feed == null && !untried.isEmpty()) {
            feed = open(untried.remove(0), FeedLink.Purpose.FEED, epoch, after, now);
        }
        return feed != null;
    }

    /** Begins with the candidates anew after all of them failed. */
    void again(long epoch, long after, long now) {
        again = true;
        retryAll();
        openNext(epoch, after, now);
    }

    /** If the feed is not the first candidate, tries that one beside it. */
    void preferFirst(long epoch, long after, long now) {
        FeedLink current = feed;
        if (current == null || candidates.isEmpty()) {
            return;
        }
        Peer first = candidates.get(0);
        boolean there = sameNode(first, current.peer);
        FeedLink other = beside;
        if (other != null && (there ? other.purpose == FeedLink.Purpose.MOVE : !sameNode(first, other.peer))) {
            closeBeside();
        }
        moveAt = FeedMachine.NEVER;
        if (!there && beside == null) {
            untried.removeIf(peer -> sameNode(peer, first));
            FeedLink.Purpose purpose = flowing(now) ? FeedLink.Purpose.MOVE : FeedLink.Purpose.RESCUE;
            openBeside(first, purpose, epoch, after, now);
        }
    }

    /** The candidate that is opened when the feed fails; null if none is left, or one is open already. */
    @Nullable
    Peer next() {
        FeedLink current = feed;
        if (current == null || beside != null || untried.isEmpty() || sameNode(untried.get(0), current.peer)) {
            return null;
        }
        return untried.get(0);
    }

    private FeedLink open(Peer peer, FeedLink.Purpose purpose, long epoch, long after, long now) {
        FeedLink link = new FeedLink(++lastId, peer, pulses.of(peer.node(), now), purpose, now);
        boolean inNeed = purpose != FeedLink.Purpose.MOVE && after >= 0;
        actions.add(new FeedAction.Open(link.id, peer, epoch, after, inNeed));
        return link;
    }

    private void openBeside(Peer peer, FeedLink.Purpose purpose, long epoch, long after, long now) {
        beside = open(peer, purpose, epoch, after, now);
        actions.add(new FeedAction.Doubled(purpose == FeedLink.Purpose.MOVE));
    }

    /** There are no two links any more, whichever of them is left. */
    private void single(FeedLink opened) {
        beside = null;
        actions.add(new FeedAction.Single(opened.openedAt));
    }

    // ---- what the links tell

    @Nullable
    FeedLink find(long id) {
        if (feed != null && feed.id == id) {
            return feed;
        }
        return beside != null && beside.id == id ? beside : null;
    }

    /** Whether a gap before this link's frame will be closed by the feed, which is better waited for. */
    boolean waitsForContinuity(FeedLink link) {
        return link == beside && link.purpose == FeedLink.Purpose.MOVE;
    }

    /** Whether the feed is ahead of this link, which gets a moment to come as far: moving then costs no time at all. */
    boolean catchesUp(FeedLink link, long now) {
        if (!waitsForContinuity(link)) {
            return false;
        }
        if (link.behindSince < 0) {
            link.behindSince = now;
        }
        return now - link.behindSince < CATCH_UP_MS;
    }

    /**
     * The node has lost the stream that comes through it: another candidate is opened beside the feed. True if one is, or
     * was before; the feed's signs of life count for nothing until it delivers a frame.
     */
    boolean starved(NodeId node, long epoch, long after, long now) {
        FeedLink current = feed;
        if (current == null || !(current.peer.node().equals(node) || current.path.contains(node))) {
            return false;
        }
        if (beside == null) {
            for (Peer other : List.copyOf(untried)) {
                boolean onTheWay = other.node().equals(node) || sameNode(other, current.peer);
                if (!onTheWay && beside == null) {
                    untried.remove(other);
                    actions.add(new FeedAction.Suspected(current.peer, now - current.heardAt()));
                    openBeside(other, FeedLink.Purpose.RESCUE, epoch, after, now);
                }
            }
        } else if (!beside.peer.node().equals(node)) {
            beside.purpose = FeedLink.Purpose.RESCUE;
        }
        current.starved = rescuing();
        return current.starved;
    }

    /** Something of the stream arrived on a link; it may decide which of two links is the feed. */
    void delivered(FeedLink link, long epoch, long now) {
        if (link == beside) {
            takeOver(link, epoch, now);
        } else if (link == feed) {
            silence.heard(now - link.heardAt(), now);
            if (beside != null && beside.purpose == FeedLink.Purpose.RESCUE) {
                silence.wasWrong(now);
                untried.add(0, beside.peer);
                closeBeside();
            }
        }
        link.heard(now);
        again = false;
        if (!link.delivering) {
            link.delivering = true;
            actions.add(new FeedAction.Switched(link.peer, why));
        }
        if (!link.proved && now - link.openedAt > PROVED_MS) {
            link.proved = true;
            moveFailures = 0;
            retryAll();
        }
        if (link.proved && link == feed) {
            backToFirst(link, now);
        }
    }

    /** What was fallen back on does well enough, but the first candidate is the way that was decided: it is tried again. */
    private void backToFirst(FeedLink link, long now) {
        if (moveAt == FeedMachine.NEVER
                && !candidates.isEmpty()
                && !sameNode(candidates.get(0), link.peer)
                && beside == null) {
            moveLater(now);
        }
    }

    private void takeOver(FeedLink link, long epoch, long now) {
        FeedLink old = feed;
        if (old != null) {
            if (link.purpose == FeedLink.Purpose.RESCUE) {
                why = old.peer.node() + " was silent";
                lost(old.peer, epoch);
            } else {
                why = "moved from " + old.peer.node();
            }
            actions.add(new FeedAction.Close(old.id));
        }
        promote(link);
        if (old != null && sameNode(old.peer, link.peer)) {
            silence.wasWrong(now); // the node was there, and which of its links was served first is chance
        } else {
            silence.reset();
        }
    }

    /** The link that was opened beside the feed takes its place. */
    private void promote(FeedLink link) {
        feed = link;
        single(link);
        link.purpose = FeedLink.Purpose.FEED;
    }

    /** A link ended by itself; returns it if it counted. Afterwards there may be no feed. */
    @Nullable
    FeedLink remove(long id, Upstream.Closed.Kind kind, long epoch, long now) {
        FeedLink gone = find(id);
        if (gone == null) {
            return null;
        }
        boolean wasFeed = gone == feed;
        if (kind != Upstream.Closed.Kind.ENDED && gone.purpose != FeedLink.Purpose.MOVE) {
            lost(gone.peer, epoch);
        }
        FeedLink other = beside;
        if (!wasFeed) {
            single(gone);
            if (gone.purpose == FeedLink.Purpose.MOVE) {
                moveLater(now);
            }
        } else {
            feed = null;
            why = gone.peer.node() + " failed: " + kind;
            if (other != null) {
                promote(other);
                silence.reset();
            }
        }
        return gone;
    }

    // ---- silence

    /** Acts on links that are silent for too long; true if the directory is needed because no candidate is left. */
    boolean watch(long epoch, long after, long now) {
        FeedLink current = feed;
        if (current == null) {
            return false;
        }
        long limit = silence.limitMs();
        dropSlowBeside(epoch, after, now);
        if (beside == null && moveAt <= now) {
            preferFirst(epoch, after, now);
        }
        long silent = now - current.heardAt();
        if (silent <= patience(current, after)) {
            return false;
        }
        FeedLink other = beside;
        if (other != null) {
            other.purpose = FeedLink.Purpose.RESCUE;
            return false;
        }
        boolean fresh = after < 0;
        long busyMs = fresh ? FeedSettings.FRESH_BUSY_PEER_WAIT_MS : FeedSettings.BUSY_PEER_WAIT_MS;
        if (silent <= busyMs && isOnlyOne(current) && current.isPeerHeard(suspectMs, now)) {
            return false;
        }
        if (fresh && silent <= FeedSettings.FRESH_PEER_WAIT_MS && isAlone(current)) {
            return true;
        }
        if (!untried.isEmpty()) {
            actions.add(new FeedAction.Suspected(current.peer, silent));
            Peer next = untried.remove(0);
            if (sameNode(next, current.peer)) {
                // a new connection may help; if it does not, only the directory knows a way round, and it needs time
                lost(current.peer, epoch);
            }
            openBeside(next, FeedLink.Purpose.RESCUE, epoch, after, now);
            return false;
        }
        if (silent > DEAD_AFTER * limit) {
            actions.add(new FeedAction.Close(current.id));
            remove(current.id, Upstream.Closed.Kind.BROKEN, epoch, now);
        }
        return true;
    }

    /**
     * How long a link may be silent. One that has said nothing yet has to connect and prove itself, over several round
     * trips and perhaps to a node that is busy with everybody else who came for the stream: while nobody is in the middle
     * of it, it gets longer, since going round it would bring the stream into the region twice.
     */
    private long patience(FeedLink link, long after) {
        boolean opening = link.heardAt() == link.openedAt && !link.welcomed && after < 0;
        return opening ? Math.max(silence.limitMs(), FeedSettings.FIRST_WORD_MS) : silence.limitMs();
    }

    /**
     * Whether no other node was named. If it is heard over other links, neither it nor the way to it is gone: it, or this node,
     * has more to do than it can, and is helped neither by a second connection nor by questions to the directory. With hundreds
     * of streams between two busy nodes those would be most of what there is to do.
     */
    private boolean isOnlyOne(FeedLink link) {
        return candidates.stream().allMatch(peer -> sameNode(peer, link.peer));
    }

    /**
     * Whether no other node is left that may have the stream. One that is busy with everybody who came at once is not helped by a
     * second connection for a stream it has not got round to.
     */
    private boolean isAlone(FeedLink link) {
        return untried.stream().allMatch(peer -> sameNode(peer, link.peer));
    }

    private void dropSlowBeside(long epoch, long after, long now) {
        FeedLink other = beside;
        if (other == null) {
            return;
        }
        boolean moving = other.purpose == FeedLink.Purpose.MOVE;
        if (now - other.heardAt() > patience(other, after) || (moving && now - other.openedAt > MOVE_MS)) {
            closeBeside();
            if (moving) {
                moveLater(now);
            } else {
                lost(other.peer, epoch);
            }
        }
    }

    private void moveLater(long now) {
        moveFailures++;
        moveAt = now + MOVING.after(moveFailures, random);
    }

    long deadline(long now) {
        long due = FeedMachine.NEVER;
        if (feed != null) {
            long limit = silence.limitMs();
            due = soon(feed.heardAt() + limit + 1, now, limit);
            if (beside != null) {
                due = Math.min(due, soon(beside.heardAt() + limit + 1, now, limit));
                if (beside.purpose == FeedLink.Purpose.MOVE) {
                    due = Math.min(due, soon(beside.openedAt + MOVE_MS + 1, now, limit));
                }
            } else {
                due = Math.min(due, moveAt);
            }
        }
        return due;
    }

    /** A time that has passed and was acted on is looked at again a little later. */
    private static long soon(long due, long now, long limit) {
        return due > now ? due : now + Math.max(10, limit / 4);
    }

    // ---- closing

    void closeBeside() {
        FeedLink other = beside;
        if (other != null) {
            actions.add(new FeedAction.Close(other.id));
            single(other);
        }
    }

    void closeAll() {
        closeBeside();
        if (feed != null) {
            actions.add(new FeedAction.Close(feed.id));
            feed = null;
        }
        candidates = List.of();
        lastResort = null;
        again = false;
        untried.clear();
        moveAt = FeedMachine.NEVER;
        moveFailures = 0;
        why = "first feed";
        silence.reset();
    }

    // ---- what others may know

    boolean frameSince(long at) {
        return feed != null && feed.frameAt > at;
    }

    /** Whether another feed is looked for because this one is silent. */
    boolean rescuing() {
        return beside != null && beside.purpose == FeedLink.Purpose.RESCUE;
    }

    boolean fed() {
        return feed != null;
    }

    /** Whether the feed delivers and is not doubted. */
    boolean flowing(long now) {
        return feed != null && feed.delivering && now - feed.heardAt() <= silence.limitMs();
    }

    /** Whether the running feed has proved itself. */
    boolean proved() {
        return feed != null && feed.proved;
    }

    /** The node that is pulled from or being asked, or null. */
    @Nullable
    NodeId node() {
        return feed == null ? null : feed.peer.node();
    }

    @Nullable
    Peer welcomedPeer() {
        return feed != null && feed.welcomed ? feed.peer : null;
    }

    List<NodeId> path() {
        return feed == null ? List.of() : feed.path;
    }
}
