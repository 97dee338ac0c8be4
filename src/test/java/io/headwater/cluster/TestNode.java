package io.headwater.cluster;

import io.headwater.media.StreamKey;
import io.headwater.media.Tracks;
import io.headwater.net.Counters;
import io.headwater.stream.Directory;
import io.headwater.stream.HubSnapshot;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import io.headwater.topology.Role;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A node without media: a control plane and a hub that believes what it is told. */
final class TestNode implements Directory.Listener, LocalState {
    final ControlPlane control;
    final Counters counters = new Counters();
    final Map<StreamKey, Feed> feeds = new ConcurrentHashMap<>();
    final Map<StreamKey, Long> superseded = new ConcurrentHashMap<>();
    final NodeId id;
    /** How long ago this node had a frame of any stream, as it says. */
    volatile long silentMs;

    /** Whether it takes orders of other nodes. */
    volatile boolean orders = true;

    private volatile NodeGroup group;
    private volatile int port;

    TestNode(String id, String group, ClusterSettings settings) {
        this.id = new NodeId(id);
        this.group = new NodeGroup(group);
        this.control = ControlPlane.create(this.id, settings, counters);
        control.listen(this);
        control.reports(this);
    }

    static ClusterSettings settings(int... seeds) {
        return ClusterSettings.defaults()
                .at(
                        "127.0.0.1",
                        "127.0.0.1",
                        0,
                        java.util.Arrays.stream(seeds)
                                .mapToObj(seed -> new ClusterSettings.HostPort("127.0.0.1", seed))
                                .toList());
    }

    TestNode start() throws Exception {
        port = await(control.start(new Peer(id, group, "127.0.0.1", 5000), 5080, "test"));
        return this;
    }

    TestNode joined() throws Exception {
        await(control.joined());
        return this;
    }

    int port() {
        return port;
    }

    void changeGroup(String name) throws Exception {
        group = new NodeGroup(name);
        await(control.changeGroup(group));
    }

    Directory.Grant publish(StreamKey key) throws Exception {
        Directory.Grant grant = await(control.publish(key, Directory.OnConflict.TAKEOVER, 15_000));
        if (grant instanceof Directory.Grant.Granted granted) {
            feeds.put(key, new Feed.Publisher(granted.epoch()));
        }
        return grant;
    }

    /** Publishes as soon as that is granted. */
    CompletionStage<Directory.Grant> publishing(StreamKey key, CompletionStage<Directory.Grant> asked) {
        return asked.thenApply(grant -> {
            if (grant instanceof Directory.Grant.Granted granted) {
                feeds.put(key, new Feed.Publisher(granted.epoch()));
            }
            return grant;
        });
    }

    Feed play(StreamKey key, long parkMs) throws Exception {
        Feed feed = await(control.play(key, parkMs));
        feeds.put(key, feed);
        return feed;
    }

    void release(StreamKey key) {
        feeds.remove(key);
        control.released(key);
    }

    static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(40, TimeUnit.SECONDS);
    }

    /** Waits until {@code condition} holds. */
    static void eventually(String what, java.util.concurrent.Callable<Boolean> condition) throws Exception {
        eventually(what, Duration.ofSeconds(40), condition);
    }

    static void eventually(String what, Duration within, java.util.concurrent.Callable<Boolean> condition)
            throws Exception {
        long limit = System.nanoTime() + within.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > limit) {
                throw new AssertionError("not in time: " + what);
            }
            Thread.sleep(20);
        }
    }

    @Override
    public void onFeed(StreamKey key, Feed feed) {
        feeds.put(key, feed);
    }

    @Override
    public void onSuperseded(StreamKey key, long epoch, long byEpoch) {
        superseded.put(key, byEpoch);
        feeds.remove(key);
    }

    @Override
    public List<Directory.Holding> holdings() {
        return feeds.keySet().stream().flatMap(key -> holding(key).stream()).toList();
    }

    @Override
    public Optional<Directory.Holding> holding(StreamKey key) {
        Feed feed = feeds.get(key);
        if (feed == null || feed instanceof Feed.Nothing) {
            return Optional.empty();
        }
        if (feed instanceof Feed.Peers peers) {
            return Optional.of(new Directory.Holding(
                    key,
                    peers.epoch(),
                    peers.role(),
                    false,
                    Optional.of(peers.candidates().get(0).node()),
                    100,
                    1,
                    0,
                    0,
                    false,
                    silentMs));
        }
        boolean published = feed instanceof Feed.Publisher;
        return Optional.of(new Directory.Holding(
                key,
                Standing.epochOf(feed),
                published ? Role.MAIN_ORIGIN : Role.EDGE,
                published,
                Optional.empty(),
                100,
                0,
                0,
                0,
                false,
                0));
    }

    @Override
    public Optional<HubSnapshot> stream(StreamKey key) {
        return holding(key)
                .map(holding -> new HubSnapshot(
                        holding,
                        List.of(id),
                        Tracks.NONE,
                        Optional.empty(),
                        Map.of("rtmp", 1),
                        1,
                        2,
                        3,
                        4,
                        5,
                        6,
                        7,
                        8,
                        0));
    }

    @Override
    public List<HubSnapshot> streams(int limit) {
        return feeds.keySet().stream().flatMap(key -> stream(key).stream()).toList();
    }

    @Override
    public CompletionStage<GroupOrder> changeGroup(NodeGroup next) {
        if (!orders) {
            return LocalState.super.changeGroup(next);
        }
        group = next;
        control.changeGroup(next);
        return CompletableFuture.completedFuture(GroupOrder.taken("as told"));
    }

    @Override
    public NodeReport node() {
        return new NodeReport(1, 2, 3, feeds.size(), 0, 4);
    }
}
