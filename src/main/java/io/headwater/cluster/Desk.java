package io.headwater.cluster;

import io.headwater.cluster.PublishCase.Verdict;
import io.headwater.cluster.Request.Publishing.Kind;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Directory;
import io.headwater.topology.Action;
import io.headwater.topology.Claim;
import io.headwater.topology.ConflictPolicy;
import io.headwater.topology.Epochs;
import io.headwater.topology.Event;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node wants of the streams' entities and what they told it. It outlives the control plane: while that starts
 * again requests wait here, and are sent when it is back.
 *
 * <p>Requests are repeated until they are answered or their time is over. When an entity is silent the nodes are asked
 * instead. All state is guarded by this object; whoever waits for an answer is called by an executor, in order.
 */
final class Desk implements Directory {
    private static final Logger LOG = LoggerFactory.getLogger(Desk.class);
    private static final long LEAVE_MS = 15_000;

    private final NodeId node;
    private final ClusterSettings settings;
    private final Counters counters;
    private final LongSupplier clockMs;
    private final Executor calls;
    private final Requests requests = new Requests();
    private final Standings standings = new Standings();
    private final ToldSessions toldSessions = new ToldSessions();
    private final Announcements announcements = new Announcements();
    private @Nullable Wires wires;
    private @Nullable NodeGroup group;
    private volatile Listener listener = new Nobody();
    private long lastToken;
    private long attachedMs;

    /**
     * @param clockMs wall clock; also what tokens and new epochs start from
     * @param calls runs the calls out of here one after another
     */
    Desk(NodeId node, ClusterSettings settings, Counters counters, LongSupplier clockMs, Executor calls) {
        this.node = node;
        this.settings = settings;
        this.counters = counters;
        this.clockMs = clockMs;
        this.calls = calls;
        this.lastToken = clockMs.getAsLong() << 16;
    }

    // The media plane's side.

    @Override
    public void listen(Listener newListener) {
        listener = newListener;
    }

    Listener listener() {
        return listener;
    }

    @Override
    public CompletionStage<Grant> publish(StreamKey key, OnConflict onConflict, long graceMs) {
        Kind kind = onConflict == OnConflict.BACKUP ? Kind.OVER_BACKUPS : Kind.PLAIN;
        ConflictPolicy policy = onConflict == OnConflict.TAKEOVER ? ConflictPolicy.TAKEOVER : ConflictPolicy.REJECT;
        return publish(key, kind, policy, graceMs, 0);
    }

    @Override
    public CompletionStage<Grant> promote(StreamKey key, long lostEpoch, long graceMs) {
        return publish(key, Kind.STANDBY, ConflictPolicy.REJECT, graceMs, lostEpoch);
    }

    private CompletionStage<Grant> publish(
            StreamKey key, Kind kind, ConflictPolicy policy, long graceMs, long lostEpoch) {
        return locked(() -> {
            if (isFull()) {
                return CompletableFuture.completedFuture(new Grant.Unavailable("too many calls wait for the cluster"));
            }
            Standing before = standings.of(key);
            var request = new Request.Publishing(
                    key, ++lastToken, clockMs.getAsLong(), node, kind, policy, graceMs, lostEpoch, before.wants());
            comesBack(key);
            standings.put(key, before.wanted(request.token));
            requests.add(request);
            send(request);
            decide(request, clockMs.getAsLong());
            return request.answer;
        });
    }

    @Override
    public CompletionStage<Feed> play(StreamKey key, long parkMs) {
        return locked(() -> {
            if (isFull()) {
                return CompletableFuture.completedFuture(new Feed.Nothing(Feed.Reason.UNAVAILABLE));
            }
            var request = new Request.Playing(key, ++lastToken, clockMs.getAsLong(), parkMs);
            comesBack(key);
            standings.put(key, standings.of(key).wanted(request.token));
            requests.add(request);
            send(request);
            return request.answer;
        });
    }

    @Override
    public void unpublish(StreamKey key, long epoch, Departure departure) {
        locked(() -> {
            Standing standing = standings.of(key);
            if (standing.publishedEpoch() == epoch) {
                standings.put(key, standing.unpublished());
                announcements.end(key);
            }
            leave(key, new Event.Unpublish(node, ++lastToken, epoch, departure == Departure.FINISHED));
            return this;
        });
    }

    @Override
    public void released(StreamKey key) {
        locked(() -> {
            standings.put(key, standings.of(key).stopped());
            announcements.end(key);
            for (Request request : requests.all()) {
                if (request.key.equals(key) && !(request instanceof Request.Leaving)) {
                    drop(request);
                }
            }
            leave(key, new Event.Stop(node, ++lastToken));
            return this;
        });
    }

    @Override
    public void lost(StreamKey key, long epoch, NodeId peer) {
        locked(() -> {
            if (wires != null) {
                wires.toEntity(key, new Event.Lost(node, peer, epoch));
            }
            return this;
        });
    }

    // The control plane's side.

    /** There is a cluster to talk to: what waits is sent, what is held is announced. */
    void attach(Wires newWires) {
        locked(() -> {
            wires = newWires;
            attachedMs = clockMs.getAsLong();
            if (!newWires.self().group().equals(group)) {
                group = newWires.self().group();
                standings.elsewhere();
            }
            announcements.clear();
            standings.forEach((key, standing) -> announceFrom(key, attachedMs));
            requests.all().forEach(this::send);
            return this;
        });
    }

    /** There is no cluster to talk to until {@link #attach}. */
    void detach() {
        locked(() -> {
            wires = null;
            return this;
        });
    }

    /**
     * Members of the group went away, perhaps with entities. Where it matters most that there is one, it is told in
     * {@code delayMs} what this node holds, which starts it.
     */
    void gone(Set<NodeId> nodes, long delayMs) {
        locked(() -> {
            long fromMs = clockMs.getAsLong() + delayMs;
            standings.forEach((key, standing) -> {
                if (standing.concernedBy(nodes)) {
                    announceFrom(key, fromMs);
                }
            });
            return this;
        });
    }

    /** An entity answers this node or gives it an order. */
    void told(StreamKey key, Action action) {
        locked(() -> {
            if (action instanceof Action.Grant grant) {
                granted(key, grant);
            } else if (action instanceof Action.Taken taken) {
                taken(taken);
            } else if (action instanceof Action.Unavailable unavailable) {
                refused(unavailable.token(), new Grant.Unavailable(unavailable.reason()));
            } else if (action instanceof Action.Done done) {
                requests.remove(done.token());
            } else if (action instanceof Action.StopPublisher stop) {
                superseded(key, stop.byEpoch());
            } else if (action instanceof Action.SendFeed feed) {
                fed(key, feed);
            } else {
                throw new IllegalArgumentException("not for a node: " + action);
            }
            return this;
        });
    }

    /** An entity has the play of that token and will answer it. */
    void parked(long token) {
        locked(() -> {
            if (requests.get(token) instanceof Request.Playing playing) {
                playing.parked = true;
            }
            return this;
        });
    }

    /** Answers an entity of {@code self}'s group. */
    Claim claim(StreamKey key, Peer self, long round) {
        return locked(() -> claimed(key, self, round));
    }

    /** Whether something waits for an answer, is being told, or will be once there is a cluster: {@link #tick} is called often then. */
    boolean isBusy() {
        return locked(() -> wires == null || requests.size() > 0 || !announcements.isEmpty());
    }

    /** Repeats what was not answered, and ends what waited too long. To be called several times a second. */
    void tick() {
        locked(() -> {
            long nowMs = clockMs.getAsLong();
            for (Request request : requests.all()) {
                if (request instanceof Request.Publishing publishing) {
                    tick(publishing, nowMs);
                } else if (request instanceof Request.Playing playing) {
                    tick(playing, nowMs);
                } else if (request instanceof Request.Leaving leaving) {
                    tick(leaving, nowMs);
                }
            }
            announce(nowMs);
            return this;
        });
    }

    /** Plays that wait for a publisher now, as their entities said. */
    int parkedPlays() {
        return locked(requests::parked);
    }

    // Inside, all under the lock.

    private void tick(Request.Publishing request, long nowMs) {
        if (wires == null) {
            if (nowMs - request.startedMs > settings.restartWait().toMillis()) {
                grantHere(request, List.of());
            }
            return;
        }
        decide(request, nowMs);
        if (requests.isOpen(request) && isDue(request, nowMs)) {
            send(request);
        }
    }

    private void taken(Action.Taken taken) {
        if (requests.get(taken.token()) instanceof Request.Publishing publishing) {
            publishing.takenBy = taken.holder();
            decide(publishing, clockMs.getAsLong());
        }
    }

    private void decide(Request.Publishing request, long nowMs) {
        Poll poll = request.poll;
        request.pollIsOver = poll != null && poll.isOver(nowMs);
        Verdict verdict =
                PublishCase.next(request, listener.holding(request.key), silentMs(request, nowMs), nowMs, settings);
        switch (verdict) {
            case WAIT -> {}
            case ASK_NODES -> askNodes(request, nowMs);
            case INSIST -> {
                request.insistedMs = nowMs;
                request.takenBy = null;
                send(request);
            }
            case TAKEN -> {
                NodeId by = request.takenBy;
                refused(
                        request.token,
                        by == null ? new Grant.Unavailable("nobody says who publishes") : new Grant.Taken(by));
            }
            case GRANT -> grantHere(request, poll == null ? List.of() : poll.answers);
        }
    }

    private void tick(Request.Playing request, long nowMs) {
        boolean due = isDue(request, nowMs);
        switch (PlayCase.next(request, wires != null, silentMs(request, nowMs), nowMs, settings)) {
            case WAIT -> pollChanged(request);
            case ASK_NODES -> {
                counters.increment(Metric.CLUSTER_ENTITY_SILENT);
                askNodes(request, nowMs);
            }
            case GIVE_UP -> {
                answerPlay(request, PlayCase.nothing(request));
                requests.remove(request.token);
                return;
            }
            case SETTLED -> {
                requests.remove(request.token);
                return;
            }
        }
        if (due) {
            send(request);
        }
    }

    private void tick(Request.Leaving request, long nowMs) {
        if (nowMs - request.startedMs > LEAVE_MS) {
            requests.remove(request.token);
        } else if (isDue(request, nowMs)) {
            send(request);
        }
    }

    private boolean isDue(Request request, long nowMs) {
        return request.isDue(nowMs, settings.silence().toMillis());
    }

    /** How long there was a cluster to ask, and no answer. */
    private long silentMs(Request request, long nowMs) {
        return nowMs - Math.max(request.startedMs, attachedMs);
    }

    private void askNodes(Request request, long nowMs) {
        Wires now = wires;
        if (now == null) {
            return;
        }
        request.askedNodesMs = nowMs;
        request.poll = null;
        counters.increment(Metric.CLUSTER_NODES_ASKED);
        List<Holder> early = new ArrayList<>();
        List<Peer> asked = now.askNodes(
                request.key,
                holder -> locked(() -> {
                    Poll poll = request.poll;
                    if (poll == null) {
                        early.add(holder);
                    } else if (requests.isOpen(request) && poll.isOpen(nowMs)) {
                        poll.answered(holder, clockMs.getAsLong());
                        pollChanged(request);
                    }
                    return this;
                }));
        Poll poll = new Poll(asked, nowMs, settings.silence().toMillis());
        request.poll = poll;
        early.forEach(holder -> poll.answered(holder, nowMs));
        pollChanged(request);
    }

    private void pollChanged(Request request) {
        long nowMs = clockMs.getAsLong();
        Wires now = wires;
        if (request instanceof Request.Publishing publishing) {
            decide(publishing, nowMs);
        } else if (request instanceof Request.Playing playing && now != null) {
            Poll poll = playing.poll;
            if (poll != null && poll.isOverForFeed(now.self().group(), nowMs)) {
                playing.poll = null;
                playFrom(playing, now.self(), poll.answers);
            }
        }
    }

    private void playFrom(Request.Playing request, Peer self, List<Holder> holders) {
        request.nobodyHasIt = !holders.isEmpty();
        if (request.answer.isDone() || request.parked) {
            return;
        }
        HolderFeed.choose(self, holders).ifPresent(feed -> {
            LOG.info("{}: its entity is silent, pulls from a holder: {}", request.key, feed);
            Standing standing = standings.of(request.key);
            standings.put(request.key, standing.fed(feed));
            answerPlay(request, feed);
        });
    }

    /**
     * The entity cannot be reached, so the node arbitrates for its own publisher. The epoch is above what the entity
     * could have given to the same request, so that this session wins when they meet again.
     */
    private void grantHere(Request.Publishing request, List<Holder> holders) {
        Optional<Grant> refusal = PublishCase.refusal(request, holders, wires != null);
        if (refusal.isPresent()) {
            refused(request.token, refusal.get());
            return;
        }
        long known = Math.max(standings.of(request.key).epoch(), HolderFeed.highestEpoch(holders));
        long epoch = Epochs.next(known, clockMs.getAsLong() / 1000 + 1, node);
        counters.increment(Metric.CLUSTER_ENTITY_SILENT);
        LOG.warn("{}: its entity is silent, this node grants session {} by itself", request.key, epoch);
        counters.increment(Metric.CLUSTER_GRANTED_ALONE);
        requests.remove(request.token);
        standings.put(request.key, standings.of(request.key).granted(epoch));
        announceFrom(request.key, clockMs.getAsLong());
        answerPublish(request, epoch);
    }

    /** Whoever was found to hold the stream is told where it goes on: its own entity may have died with the publisher. */
    private void answerPublish(Request.Publishing request, long epoch) {
        Wires now = wires;
        Poll poll = request.poll;
        calls.execute(() -> {
            request.answer.complete(new Grant.Granted(epoch));
            if (now != null && poll != null) {
                poll.answers.stream()
                        .filter(holder -> holder.holding().isPresent())
                        .forEach(holder -> now.tellSession(holder.node().node(), request.key, epoch));
            }
        });
    }

    /** Another node's publisher has the stream in that session; its own entity may not know yet, or be silent. */
    void session(StreamKey key, Peer publisher, long epoch) {
        locked(() -> {
            Standing before = standings.of(key);
            Wires now = wires;
            if (now == null
                    || !before.wants()
                    || before.epoch() >= epoch
                    || publisher.node().equals(node)) {
                return this;
            }
            LOG.info("{}: goes on with session {} of {}", key, epoch, publisher.node());
            counters.increment(Metric.CLUSTER_SESSIONS_TOLD);
            toldSessions.put(key, publisher, epoch, clockMs.getAsLong());
            superseded(key, epoch);
            Feed feed = HolderFeed.next(now.self(), before.feed(), publisher, epoch);
            standings.put(key, standings.of(key).fed(feed));
            boolean answered = false;
            for (Request request : requests.all()) {
                if (request instanceof Request.Playing playing && playing.key.equals(key) && !playing.answer.isDone()) {
                    answered = true;
                    answerPlay(playing, feed);
                }
            }
            if (!answered) {
                calls.execute(() -> listener.onFeed(key, feed));
            }
            return this;
        });
    }

    private void granted(StreamKey key, Action.Grant grant) {
        Standing standing = standings.of(key);
        if (requests.get(grant.token()) instanceof Request.Publishing publishing) {
            requests.remove(grant.token());
            standings.put(key, standing.granted(grant.epoch()));
            answerPublish(publishing, grant.epoch());
            superseded(key, standing.epoch());
        } else if (standing.publishedEpoch() > grant.epoch()) {
            announceFrom(key, clockMs.getAsLong());
        } else if (standing.publishedEpoch() < grant.epoch()) {
            superseded(key, grant.epoch());
            leave(key, new Event.Unpublish(node, ++lastToken, grant.epoch(), false));
        }
    }

    private void refused(long token, Grant answer) {
        if (requests.remove(token) instanceof Request.Publishing publishing) {
            calls.execute(() -> publishing.answer.complete(answer));
            if (!publishing.heldBefore && !requests.wants(publishing.key)) {
                standings.put(publishing.key, standings.of(publishing.key).stopped());
                leave(publishing.key, new Event.Stop(node, ++lastToken));
            }
        }
    }

    /** If this node publishes in an older session than {@code byEpoch}, that is over. */
    private void superseded(StreamKey key, long byEpoch) {
        Standing standing = standings.of(key);
        long epoch = standing.publishedEpoch();
        if (standing.published() && epoch < byEpoch) {
            standings.put(key, standing.unpublished().heard(byEpoch));
            announcements.end(key);
            calls.execute(() -> listener.onSuperseded(key, epoch, byEpoch));
        } else {
            standings.put(key, standing.heard(byEpoch));
        }
    }

    private void fed(StreamKey key, Action.SendFeed sent) {
        Standing before = standings.of(key);
        standings.put(key, before.seen(sent.version()));
        if (wires != null) {
            long newest = Math.max(before.version(), sent.version());
            wires.toEntity(key, new Event.FeedSeen(node, sent.version(), newest, before.wants()));
        }
        if (sent.version() < before.version() || !before.wants()) {
            return;
        }
        announcements.end(key);
        superseded(key, Standing.epochOf(sent.feed()));
        Wires now = wires;
        Feed feed = now == null ? sent.feed() : toldSessions.later(key, now.self(), sent.feed(), clockMs.getAsLong());
        standings.put(key, standings.of(key).fed(feed));
        boolean answered = false;
        for (long token : sent.tokens()) {
            if (requests.get(token) instanceof Request.Playing playing) {
                requests.remove(token);
                answered |= !playing.answer.isDone();
                answerPlay(playing, feed);
            }
        }
        if (!answered && !before.feed().equals(Optional.of(feed))) {
            calls.execute(() -> listener.onFeed(key, feed));
        }
    }

    private void answerPlay(Request.Playing request, Feed feed) {
        calls.execute(() -> request.answer.complete(feed));
    }

    private void leave(StreamKey key, Event.OfNode event) {
        var request = new Request.Leaving(key, lastToken, clockMs.getAsLong(), event);
        requests.add(request);
        send(request);
    }

    private void send(Request request) {
        Wires now = wires;
        if (now == null) {
            return;
        }
        long nowMs = clockMs.getAsLong();
        request.sentMs = nowMs;
        now.toEntity(request.key, request.event(now.self(), nowMs));
    }

    private void announceFrom(StreamKey key, long fromMs) {
        if (standings.of(key).wants()) {
            announcements.begin(key, fromMs);
        }
    }

    private void announce(long nowMs) {
        Wires now = wires;
        if (now != null) {
            announcements
                    .due(nowMs, key -> standings.of(key).wants())
                    .forEach(key -> now.toEntity(key, new Event.Claimed(claimed(key, now.self(), 0))));
        }
    }

    private Claim claimed(StreamKey key, Peer self, long round) {
        Standing standing = standings.of(key);
        return standing.claim(self, round, standing.published() && requests.wantsToPublish(key));
    }

    private boolean isFull() {
        boolean full = requests.size() >= settings.maxWaitingCalls();
        if (full) {
            counters.increment(Metric.CLUSTER_CALLS_REFUSED);
        }
        return full;
    }

    /** The node wants the stream again: what it still says about letting go of it is void. */
    private void comesBack(StreamKey key) {
        if (standings.remembers(key)) {
            requests.comesBack(key);
        }
    }

    private void drop(Request request) {
        requests.remove(request.token);
        if (request instanceof Request.Playing playing) {
            answerPlay(playing, new Feed.Nothing(Feed.Reason.NOT_PUBLISHED));
        } else if (request instanceof Request.Publishing publishing) {
            calls.execute(() -> publishing.answer.complete(new Grant.Unavailable("the stream was let go of")));
        }
    }

    private synchronized <T> T locked(Supplier<T> work) {
        return work.get();
    }

    /** Hears nothing and holds nothing. */
    private static final class Nobody implements Listener {
        @Override
        public void onFeed(StreamKey key, Feed feed) {}

        @Override
        public void onSuperseded(StreamKey key, long epoch, long byEpoch) {}

        @Override
        public List<Holding> holdings() {
            return List.of();
        }

        @Override
        public Optional<Holding> holding(StreamKey key) {
            return Optional.empty();
        }
    }

    Map<StreamKey, Standing> standings() {
        return locked(standings::copy);
    }
}
