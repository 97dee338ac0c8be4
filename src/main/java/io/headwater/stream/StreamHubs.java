package io.headwater.stream;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** All hubs of a node. A hub exists while its stream is published here, or wanted here, and a little longer. */
public final class StreamHubs implements Streams, Directory.Listener, AutoCloseable {
    private static final String DRAINS = "this node is being taken out of service";

    private final HubContext context;
    /** Backups of one stream on one node; each costs its publisher's bandwidth. */
    private static final int MOST_STANDBYS = 8;

    private final Map<StreamKey, Hub> hubs = new ConcurrentHashMap<>();
    /** Publishers that stand by, or did, or are ready to. */
    private final Set<Standby> standbys = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;
    private volatile boolean draining;

    /** Registers itself with {@code directory} as the one who is told of feeds and asked for holdings. */
    public StreamHubs(
            NodeId self,
            HubSettings settings,
            Directory directory,
            Upstream upstream,
            Counters counters,
            StreamEvents events) {
        this(self, settings, directory, upstream, counters, events, Timers.system(), new Random());
    }

    /** The same without anybody who takes down what happens. */
    public StreamHubs(NodeId self, HubSettings settings, Directory directory, Upstream upstream, Counters counters) {
        this(self, settings, directory, upstream, counters, StreamEvents.NONE);
    }

    StreamHubs(
            NodeId self,
            HubSettings settings,
            Directory directory,
            Upstream upstream,
            Counters counters,
            Timers timers,
            RandomGenerator random) {
        this(self, settings, directory, upstream, counters, StreamEvents.NONE, timers, random);
    }

    StreamHubs(
            NodeId self,
            HubSettings settings,
            Directory directory,
            Upstream upstream,
            Counters counters,
            StreamEvents events,
            Timers timers,
            RandomGenerator random) {
        this.context = new HubContext(
                self,
                new AtomicReference<>(settings),
                directory,
                upstream,
                new Pulses(),
                counters,
                events,
                timers,
                new EncodedMemory(null),
                new AtomicInteger(),
                new AtomicInteger(),
                random);
        directory.listen(this);
    }

    /**
     * What this node holds in memory for streams; all zero when nothing is published or watched.
     *
     * @param standbys backup publishers that wait
     * @param encodedBuffers frames kept in wire formats, and {@code encodedBytes} their size
     */
    public record Usage(int hubs, int viewers, int relays, int standbys, long encodedBuffers, long encodedBytes) {}

    /** Limits hold from now on; how an application behaves, for streams that begin on this node from now on. */
    public void change(HubSettings settings) {
        context.inForce().set(settings);
    }

    public Usage usage() {
        return new Usage(
                hubs.size(),
                context.viewers().get(),
                context.relays().get(),
                (int) standbys.stream().filter(Standby::waits).count(),
                context.memory().buffers(),
                context.memory().bytes());
    }

    // ---- Streams

    @Override
    public CompletionStage<PublishAnswer> publish(
            StreamKey key, PeerInfo publisher, PublisherRole role, PublisherControl control) {
        if (draining) {
            context.counters().increment(Metric.DRAIN_REFUSED);
            return CompletableFuture.completedFuture(refused(DRAINS));
        }
        Hub hub = hubOf(key, Hub::publishBegins);
        if (hub == null) {
            return CompletableFuture.completedFuture(refused(refusal()));
        }
        boolean backup = role == PublisherRole.BACKUP;
        boolean mayStandBy = backup || hub.app().onConflict() == Directory.OnConflict.BACKUP;
        if (mayStandBy && hub.standbys() >= MOST_STANDBYS) {
            hub.publishEnds();
            context.counters().increment(Metric.STANDBY_REFUSED);
            return CompletableFuture.completedFuture(
                    refused(key + " has " + MOST_STANDBYS + " backup publishers on this node already"));
        }
        return context.directory()
                .publish(
                        key,
                        onConflict(hub.app(), backup),
                        hub.app().publisherGrace().toMillis())
                .handle((grant, failure) -> {
                    try {
                        if (failure != null) {
                            return refused("the cluster could not be asked: " + failure.getMessage());
                        }
                        return mayStandBy
                                ? answerStandby(hub, grant, new Standby(this, context, key, publisher, backup, control))
                                : answer(hub, grant, publisher, control);
                    } finally {
                        hub.publishEnds();
                    }
                });
    }

    private static Directory.OnConflict onConflict(AppSettings app, boolean backup) {
        boolean yields = backup || (app.onConflict() == Directory.OnConflict.BACKUP && !app.backupReturn());
        return yields ? Directory.OnConflict.REJECT : app.onConflict();
    }

    private PublishAnswer answerStandby(Hub hub, Directory.Grant grant, Standby standby) {
        if (grant instanceof Directory.Grant.Unavailable unavailable) {
            return refused(unavailable.reason());
        }
        standbys.add(standby);
        if (closed) {
            standby.shutDown();
            return refused(refusal());
        }
        if (grant instanceof Directory.Grant.Granted granted) {
            standby.begin(hub, granted.epoch());
        } else {
            standby.standBy();
        }
        return new PublishAnswer.Accepted(standby);
    }

    void ended(Standby standby) {
        standbys.remove(standby);
    }

    private PublishAnswer answer(Hub hub, Directory.Grant grant, PeerInfo publisher, PublisherControl control) {
        if (grant instanceof Directory.Grant.Granted granted) {
            if (closed) {
                context.directory().unpublish(hub.key(), granted.epoch(), Directory.Departure.LOST);
                return refused(refusal());
            }
            Ingest ingest = hub.publish(granted.epoch(), publisher, control, false);
            if (ingest == null) {
                return refused("a newer publisher has the stream");
            }
            context.counters().increment(Metric.PUBLISH_GRANTED);
            return new PublishAnswer.Accepted(ingest);
        }
        if (grant instanceof Directory.Grant.Unavailable unavailable) {
            return refused(unavailable.reason());
        }
        context.counters().increment(Metric.PUBLISH_REFUSED);
        return new PublishAnswer.AlreadyPublished();
    }

    private PublishAnswer refused(String reason) {
        context.counters().increment(Metric.PUBLISH_REFUSED);
        return new PublishAnswer.Refused(reason);
    }

    @Override
    public Subscription subscribe(StreamKey key, SubscribeRequest request, Executor executor, Subscriber subscriber) {
        boolean viewer = request.relay().isEmpty();
        if (draining && (viewer || !publishes(key))) {
            context.counters().increment(Metric.DRAIN_REFUSED);
            return new RefusedSubscription(executor, subscriber, DRAINS);
        }
        if (viewer && context.viewers().get() >= context.settings().maxViewers()) {
            context.counters().increment(Metric.VIEWER_REFUSED);
            return new RefusedSubscription(
                    executor,
                    subscriber,
                    "this node serves " + context.settings().maxViewers() + " players already");
        }
        Made made = new Made();
        Hub hub = hubOf(key, candidate -> {
            made.subscription = candidate.subscribe(request, executor, subscriber);
            return made.subscription != null;
        });
        Subscription subscription = made.subscription;
        return hub != null && subscription != null
                ? subscription
                : new RefusedSubscription(executor, subscriber, refusal());
    }

    private static final class Made {
        private @Nullable Subscription subscription;
    }

    private String refusal() {
        return closed
                ? "the node shuts down"
                : "this node has " + context.settings().maxStreams() + " streams already";
    }

    /** The hub of a stream, made if need be, as soon as {@code enter} gets into it; null if there may be no more. */
    @Nullable
    Hub hubOf(StreamKey key, java.util.function.Predicate<Hub> enter) {
        while (!closed) {
            Hub hub = hubs.get(key);
            if (hub == null) {
                if (hubs.size() >= context.settings().maxStreams()) {
                    context.counters().increment(Metric.HUB_REFUSED);
                    return null;
                }
                hub = hubs.computeIfAbsent(key, absent -> new Hub(absent, context, () -> hubs.remove(absent)));
            }
            // a hub that is being forgotten lets nobody in, and is out of the map by then
            if (enter.test(hub)) {
                if (closed) {
                    hub.shutDown();
                }
                return hub;
            }
        }
        return null;
    }

    @Override
    public Optional<HubSnapshot> snapshot(StreamKey key) {
        return Optional.ofNullable(hubs.get(key)).map(Hub::snapshot);
    }

    @Override
    public List<HubSnapshot> snapshots(int limit) {
        return hubs.values().stream().limit(limit).map(Hub::snapshot).toList();
    }

    // ---- taking the node out of service

    /**
     * Takes no new work from now on: publishers and players are refused, and so are nodes that want a stream which they
     * can have from where this one gets it. Streams that nobody takes any more are let go of at once.
     */
    public void drain() {
        draining = true;
        // nobody misses a backup that waits, and elsewhere it can be of use
        standbys.stream().filter(Standby::waits).forEach(standby -> standby.stop(StopReason.MOVED));
        hubs.values().forEach(Hub::drain);
    }

    /** Ends the publishers that are left: who is fed from them is told to hold, then they are told to go elsewhere. */
    public void movePublishers() {
        hubs.values().forEach(Hub::movePublisher);
    }

    /** Publishers that are connected to this node. */
    public int publishers() {
        return (int) hubs.values().stream().filter(Hub::isPublished).count();
    }

    private boolean publishes(StreamKey key) {
        Hub hub = hubs.get(key);
        return hub != null && hub.isPublished();
    }

    // ---- Directory.Listener

    @Override
    public void onFeed(StreamKey key, Feed feed) {
        Hub hub = hubs.get(key);
        if (hub != null) {
            hub.pushed(feed);
        }
    }

    @Override
    public void onSuperseded(StreamKey key, long epoch, long byEpoch) {
        Hub hub = hubs.get(key);
        if (hub != null) {
            hub.superseded(epoch, byEpoch);
        }
    }

    @Override
    public boolean stop(StreamKey key) {
        List<Standby> backups =
                standbys.stream().filter(standby -> standby.waitsFor(key)).toList();
        backups.forEach(standby -> standby.stop(StopReason.STOPPED));
        Hub hub = hubs.get(key);
        return (hub != null && hub.stop()) || !backups.isEmpty();
    }

    @Override
    public List<Directory.Holding> holdings() {
        return hubs.values().stream().flatMap(hub -> hub.holding().stream()).toList();
    }

    @Override
    public Optional<Directory.Holding> holding(StreamKey key) {
        return Optional.ofNullable(hubs.get(key)).flatMap(Hub::holding);
    }

    /** Ends every session and subscription of this node. */
    @Override
    public void close() {
        closed = true;
        standbys.forEach(Standby::shutDown);
        hubs.values().forEach(Hub::shutDown);
        context.timers().close();
    }
}
