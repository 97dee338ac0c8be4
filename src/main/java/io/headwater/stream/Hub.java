package io.headwater.stream;

import io.headwater.media.Frame;
import io.headwater.media.StreamKey;
import io.headwater.media.Tracks;
import io.headwater.net.Metric;
import io.headwater.stream.StreamEvent.Kind;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream on this node: one feed in, many subscribers out.
 *
 * <p>The lock of this object guards the feed's state and the writing side. It is held for moments and never while anybody
 * outside is called: that goes through the {@link Outbox}. Subscribers read the ring without it.
 */
final class Hub {
    private static final Logger LOG = LoggerFactory.getLogger(Hub.class);

    /** Another node that asks before this one has a feed itself is kept waiting this long, then it may ask elsewhere. */
    private static final long RELAY_WAIT_MS = 4_000;

    /** Frames that stay away longer mean something to a backup. */
    private static final long QUIET_MS = 150;
    /** The same when no feed is left at all. */
    private static final long BROKEN_MS = 50;
    /** A backup that has just begun to stand by gives the hub so long to find the stream. */
    private static final long FIRST_FRAME_MS = 1_500;

    /** An alarm so much after its time tells that the process stood still. */
    private static final long LATE_MS = 100;
    /** What was not read meanwhile has been read so long after it. */
    private static final long READING_MS = 100;

    private static final long NO_FRAME = Long.MIN_VALUE;

    private final StreamKey key;
    private final AppSettings app;
    private final HubContext context;
    private final Runnable forget;
    private final long startedAtMs = System.currentTimeMillis();

    private final Outbox outbox = new Outbox();
    private final Recorder recorder;
    private final Audience audience;
    private final FeedMachine machine;
    private final FeedChanges changes = new FeedChanges();
    private final SegmentMarks marks;
    private final LongAdder framesLost = new LongAdder();
    private volatile List<NodeId> path = List.of();
    private @Nullable Peer nextFeed;
    private final Set<Standby> standbys = new LinkedHashSet<>();
    /** How long frames usually stay away; a link is alive while its peer looks for another feed, so it cannot tell. */
    private final Silence quiet = new Silence(QUIET_MS);

    private long frameAt = NO_FRAME;
    private @Nullable PublishSession session;
    private int publishing;
    private boolean forgotten;
    private long alarmAt = FeedMachine.NEVER;
    private long startAt = FeedMachine.NEVER;

    /** Only touched by calls in the outbox. */
    private final Map<Long, Upstream.Link> links = new HashMap<>();

    /** @param forget takes this hub out of the node's map; called once, with this hub's lock held */
    Hub(StreamKey key, HubContext context, Runnable forget) {
        this.key = key;
        this.context = context;
        this.forget = forget;
        this.app = context.settings().app(key.app());
        this.audience = new Audience(context);
        this.recorder = new Recorder(context);
        this.marks = new SegmentMarks(app.segments());
        this.machine = new FeedMachine(
                FeedSettings.of(context.settings(), app),
                context.pulses(),
                new SplittableRandom(context.random().nextLong()));
        context.counters().increment(Metric.HUB_STARTED);
    }

    // ---- subscribers

    /** Adds a subscriber, or returns null if this hub is forgotten and another must be made. */
    @Nullable
    Subscription subscribe(SubscribeRequest request, Executor executor, Subscriber subscriber) {
        Cursor cursor;
        synchronized (this) {
            if (forgotten) {
                return null;
            }
            long now = nowMs();
            boolean relay = request.relay().isPresent();
            Ring ring = recorder.ring();
            Group group = audience.groupOf(executor, relay, app.writeMerge().toMillis(), context.timers());
            long notBefore = relay || app.start() == AppSettings.Start.KEYFRAME_CACHED ? 0 : ring.head();
            cursor = new Cursor(this, ring, group, request, subscriber, notBefore, now);
            audience.add(cursor);
            request.relay().ifPresent(node -> marks.heard(node.numbers()));
            machine.subscribed(!relay, now);
            outbox.add(() -> {
                if (!group.execute(cursor::enter)) {
                    left(cursor);
                }
            });
            if (relay) {
                outbox.add(() -> context.timers().schedule(RELAY_WAIT_MS, () -> giveUp(cursor)));
            }
            settle();
        }
        outbox.flush();
        return cursor;
    }

    /** Where a subscription begins, or null for not yet. */
    Cursor.@Nullable Start startOf(Cursor cursor) {
        SubscribeRequest.Relay relay = cursor.request.relay().orElse(null);
        if (relay == null && cursor.ring.start(cursor.notBefore) < 0) {
            return null;
        }
        Cursor.Start start;
        synchronized (this) {
            start = relay != null
                    ? relayStart(cursor, relay)
                    : cursor.request.packager()
                            ? Starts.oldest(cursor.ring, cursor.notBefore, 0)
                            : Starts.newest(cursor.ring, cursor.notBefore);
        }
        outbox.flush();
        return start;
    }

    private Cursor.@Nullable Start relayStart(Cursor cursor, SubscribeRequest.Relay relay) {
        if (loops(relay)) {
            if (!waitsForRescue(relay, cursor.joinedAtMs)) {
                endCursor(cursor, new Subscriber.End.Loop());
            }
            return null;
        }
        return path.isEmpty() ? null : Starts.relay(cursor.ring, relay, machine.epoch(), machine.lastSequence());
    }

    private boolean loops(SubscribeRequest.Relay relay) {
        // this node waits behind one in need while it is fed by it, and no longer when it has found another feed
        return (relay.via().contains(context.self()) && !relay.inNeed())
                || relay.node().equals(context.self())
                || path.contains(relay.node())
                || machine.pullsFrom(relay.node());
    }

    /**
     * A node that this one is fed through asks for the stream because its own feed is silent or gone: so this hub's is as
     * well, whatever the link between the two says. It looks for another feed, and the asking node gets that one's frames.
     */
    private boolean waitsForRescue(SubscribeRequest.Relay relay, long askedAt) {
        boolean rescuing = relay.inNeed() && machine.starved(relay.node(), askedAt, nowMs());
        settle();
        return rescuing;
    }

    /** A cursor was closed by its owner. */
    void left(Cursor cursor) {
        synchronized (this) {
            if (audience.remove(cursor)) {
                machine.unsubscribed(nowMs());
                settle();
            }
        }
        outbox.flush();
    }

    void tooSlow(Cursor cursor) {
        endNow(cursor, Metric.ENDED_TOO_SLOW, new Subscriber.End.TooSlow());
    }

    void refuse(Cursor cursor, String reason) {
        endNow(cursor, Metric.ENDED_REFUSED, new Subscriber.End.Refused(reason));
    }

    private void giveUp(Cursor cursor) {
        if (!cursor.started()) {
            endNow(cursor, Metric.RELAY_NOT_HERE, new Subscriber.End.NoFeed(Feed.Reason.NOT_PUBLISHED));
        }
    }

    private void endNow(Cursor cursor, Metric metric, Subscriber.End end) {
        synchronized (this) {
            if (endCursor(cursor, end)) {
                context.counters().increment(metric);
            }
        }
        outbox.flush();
    }

    private boolean endCursor(Cursor cursor, Subscriber.End end) {
        if (!audience.remove(cursor)) {
            return false;
        }
        outbox.add(() -> cursor.group.execute(() -> cursor.end(end)));
        machine.unsubscribed(nowMs());
        settle();
        return true;
    }

    /** A packager stands for another number of viewers. */
    synchronized void viewers(Cursor cursor, int count) {
        audience.viewers(cursor, count);
    }

    // ---- the publisher of this node

    /** A publisher is about to ask for the stream; false if this hub is forgotten. {@link #publishEnds} must follow. */
    synchronized boolean publishBegins() {
        publishing += forgotten ? 0 : 1;
        return !forgotten;
    }

    void publishEnds() {
        synchronized (this) {
            publishing--;
            forgetIfUnused();
        }
        outbox.flush();
    }

    /** The cluster granted the stream to a publisher of this node; null if a newer one has it by now. */
    @Nullable
    PublishSession publish(long epoch, Streams.PeerInfo peer, Streams.PublisherControl control, boolean backup) {
        PublishSession granted = new PublishSession(this, epoch, peer, control, backup);
        boolean accepted;
        synchronized (this) {
            accepted = machine.published(epoch, nowMs());
            settle();
            if (accepted) {
                session = granted;
                marks.publish(epoch, nowMs());
                recorder.discontinuity(true);
                pathIs(List.of(context.self()));
                changes.switched(FeedChanges.PUBLISHER, "its publisher came");
                event(StreamEvent.of(Kind.PUBLISHER_CAME, "published over " + peer.protocol())
                        .between(peer.address(), context.self().name())
                        .in(epoch));
            }
        }
        outbox.flush();
        return accepted ? granted : null;
    }

    synchronized void tracks(PublishSession from, Tracks tracks) {
        if (from == session && !tracks.isEmpty()) {
            recorder.tracks(tracks);
        }
    }

    void ingest(PublishSession from, PublishSession.Raw raw) {
        synchronized (this) {
            if (from != session || !recorder.wants(raw.track().kind(), raw.keyframe())) {
                context.counters().increment(from == session ? Metric.FRAMES_BEFORE_KEYFRAME : Metric.FRAMES_LATE);
                return;
            }
            long now = nowMs();
            frameCame(now);
            long jumps = from.clock.jumps();
            boolean first = machine.lastSequence() < 0;
            long dtsUs = from.clock.place(raw.track(), raw.dtsUs(), now * 1000);
            context.counters().add(Metric.PUBLISH_CLOCK_JUMPS, from.clock.jumps() - jumps);
            Frame frame = new Frame(
                    from.epoch,
                    machine.number(),
                    raw.track(),
                    dtsUs,
                    dtsUs + Math.max(0, raw.ptsUs() - raw.dtsUs()),
                    raw.keyframe(),
                    raw.payload(),
                    raw.extensions());
            recorder.append(marks.mark(frame, recorder.tracks(), now, System.currentTimeMillis()), now);
            armStart(now);
            changes.frame(from.epoch, first, 0, now).ifPresent(this::event);
        }
        audience.wake();
        outbox.flush();
    }

    private void frameCame(long now) {
        if (frameAt != NO_FRAME) {
            quiet.heard(now - frameAt, now);
        }
        frameAt = now;
    }

    // ---- backups of its publisher

    /** Holds the stream for a backup, as a player would; false if this hub is forgotten. */
    boolean standBy(Standby standby) {
        synchronized (this) {
            if (forgotten) {
                return false;
            }
            if (standbys.add(standby)) {
                machine.subscribed(false, nowMs());
                settle();
            }
        }
        outbox.flush();
        return true;
    }

    void standsByNoMore(Standby standby) {
        synchronized (this) {
            if (standbys.remove(standby)) {
                machine.unsubscribed(nowMs());
                settle();
            }
        }
        outbox.flush();
    }

    /** What a backup that began to stand by at {@code sinceMs} sees of the stream; empty if the hub gave the stream up. */
    synchronized Optional<Standby.Sight> sight(Standby standby, long sinceMs) {
        if (!standbys.contains(standby)) {
            return Optional.empty();
        }
        long now = nowMs();
        boolean starved = false;
        if (machine.mode() != FeedMachine.Mode.PUBLISHING) {
            boolean never = frameAt < sinceMs;
            long limit = never ? FIRST_FRAME_MS : machine.flowing(now) ? quiet.limitMs() : BROKEN_MS;
            starved = now - Math.max(frameAt, sinceMs) > limit || (machine.isHeld() && !machine.flowing(now));
        }
        return Optional.of(new Standby.Sight(starved, machine.epoch(), frameAt));
    }

    synchronized int standbys() {
        return standbys.size();
    }

    void publisherLeft(PublishSession from, Directory.Departure departure) {
        synchronized (this) {
            if (from != session) {
                return;
            }
            sessionOver(from, departure == Directory.Departure.FINISHED ? "finished" : "lost", departure);
        }
        outbox.flush();
    }

    /** The session ends for that reason; the lock is held. */
    private void sessionOver(PublishSession over, String why, Directory.Departure departure) {
        session = null;
        event(StreamEvent.of(Kind.PUBLISHER_LEFT, why)
                .between(over.peer.address(), "")
                .in(over.epoch));
        machine.publisherLeft(over.epoch, departure, nowMs());
        settle();
    }

    void superseded(long epoch, long byEpoch) {
        synchronized (this) {
            machine.superseded(epoch, byEpoch, nowMs());
            settle();
        }
        outbox.flush();
    }

    private void stopPublisher(Streams.StopReason reason) {
        PublishSession stopped = session;
        if (stopped != null) {
            session = null;
            outbox.add(() -> stopped.control.stop(reason));
        }
    }

    // ---- the directory

    void pushed(Feed feed) {
        synchronized (this) {
            machine.pushed(feed, nowMs());
            settle();
        }
        outbox.flush();
    }

    private void answered(long token, @Nullable Feed feed, @Nullable Throwable failure) {
        if (failure != null) {
            LOG.error("{}: the directory failed, which it never should", key, failure);
        }
        synchronized (this) {
            machine.answered(token, feed == null ? new Feed.Nothing(Feed.Reason.UNAVAILABLE) : feed, nowMs());
            settle();
        }
        outbox.flush();
    }

    // ---- upstream links

    void frame(long link, Frame frame, @Nullable Tracks tracks) {
        boolean appended = false;
        synchronized (this) {
            long now = nowMs();
            long before = machine.lastSequence();
            FeedMachine.Verdict verdict = machine.frame(link, frame.epoch(), frame.sequence(), now);
            if (verdict.accepted()) {
                if (verdict != FeedMachine.Verdict.NEXT) {
                    recorder.discontinuity(verdict == FeedMachine.Verdict.NEW_EPOCH);
                }
                if (tracks != null) {
                    recorder.tracks(tracks);
                }
                appended = recorder.append(frame, now) != null;
                marks.passed(frame);
                armStart(now);
                frameCame(now);
            }
            count(verdict, frame, before);
            if (machine.hasActions()) {
                settle();
            }
            if (verdict.accepted()) {
                long lost = verdict == FeedMachine.Verdict.AFTER_GAP && before >= 0 ? frame.sequence() - before - 1 : 0;
                changes.frame(frame.epoch(), verdict == FeedMachine.Verdict.NEW_EPOCH, lost, now)
                        .ifPresent(this::event);
            }
        }
        if (appended) {
            audience.wake();
        }
        outbox.flush();
    }

    private void count(FeedMachine.Verdict verdict, Frame frame, long before) {
        switch (verdict) {
            case DUPLICATE -> context.counters().increment(Metric.FRAMES_DUPLICATE);
            case FENCED -> context.counters().increment(Metric.FRAMES_FENCED);
            case IGNORED -> context.counters().increment(Metric.FRAMES_LATE);
            case AFTER_GAP -> {
                if (before >= 0) {
                    context.counters().add(Metric.FRAMES_MISSING, frame.sequence() - before - 1);
                }
            }
            case NEXT, NEW_EPOCH -> {}
        }
    }

    void welcomed(long link, long epoch, boolean resumed, List<NodeId> through) {
        synchronized (this) {
            if (through.contains(context.self())) {
                outbox.add(() -> close(link));
                machine.closed(link, Upstream.Closed.Kind.LOOP, nowMs());
            } else {
                machine.welcomed(link, epoch, resumed, through, nowMs());
            }
            settle();
        }
        outbox.flush();
    }

    void alive(long link) {
        synchronized (this) {
            machine.alive(link, nowMs());
            if (machine.hasActions()) {
                settle();
            }
        }
        outbox.flush();
    }

    void waiting(long link) {
        synchronized (this) {
            machine.waiting(link, nowMs());
        }
    }

    void closed(long link, Upstream.Closed closed) {
        synchronized (this) {
            LOG.debug("{}: link {} closed: {} {}", key, link, closed.kind(), closed.detail());
            outbox.add(() -> links.remove(link));
            machine.closed(link, closed.kind(), nowMs());
            settle();
        }
        outbox.flush();
    }

    // ---- doing what the machine decided

    /** Takes over what the machine decided; the lock is held. */
    private void settle() {
        for (FeedAction action = machine.next(); action != null; action = machine.next()) {
            act(action);
        }
        if (machine.mode() != FeedMachine.Mode.PUBLISHING) {
            List<NodeId> through = machine.path();
            pathIs(through.isEmpty() ? List.of() : append(through, context.self()));
        }
        nextFeedIs(machine.nextFeed());
        forgetIfUnused();
        arm();
    }

    private void act(FeedAction action) {
        if (action instanceof FeedAction.Ask ask) {
            context.counters().increment(Metric.FEED_ASKED);
            outbox.add(() -> context.directory()
                    .play(key, ask.parkMs())
                    .whenComplete((feed, failure) -> answered(ask.token(), feed, failure)));
        } else if (action instanceof FeedAction.Open open) {
            context.counters().increment(Metric.FEED_OPENED);
            Upstream.Request request = new Upstream.Request(
                    key,
                    open.epoch(),
                    open.afterSequence(),
                    audience.via(context.self()),
                    open.inNeed(),
                    marks.next(),
                    audience.wantsOldest());
            outbox.add(() -> open(open.link(), open.peer(), request));
        } else if (action instanceof FeedAction.Close close) {
            outbox.add(() -> close(close.link()));
        } else if (action instanceof FeedAction.Lost lost) {
            context.counters().increment(Metric.FEED_LOST);
            event(StreamEvent.of(Kind.FEED_LOST, "failed as the feed")
                    .between(lost.peer().node().name(), "")
                    .in(lost.epoch()));
            outbox.add(() ->
                    context.directory().lost(key, lost.epoch(), lost.peer().node()));
        } else if (action instanceof FeedAction.Suspected suspected) {
            context.counters().increment(Metric.FEED_SUSPECTED);
            event(StreamEvent.of(Kind.FEED_SILENT, "silent for " + suspected.silentMs() + " ms")
                    .between(suspected.peer().node().name(), "")
                    .in(machine.epoch()));
        } else if (action instanceof FeedAction.Doubled doubled) {
            context.counters().increment(doubled.toMove() ? Metric.FEED_BESIDE_MOVES : Metric.FEED_BESIDE_RESCUES);
        } else if (action instanceof FeedAction.Single single) {
            context.counters().add(Metric.FEED_BESIDE_MS, Math.max(0, nowMs() - single.sinceMs()));
        } else if (action instanceof FeedAction.Switched switched) {
            context.counters().increment(Metric.FEED_SWITCHED);
            changes.switched(switched.to().node().name(), switched.why());
        } else if (action instanceof FeedAction.Unpublish unpublish) {
            outbox.add(() -> context.directory().unpublish(key, unpublish.epoch(), unpublish.departure()));
        } else if (action instanceof FeedAction.StopPublisher stop) {
            context.counters().increment(Metric.PUBLISH_SUPERSEDED);
            event(StreamEvent.of(Kind.PUBLISHER_SUPERSEDED, "a newer publisher has the stream")
                    .between(session == null ? "" : session.peer.address(), "")
                    .in(stop.epoch()));
            stopPublisher(Streams.StopReason.SUPERSEDED);
        } else if (action instanceof FeedAction.EndSubscribers end) {
            endSubscribers(end);
        } else if (action instanceof FeedAction.Release) {
            recorder.clear();
            changes.forget();
            outbox.add(() -> context.directory().released(key));
        }
    }

    private void event(StreamEvent event) {
        outbox.add(() -> context.events().record(key, event));
    }

    private void endSubscribers(FeedAction.EndSubscribers end) {
        boolean all = end.joinedUpToMs() == Long.MAX_VALUE;
        if (all) {
            standbys.clear();
        }
        for (Cursor cursor : audience.matching(cursor -> cursor.joinedAtMs <= end.joinedUpToMs())) {
            audience.remove(cursor);
            outbox.add(() -> cursor.group.execute(() -> cursor.end(new Subscriber.End.NoFeed(end.reason()))));
            if (!all) {
                machine.unsubscribed(nowMs());
            }
        }
    }

    private void open(long link, Peer peer, Upstream.Request request) {
        links.put(link, context.upstream().open(peer, request, new HubSink(this, link)));
    }

    private void close(long link) {
        Upstream.Link open = links.remove(link);
        if (open != null) {
            open.close();
        }
    }

    private void nextFeedIs(@Nullable Peer now) {
        if (!Objects.equals(now, nextFeed)) {
            nextFeed = now;
            outbox.add(() -> context.upstream().next(key, Optional.ofNullable(now)));
        }
    }

    private void pathIs(List<NodeId> now) {
        if (!now.equals(path)) {
            path = now;
            for (Cursor cursor : audience.matching(loopsWith(now))) {
                endCursor(cursor, new Subscriber.End.Loop());
            }
            outbox.add(audience::wake);
        }
    }

    private static Predicate<Cursor> loopsWith(List<NodeId> path) {
        return cursor -> cursor.request
                .relay()
                .filter(relay -> path.contains(relay.node()) && (cursor.started() || !relay.inNeed()))
                .isPresent();
    }

    private static List<NodeId> append(List<NodeId> nodes, NodeId node) {
        return java.util.stream.Stream.concat(nodes.stream(), java.util.stream.Stream.of(node))
                .toList();
    }

    private void forgetIfUnused() {
        if (!forgotten && publishing == 0 && audience.isEmpty() && machine.mode() == FeedMachine.Mode.IDLE) {
            // after what the outbox holds: the directory must hear of the end before a new hub asks it
            outbox.add(this::forgetNow);
        }
    }

    private synchronized void forgetNow() {
        if (!forgotten && publishing == 0 && audience.isEmpty() && machine.mode() == FeedMachine.Mode.IDLE) {
            forgotten = true;
            recorder.clear();
            context.counters().increment(Metric.HUB_ENDED);
            forget.run();
        }
    }

    // ---- time

    private void arm() {
        long now = nowMs();
        long due = machine.deadline(now);
        if (due < alarmAt) {
            alarmAt = due;
            long wanted = Math.max(due, now);
            context.timers().schedule(Math.max(1, due - now), () -> alarm(due, wanted, false));
        }
    }

    /** One that comes much too late is put off once: this node stood still, and feeds are not silent that were not read. */
    private void alarm(long due, long wanted, boolean putOff) {
        synchronized (this) {
            if (alarmAt == due) {
                alarmAt = FeedMachine.NEVER;
            }
            if (forgotten) {
                return;
            }
            long now = nowMs();
            if (!putOff && now - wanted > LATE_MS) {
                context.counters().increment(Metric.HUB_ALARMS_LATE);
                long then = now + READING_MS;
                alarmAt = then;
                context.timers().schedule(READING_MS, () -> alarm(then, then, true));
                return;
            }
            machine.tick(now);
            settle();
        }
        outbox.flush();
    }

    /** Players that wait for a start must not depend on another frame: there may be none for long. The lock is held. */
    private void armStart(long now) {
        long due = recorder.startDueMs();
        if (due != startAt) {
            startAt = due;
            if (due != FeedMachine.NEVER) {
                context.timers().schedule(Math.max(1, due - now), this::startDue);
            }
        }
    }

    private void startDue() {
        synchronized (this) {
            if (recorder.startDueMs() > nowMs() || !recorder.decideStart(nowMs())) {
                return;
            }
        }
        audience.wake();
    }

    // ---- the end

    /** Nobody new comes: what nobody takes is let go of without lingering. */
    void drain() {
        synchronized (this) {
            machine.drain(nowMs());
            settle();
        }
        outbox.flush();
    }

    synchronized boolean isPublished() {
        return session != null;
    }

    /** The publisher has to go on at another node; those who are fed from it are told before it is. */
    void movePublisher() {
        endPublisher(
                "sent away, the node is being taken out of service",
                Directory.Departure.LOST,
                Streams.StopReason.MOVED);
    }

    /** An operator ends the stream: its players are told the end, and nobody waits for another publisher. */
    boolean stop() {
        return endPublisher("stopped by an operator", Directory.Departure.FINISHED, Streams.StopReason.STOPPED);
    }

    private boolean endPublisher(String why, Directory.Departure departure, Streams.StopReason reason) {
        synchronized (this) {
            PublishSession ended = session;
            if (ended == null) {
                return false;
            }
            sessionOver(ended, why, departure);
            outbox.add(() -> ended.control.stop(reason));
        }
        outbox.flush();
        return true;
    }

    /** The node shuts down: everybody is told, all memory is freed. */
    void shutDown() {
        synchronized (this) {
            PublishSession stopped = session;
            if (stopped != null) {
                stopPublisher(Streams.StopReason.STOPPED);
                machine.publisherLeft(stopped.epoch, Directory.Departure.LOST, nowMs());
            }
            for (Cursor cursor : audience.matching(all -> true)) {
                endCursor(cursor, new Subscriber.End.Refused("the node shuts down"));
            }
            machine.shutDown();
            settle();
        }
        outbox.flush();
    }

    // ---- what others may know

    StreamKey key() {
        return key;
    }

    AppSettings app() {
        return app;
    }

    long nowMs() {
        return context.timers().nowMs();
    }

    List<NodeId> path() {
        return path;
    }

    void count(Metric metric) {
        context.counters().increment(metric);
    }

    void lostFrames(long count) {
        framesLost.add(count);
        context.counters().add(Metric.FRAMES_SKIPPED, count);
    }

    /** What the control plane is told; empty if this node merely asked for the stream so far. */
    synchronized Optional<Directory.Holding> holding() {
        boolean something = machine.mode() != FeedMachine.Mode.IDLE && (machine.epoch() > 0 || machine.feed() != null);
        return something ? Optional.of(currentHolding()) : Optional.empty();
    }

    private Directory.Holding currentHolding() {
        return new Directory.Holding(
                key,
                machine.epoch(),
                machine.role(),
                machine.mode() == FeedMachine.Mode.PUBLISHING,
                Optional.ofNullable(machine.feed()).map(Peer::node),
                machine.lastSequence(),
                audience.viewers(),
                audience.relays(),
                standbys.size(),
                session != null && session.backup,
                frameAt == NO_FRAME ? Long.MAX_VALUE : nowMs() - frameAt);
    }

    synchronized HubSnapshot snapshot() {
        return new HubSnapshot(
                currentHolding(),
                path,
                recorder.tracks(),
                Optional.ofNullable(session).map(published -> published.peer),
                audience.viewersByProtocol(),
                recorder.bytesIn(),
                recorder.bitrate(nowMs()),
                recorder.framesIn(),
                framesLost.sum(),
                recorder.ring().frames(),
                recorder.ring().bytes(),
                startedAtMs,
                recorder.picturesPerSecond(nowMs()),
                recorder.audioBitrate(nowMs()));
    }
}
