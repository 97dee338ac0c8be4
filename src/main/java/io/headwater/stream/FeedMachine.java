package io.headwater.stream;

import io.headwater.topology.Feed;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import io.headwater.topology.Role;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides where one hub gets its stream from: told what happened and when, it says what to do ({@link #next}).
 *
 * <p>Pure: no clock, no threads, no I/O. Call {@link #tick} when {@link #deadline} has passed. The links themselves are in
 * {@link FeedLinks}; this class is about the directory, the publisher and the subscribers.
 */
final class FeedMachine {
    /** What feeds the hub. */
    enum Mode {
        /** Nothing, and nobody wants it. */
        IDLE,
        /** Nothing at the moment: the directory is asked, or the publisher may come back. */
        WAITING,
        /** Another node. */
        PULLING,
        /** A publisher of this node. */
        PUBLISHING
    }

    /** What becomes of a frame that a link delivered. */
    enum Verdict {
        /** It follows the one before it. */
        NEXT,
        /** It is the first of a newer epoch. */
        NEW_EPOCH,
        /** Frames are missing before it. */
        AFTER_GAP,
        /** It was here before. */
        DUPLICATE,
        /** It is of an older epoch than frames that were here. */
        FENCED,
        /** It came from a link that does not count. */
        IGNORED;

        boolean accepted() {
            return this == NEXT || this == NEW_EPOCH || this == AFTER_GAP;
        }
    }

    static final long NEVER = Long.MAX_VALUE;
    private static final Backoff ASKING = new Backoff(100, 1_500);

    private final FeedSettings settings;
    private final RandomGenerator random;
    private final Deque<FeedAction> actions = new ArrayDeque<>();
    private final FeedLinks links;

    private Mode mode = Mode.IDLE;
    private Role role = Role.EDGE;
    private int subscribers;
    private long epoch;
    private long lastSequence = -1;
    private long fence;
    private long viewersWaitUntil;
    private long lingerAt = NEVER;
    private boolean held;
    private boolean draining;
    private boolean known;

    private long token;
    private boolean asking;
    private long askDeadline;
    private long askAt = NEVER;
    private int failures;
    private long progressAt;

    FeedMachine(FeedSettings settings, Pulses pulses, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
        this.links = new FeedLinks(settings.suspectMs(), pulses, random, actions);
    }

    // ---- subscribers

    void subscribed(boolean viewer, long now) {
        subscribers++;
        lingerAt = NEVER;
        if (viewer) {
            viewersWaitUntil = now + settings.parkMs();
        }
        if (mode == Mode.IDLE) {
            mode = Mode.WAITING;
            progressAt = now;
            ask(now, viewer ? settings.parkMs() : 0);
        } else if (mode == Mode.PULLING && !links.fed()) {
            feedOn(now);
        }
    }

    void unsubscribed(long now) {
        subscribers--;
        lingerIfUnused(now);
    }

    private void lingerIfUnused(long now) {
        if (subscribers == 0 && (mode == Mode.WAITING || mode == Mode.PULLING)) {
            lingerAt = links.fed() && !draining ? now + settings.lingerMs() : now;
            tick(now);
        }
    }

    /** Nobody new comes to this node: what nobody takes is not kept for anybody. */
    void drain(long now) {
        draining = true;
        lingerIfUnused(now);
    }

    // ---- the publisher of this node

    /** A publisher of this node was granted an epoch; false if a newer one is known already. */
    boolean published(long granted, long now) {
        if (granted <= epoch || granted < fence) {
            return false;
        }
        if (mode == Mode.PUBLISHING) {
            actions.add(new FeedAction.StopPublisher(epoch));
        }
        stopFeeding();
        mode = Mode.PUBLISHING;
        role = Role.MAIN_ORIGIN;
        known = true;
        epoch = granted;
        lastSequence = -1;
        lingerAt = NEVER;
        progressAt = now;
        return true;
    }

    /** The sequence of the publisher's next frame. */
    long number() {
        return ++lastSequence;
    }

    void publisherLeft(long session, Directory.Departure departure, long now) {
        if (mode != Mode.PUBLISHING || session != epoch) {
            return;
        }
        actions.add(new FeedAction.Unpublish(session, departure));
        role = Role.EDGE;
        hold(settings.graceMs(), now);
        lingerIfUnused(now);
    }

    /** A newer publisher elsewhere has the stream. */
    void superseded(long session, long byEpoch, long now) {
        fence = Math.max(fence, byEpoch);
        if (mode == Mode.PUBLISHING && session == epoch) {
            actions.add(new FeedAction.StopPublisher(session));
            mode = Mode.WAITING;
            role = Role.EDGE;
            held = false;
            progressAt = now;
            if (subscribers > 0) {
                ask(now, 0);
            }
            lingerIfUnused(now);
        }
    }

    // ---- the directory

    void answered(long answeredToken, Feed feed, long now) {
        if (asking && answeredToken == token) {
            asking = false;
            told(feed, now, false);
        }
    }

    void pushed(Feed feed, long now) {
        if (mode != Mode.IDLE) {
            told(feed, now, true);
        }
    }

    private void told(Feed feed, long now, boolean pushed) {
        if (mode == Mode.PUBLISHING) {
            if (feed instanceof Feed.Peers peers && peers.epoch() > epoch) {
                superseded(epoch, peers.epoch(), now);
            } else {
                return;
            }
        }
        known = true;
        if (feed instanceof Feed.Peers peers) {
            pullFrom(peers, now, pushed);
        } else if (feed instanceof Feed.Held grace) {
            if (grace.epoch() >= epoch || !links.fed()) {
                hold(grace.graceMs(), now);
            }
        } else if (feed instanceof Feed.Publisher) {
            // the entity has not heard yet that the publisher left, or its grant is on the way here
            askLater(now);
        } else if (feed instanceof Feed.Nothing nothing) {
            nothing(nothing.reason(), now);
        }
    }

    private void pullFrom(Feed.Peers peers, long now, boolean pushed) {
        if (peers.epoch() < epoch && links.fed()) {
            return;
        }
        if (mode == Mode.IDLE) {
            return;
        }
        mode = Mode.PULLING;
        role = peers.role();
        held = false;
        askAt = NEVER;
        if (pushed && links.differ(peers.candidates())) {
            failures = 0;
        }
        links.candidates(peers);
        if (subscribers > 0) {
            if (links.fed()) {
                links.preferFirst(epoch, lastSequence, now);
            } else {
                feedOn(now);
            }
        }
    }

    /** Keeps everything as it is for a while; an upstream link that still works stays. */
    private void hold(long graceMs, long now) {
        mode = Mode.WAITING;
        held = true;
        askAt = now + graceMs + FeedSettings.DIRECTORY_MARGIN_MS;
        progressAt = askAt;
        links.closeBeside();
    }

    private void nothing(Feed.Reason reason, long now) {
        boolean flowing = links.flowing(now);
        if (reason == Feed.Reason.ENDED || (reason == Feed.Reason.NOT_PUBLISHED && !flowing)) {
            long left = viewersWaitUntil - now;
            if (reason == Feed.Reason.NOT_PUBLISHED && !hadFrames() && subscribers > 0 && left > 250) {
                // some came later than the question: they have their own time to wait
                actions.add(new FeedAction.EndSubscribers(reason, now - settings.parkMs() + 250));
                ask(now, left);
            } else {
                end(reason);
            }
        } else if (hadFrames()) {
            askLater(now);
        } else {
            end(reason);
        }
    }

    private void ask(long now, long parkMs) {
        known = true;
        asking = true;
        askAt = NEVER;
        token++;
        askDeadline = now + parkMs + 5 * FeedSettings.DIRECTORY_MARGIN_MS;
        actions.add(new FeedAction.Ask(token, parkMs));
    }

    private void askLater(long now) {
        long patience = hadFrames() ? FeedSettings.PATIENCE_MS : FeedSettings.FRESH_PATIENCE_MS;
        if (now - progressAt > patience) {
            end(Feed.Reason.UNAVAILABLE);
        } else if (!asking && (askAt == NEVER || held)) {
            failures++;
            askAt = now + ASKING.after(failures, random);
        }
    }

    // ---- the links

    /** A link delivered a frame. Its epoch and sequence are taken over if the verdict is to accept it. */
    Verdict frame(long link, long frameEpoch, long sequence, long now) {
        FeedLink from = mode == Mode.PUBLISHING ? null : links.find(link);
        if (from == null) {
            return Verdict.IGNORED;
        }
        if (frameEpoch < epoch) {
            return Verdict.FENCED;
        }
        Verdict verdict = verdict(frameEpoch, sequence);
        if (verdict == Verdict.AFTER_GAP && links.waitsForContinuity(from)) {
            from.heard(now);
            return Verdict.IGNORED;
        }
        if (verdict == Verdict.DUPLICATE && sequence < lastSequence && links.catchesUp(from, now)) {
            from.heard(now);
            return Verdict.DUPLICATE;
        }
        delivered(from, now);
        from.frameAt = now;
        from.starved = false;
        if (verdict.accepted()) {
            if (frameEpoch > epoch && mode == Mode.WAITING) {
                mode = Mode.PULLING;
                held = false;
                askAt = NEVER;
            }
            epoch = frameEpoch;
            lastSequence = sequence;
        }
        return verdict;
    }

    private Verdict verdict(long frameEpoch, long sequence) {
        if (frameEpoch > epoch) {
            return Verdict.NEW_EPOCH;
        }
        if (sequence <= lastSequence) {
            return Verdict.DUPLICATE;
        }
        return sequence == lastSequence + 1 && lastSequence >= 0 ? Verdict.NEXT : Verdict.AFTER_GAP;
    }

    void welcomed(long link, long welcomeEpoch, boolean resumed, List<NodeId> path, long now) {
        FeedLink from = links.find(link);
        if (from == null) {
            return;
        }
        if (welcomeEpoch < epoch) {
            actions.add(new FeedAction.Close(link));
            closed(link, Upstream.Closed.Kind.STALE, now);
            return;
        }
        from.welcomed = true;
        from.resumed = resumed;
        from.path = List.copyOf(path);
        from.heard(now);
    }

    /**
     * A node the stream passes on its way here has lost it and asked this one; true while no frame has come since and there
     * is another way to look for the stream.
     */
    boolean starved(NodeId node, long askedAt, long now) {
        return mode == Mode.PULLING && !links.frameSince(askedAt) && links.starved(node, epoch, lastSequence, now);
    }

    void alive(long link, long now) {
        FeedLink from = links.find(link);
        if (from != null && from.welcomed) {
            if (from.starved && links.rescuing()) {
                from.heard(now);
            } else if (from.purpose == FeedLink.Purpose.MOVE && !from.resumed) {
                from.heard(now);
            } else {
                delivered(from, now);
            }
        }
    }

    /** The peer is there but has no feed itself yet: it is given a while, less if viewers are in the middle of it. */
    void waiting(long link, long now) {
        FeedLink from = links.find(link);
        long patience = hadFrames() ? FeedSettings.PEER_WAIT_MS : FeedSettings.FRESH_PEER_WAIT_MS;
        if (from != null && !from.welcomed && now - from.openedAt <= patience) {
            from.heard(now);
        }
    }

    private void delivered(FeedLink from, long now) {
        links.delivered(from, epoch, now);
        if (links.proved()) {
            failures = 0;
        }
        progressAt = Math.max(progressAt, now);
    }

    void closed(long link, Upstream.Closed.Kind kind, long now) {
        FeedLink gone = links.remove(link, kind, epoch, now);
        if (gone == null || links.fed() || mode == Mode.IDLE) {
            return;
        }
        if (subscribers == 0) {
            lingerAt = now;
            tick(now);
        } else if (kind == Upstream.Closed.Kind.ENDED) {
            if (mode == Mode.PULLING) {
                mode = Mode.WAITING;
                askAt = now + FeedSettings.ENDED_WAIT_MS + random.nextLong(FeedSettings.ENDED_WAIT_MS);
            }
        } else {
            feedOn(now);
        }
    }

    /** Opens the next candidate, or asks for others if none is left. */
    private void feedOn(long now) {
        if (!links.openNext(epoch, lastSequence, now) && !held) {
            askLater(now);
        }
    }

    private boolean hadFrames() {
        return lastSequence >= 0;
    }

    private void end(Feed.Reason reason) {
        actions.add(new FeedAction.EndSubscribers(reason, Long.MAX_VALUE));
        subscribers = 0;
        release();
    }

    /** The node ends: everything is given back. */
    void shutDown() {
        if (mode != Mode.IDLE) {
            subscribers = 0;
            release();
        }
    }

    private void release() {
        boolean told = known;
        stopFeeding();
        mode = Mode.IDLE;
        role = Role.EDGE;
        lastSequence = -1;
        lingerAt = NEVER;
        known = false;
        if (told) {
            actions.add(new FeedAction.Release());
        }
    }

    private void stopFeeding() {
        links.closeAll();
        asking = false;
        token++;
        askAt = NEVER;
        failures = 0;
        held = false;
    }

    // ---- time

    void tick(long now) {
        if (subscribers == 0 && lingerAt <= now) {
            release();
            return;
        }
        if (asking && now >= askDeadline) {
            asking = false;
            nothing(Feed.Reason.UNAVAILABLE, now);
        }
        if (!asking && askAt <= now) {
            boolean outage = mode == Mode.PULLING && !links.fed() && hadFrames();
            held = false;
            ask(now, 0);
            if (outage && subscribers > 0) {
                // the directory may be beyond the same cut, and what it named before be back sooner than it
                links.again(epoch, lastSequence, now);
            }
        }
        if (mode == Mode.PULLING && subscribers > 0 && links.watch(epoch, lastSequence, now)) {
            if (links.fed()) {
                askLater(now);
            } else {
                feedOn(now);
            }
        }
    }

    /** When {@link #tick} is due, {@link #NEVER} if not at all. */
    long deadline(long now) {
        long due = Math.min(lingerAt, asking ? askDeadline : askAt);
        return mode == Mode.PULLING && subscribers > 0 ? Math.min(due, links.deadline(now)) : due;
    }

    /** The next thing to do, or null. */
    @Nullable
    FeedAction next() {
        return actions.poll();
    }

    boolean hasActions() {
        return !actions.isEmpty();
    }

    // ---- what others may know

    Mode mode() {
        return mode;
    }

    Role role() {
        return role;
    }

    long epoch() {
        return epoch;
    }

    long lastSequence() {
        return lastSequence;
    }

    /** The node the stream comes from, or null. */
    @Nullable
    Peer feed() {
        return links.welcomedPeer();
    }

    /** The node the stream would be pulled from next, or null. */
    @Nullable
    Peer nextFeed() {
        return mode == Mode.PULLING && subscribers > 0 ? links.next() : null;
    }

    /** The nodes the stream passes before this one; empty if nothing feeds it or its publisher is here. */
    List<NodeId> path() {
        return links.path();
    }

    /** Whether the publisher is gone and may come back. */
    boolean isHeld() {
        return held;
    }

    /** Whether a feed delivers and is not doubted. */
    boolean flowing(long now) {
        return links.flowing(now);
    }

    /** Whether the stream is pulled from that node, or that node is being asked for it. */
    boolean pullsFrom(NodeId node) {
        return node.equals(links.node());
    }
}
