package io.headwater.topology;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a node does about one stream: its agent towards the entity, and a hub that pulls, fails over and gives up. */
final class SimNode {
    private static final long RETRY_MS = 1000;
    private static final long ASK_AGAIN_MS = 3000;
    private static final int PUBLISH_TRIES = 8;

    private final World world;
    final NodeId id;
    NodeGroup group;
    long uid = 1;

    /** The process lives; it runs (is not stopped by a signal); its control plane is a member of the cluster. */
    boolean alive = true;

    boolean paused;
    boolean joined = true;
    boolean moving;
    /** It is being taken out of service. */
    boolean draining;

    boolean viewers;
    /** The epoch of the publisher connected here, 0 if none. */
    long publishing;

    /** The highest epoch its publishers were told to give way to. */
    private long stopped;

    private boolean interested;
    /** It joined anew, and nobody has heard so far what it holds. */
    private boolean claiming;

    private long tokens = 1000;
    /** The token of its newest play or publish. */
    private long wish;

    /** The highest version seen, and the feed that came with it. */
    private long newest;

    Optional<Feed> standing = Optional.empty();
    /** Requests that wait for an answer, by token. */
    private final Map<Long, Event> pending = new LinkedHashMap<>();

    private final Map<Long, Integer> tries = new LinkedHashMap<>();

    /** Whom it pulls from now, and whom it reported since its last feed. */
    Optional<NodeId> source = Optional.empty();

    private long heldUntilMs;
    private final Set<NodeId> reported = new HashSet<>();

    SimNode(World world, String name, NodeGroup group) {
        this.world = world;
        this.id = new NodeId(name);
        this.group = group;
    }

    Peer peer() {
        return new Peer(id, group, id.name(), 5000);
    }

    boolean answers() {
        return alive && !paused;
    }

    boolean holds() {
        return interested;
    }

    /** The session it pulls or waits for, 0 if none. */
    long session() {
        Feed feed = standing.orElse(null);
        if (feed instanceof Feed.Peers peers) {
            return peers.epoch();
        }
        return feed instanceof Feed.Held held ? held.epoch() : 0;
    }

    boolean waits() {
        return pending.values().stream().anyMatch(Event.Play.class::isInstance);
    }

    boolean wantsToPublish() {
        return publishing != 0 || pending.values().stream().anyMatch(Event.Publish.class::isInstance);
    }

    // ---- what people do to it

    void publish(ConflictPolicy policy, long graceMs) {
        publish(policy, graceMs, 0);
    }

    /** @param lostEpoch the session that is over by all that the node sees, 0 if none */
    void publish(ConflictPolicy policy, long graceMs, long lostEpoch) {
        if (!wantsToPublish()) {
            interested = true;
            wish = ++tokens;
            ask(new Event.Publish(peer(), wish, policy, graceMs, world.coarseTimeS(), lostEpoch));
        }
    }

    void unpublish(boolean finished) {
        pending.values().removeIf(Event.Publish.class::isInstance);
        if (publishing != 0) {
            long epoch = publishing;
            publishing = 0;
            ask(new Event.Unpublish(id, ++tokens, epoch, finished));
        }
    }

    void watch(long parkMs) {
        viewers = true;
        if (!interested || (standing.isEmpty() && !wantsToPublish() && !waits())) {
            interested = true;
            wish = ++tokens;
            ask(new Event.Play(peer(), wish, parkMs));
        }
    }

    void leave() {
        viewers = false;
    }

    /** The process is gone and comes back empty. */
    void restart() {
        alive = true;
        paused = false;
        draining = false;
        interested = false;
        viewers = false;
        publishing = 0;
        newest = 0;
        stopped = 0;
        standing = Optional.empty();
        source = Optional.empty();
        pending.clear();
        tokens += 1_000_000;
    }

    // ---- towards the entity

    private void ask(Event event) {
        long token = tokens;
        pending.put(token, event);
        tries.put(token, 0);
        send(token);
    }

    private void send(long token) {
        Event event = pending.get(token);
        if (event == null || !alive) {
            tries.remove(token);
            return;
        }
        int count = tries.merge(token, 1, Integer::sum);
        if (event instanceof Event.Publish && count > PUBLISH_TRIES) {
            pending.remove(token);
            return;
        }
        world.toEntity(this, event);
        world.clock.after(RETRY_MS, () -> send(token));
    }

    void hear(Action action) {
        if (action instanceof Action.Grant grant) {
            granted(grant);
        } else if (action instanceof Action.Taken taken) {
            pending.remove(taken.token());
        } else if (action instanceof Action.Unavailable unavailable) {
            pending.remove(unavailable.token());
        } else if (action instanceof Action.Done done) {
            pending.remove(done.token());
        } else if (action instanceof Action.StopPublisher stop) {
            stopped = Math.max(stopped, stop.byEpoch());
            if (publishing == stop.epoch()) {
                publishing = 0;
            }
        } else if (action instanceof Action.SendFeed feed) {
            feed(feed);
        } else if (action instanceof Action.AskHoldings ask) {
            world.toEntity(this, new Event.Claimed(claimed(ask.round())));
        }
    }

    private void granted(Action.Grant grant) {
        if (grant.epoch() < Math.max(stopped, standing.map(SimNode::epoch).orElse(0L))) {
            // Overtaken by the order to stop.
            pending.remove(grant.token());
        } else if (pending.remove(grant.token()) != null) {
            publishing = grant.epoch();
            source = Optional.empty();
        } else if (publishing != grant.epoch()) {
            ++tokens;
            ask(new Event.Unpublish(id, tokens, grant.epoch(), false));
        }
    }

    private void feed(Action.SendFeed sent) {
        boolean waiting = false;
        claiming = false;
        for (long token : sent.tokens()) {
            waiting |= pending.remove(token) != null;
        }
        boolean current = sent.version() >= newest;
        newest = Math.max(newest, sent.version());
        world.toEntity(this, new Event.FeedSeen(id, sent.version(), newest, interested));
        if (current && interested && (waiting || sent.tokens().isEmpty() || standing.isPresent())) {
            apply(sent.feed());
        }
    }

    private void apply(Feed feed) {
        if (epoch(feed) > publishing && publishing != 0) {
            publishing = 0;
        }
        if (feed instanceof Feed.Nothing) {
            if (publishing == 0) {
                viewers = false;
                standing = Optional.empty();
                source = Optional.empty();
            }
            return;
        }
        standing = Optional.of(feed);
        reported.clear();
        heldUntilMs = world.clock.nowMs() + ASK_AGAIN_MS + (feed instanceof Feed.Held held ? held.graceMs() : 0);
    }

    static long epoch(Feed feed) {
        if (feed instanceof Feed.Peers peers) {
            return peers.epoch();
        }
        return feed instanceof Feed.Held held ? held.epoch() : 0;
    }

    private Claim claimed(long round) {
        if (!interested) {
            return Claim.nothing(peer(), round, newest);
        }
        long epoch = publishing != 0 ? publishing : standing.map(SimNode::epoch).orElse(0L);
        return new Claim(peer(), round, true, newest, epoch, publishing != 0, standing, wish);
    }

    /** Whether the node speaks up when that other one was removed: it is an origin, or was told to pull from it. */
    boolean concernedBy(SimNode gone) {
        return publishing != 0
                || (standing.orElse(null) instanceof Feed.Peers peers
                        && (peers.role() == Role.SECONDARY_ORIGIN
                                || peers.candidates().stream()
                                        .anyMatch(peer -> peer.node().equals(gone.id))));
    }

    /** Tells the entity unasked what it holds, until it hears from it: when it joined anew, or another left. */
    void speakUp() {
        claiming = interested;
        claim(uid);
    }

    private void claim(long joinedAs) {
        if (claiming && interested && uid == joinedAs) {
            world.toEntity(this, new Event.Claimed(claimed(0)));
            world.clock.after(RETRY_MS, () -> claim(joinedAs));
        }
    }

    // ---- the hub

    /** Keeps a feed that works, or takes the next; lets go when nobody is left. */
    void tick() {
        if (!answers()) {
            return;
        }
        if (interested && !viewers && !wantsToPublish() && !waits() && !world.feedsOthers(this)) {
            release();
        }
        if (publishing != 0) {
            source = Optional.empty();
        } else if (interested && standing.orElse(null) instanceof Feed.Peers peers) {
            pull(peers);
        } else if (interested && !wantsToPublish() && world.clock.nowMs() > heldUntilMs) {
            askAgain();
        }
    }

    /** Moves to the first candidate once it works; to another if what it has fails; asks again if nothing works. */
    private void pull(Feed.Peers peers) {
        Optional<NodeId> failed = source.filter(node -> !works(node, peers.epoch()));
        source = Optional.empty();
        List<NodeId> useless = new ArrayList<>(failed.stream().toList());
        for (Peer candidate : peers.candidates()) {
            if (works(candidate.node(), peers.epoch())) {
                source = Optional.of(candidate.node());
                break;
            }
            useless.add(candidate.node());
        }
        useless.stream()
                .filter(node -> failed.isPresent() || source.isEmpty())
                .filter(node -> peers.lastResort()
                        .filter(peer -> peer.node().equals(node))
                        .isEmpty())
                .forEach(node -> report(node, peers.epoch()));
        if (source.isEmpty() && world.clock.nowMs() > heldUntilMs) {
            askAgain();
        }
    }

    private void askAgain() {
        heldUntilMs = world.clock.nowMs() + ASK_AGAIN_MS;
        if (!waits() && joined) {
            wish = ++tokens;
            ask(new Event.Play(peer(), wish, 0));
        }
    }

    private boolean works(NodeId node, long epoch) {
        SimNode other = world.node(node);
        return world.network.connects(this, other)
                && other.serves(epoch)
                && !world.path(other).contains(id);
    }

    private boolean serves(long epoch) {
        if (publishing != 0) {
            return publishing >= epoch;
        }
        return interested && standing.map(SimNode::epoch).orElse(0L) >= epoch;
    }

    /** The node is in another group: what was said there counts no more. */
    void elsewhere(NodeGroup to) {
        group = to;
        newest = 0;
        standing = Optional.empty();
    }

    private void report(NodeId lost, long epoch) {
        if (reported.add(lost)) {
            world.toEntity(this, new Event.Lost(id, lost, epoch));
        }
    }

    private void release() {
        interested = false;
        standing = Optional.empty();
        source = Optional.empty();
        pending.values().removeIf(Event.Play.class::isInstance);
        tokens++;
        ask(new Event.Stop(id, tokens));
    }

    Set<Long> pendingTokens() {
        return new LinkedHashSet<>(pending.keySet());
    }
}
