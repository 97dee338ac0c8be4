package io.headwater.api;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.stream.HubSnapshot;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;

/** A cluster of two nodes with one stream, as the API's ports show it. */
final class Fakes
        implements ClusterQueries,
                BroadcastStore,
                ClusterControl,
                LocalNode,
                GroupControl,
                DrainControl,
                Operations,
                TokenControl {
    static final StreamKey KEY = new StreamKey("live", "stream1");
    static final NodeId ORIGIN = new NodeId("origin1");
    static final NodeId EDGE = new NodeId("edge21");
    static final NodeGroup REGION1 = new NodeGroup("region1");
    static final NodeGroup REGION2 = new NodeGroup("region2");

    final List<NodeGroup> changes = new ArrayList<>();
    String changeMessage = "";
    Optional<String> changeFailure = Optional.empty();
    Optional<String> notReady = Optional.empty();
    Optional<String> readyAllTheSame = Optional.empty();
    boolean broken;
    String logLevel = "INFO";
    boolean tls;
    private volatile NodeGroup group = REGION1;

    @Override
    public CompletionStage<String> change(NodeGroup next) {
        if (changeFailure.isPresent()) {
            return CompletableFuture.failedFuture(new java.io.IOException(changeFailure.get()));
        }
        changes.add(next);
        group = next;
        return CompletableFuture.completedFuture(changeMessage);
    }

    @Override
    public Text metrics() {
        return new Text("text/plain; version=0.0.4; charset=utf-8", "up 1\n");
    }

    /** {@code kind status} of what was answered. */
    final List<String> answered = new java.util.concurrent.CopyOnWriteArrayList<>();

    @Override
    public void answered(String kind, int status, long nanos) {
        answered.add(kind + " " + status + (nanos < 0 ? " before it was asked" : ""));
    }

    final List<String> levels = new ArrayList<>();
    Optional<String> badConfiguration = Optional.empty();

    @Override
    public Map<String, String> logLevels() {
        return Map.of("io.headwater", logLevel);
    }

    @Override
    public void logLevel(String logger, String level) throws io.headwater.codec.MalformedException {
        if (!level.matches("[A-Z]{3,5}") || !logger.matches("[A-Za-z.]{1,200}")) {
            throw new io.headwater.codec.MalformedException("level is '" + level + "', logger is '" + logger + "'");
        }
        levels.add(logger + " " + level);
    }

    @Override
    public String reload() throws io.headwater.codec.MalformedException {
        if (badConfiguration.isPresent()) {
            throw new io.headwater.codec.MalformedException(badConfiguration.get());
        }
        return "in force now: drain";
    }

    @Override
    public Serving serving(StreamKey key, String target) {
        return new Serving(!target.equals("edge"), "10.0.0.9", 1935, 8080, 5080);
    }

    final List<Optional<java.time.Duration>> drains = new ArrayList<>();

    @Override
    public String drain(Optional<java.time.Duration> within) {
        drains.add(within);
        return "drains";
    }

    @Override
    public State state() {
        return drains.isEmpty() ? State.RUNNING : State.DRAINING;
    }

    @Override
    public boolean clusterMode() {
        return true;
    }

    @Override
    public CompletionStage<List<Member>> members() {
        return CompletableFuture.completedFuture(
                Stream.concat(known().stream(), more.stream()).toList());
    }

    @Override
    public List<String> hosts() {
        return List.of("127.0.0.1", "10.0.0.2");
    }

    private static List<Member> known() {
        return List.of(
                new Member(
                        ORIGIN,
                        REGION1,
                        "127.0.0.1",
                        true,
                        "up",
                        "0.1",
                        new Ports(5080, 5000, 1935, 8080),
                        100,
                        1000,
                        34,
                        1,
                        0,
                        new Roles(1, 0, 0),
                        1_000),
                new Member(
                        EDGE,
                        REGION2,
                        "127.0.0.2",
                        false,
                        "unreachable",
                        "0.1",
                        new Ports(5080, 5000, 1935, 8080),
                        200,
                        1000,
                        5,
                        1,
                        2,
                        new Roles(0, 1, 0),
                        2_000),
                new Member(
                        new NodeId("edge29"),
                        REGION2,
                        "127.0.0.3",
                        false,
                        "down",
                        "0.1",
                        new Ports(5080, 5000, 1935, 8080),
                        0,
                        0,
                        0,
                        0,
                        0,
                        new Roles(0, 0, 0),
                        3_000));
    }

    /** Nodes beside those that every test has. */
    final List<Member> more = new ArrayList<>();

    /** A server on any port of loopback that these are behind. */
    ApiServer serve(ActorSystem<?> system) throws Exception {
        ApiSettings defaults = ApiSettings.defaults();
        ApiSettings settings = new ApiSettings(
                "127.0.0.1",
                0,
                defaults.protection(),
                List.of(),
                defaults.maxConnections(),
                defaults.maxConnectionsPerAddress(),
                defaults.maxBodyBytes(),
                defaults.idleTimeout(),
                defaults.firstRequestTimeout(),
                defaults.maxConsoles());
        return ApiServer.start(system, settings, this, this, this, this, this, this, this, this, new Counters())
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    /** A third node, which lives. */
    static Member edge11() {
        return new Member(
                new NodeId("edge11"),
                REGION1,
                "127.0.0.4",
                true,
                "up",
                "0.1",
                new Ports(5081, 5001, 1937, 8081),
                0,
                0,
                0,
                0,
                0,
                new Roles(0, 0, 0),
                4_000);
    }

    final List<String> moves = new ArrayList<>();
    Optional<Exception> moveFailure = Optional.empty();

    @Override
    public CompletionStage<String> changeGroup(NodeId node, NodeGroup next) {
        if (moveFailure.isPresent()) {
            return CompletableFuture.failedFuture(moveFailure.get());
        }
        moves.add(node + " to " + next);
        return CompletableFuture.completedFuture(changeMessage);
    }

    @Override
    public CompletionStage<List<LiveStream>> streams() {
        return streams("live");
    }

    @Override
    public CompletionStage<List<LiveStream>> streams(String app) {
        return CompletableFuture.completedFuture(
                app.equals("live")
                        ? java.util.stream.IntStream.range(0, 120)
                                .mapToObj(i -> liveStream(new StreamKey("live", String.format("s%03d", i))))
                                .toList()
                        : List.of());
    }

    @Override
    public CompletionStage<Optional<LiveStream>> stream(StreamKey key) {
        if (broken) {
            throw new IllegalStateException("a bug");
        }
        return CompletableFuture.completedFuture(key.equals(KEY) ? Optional.of(liveStream(key)) : Optional.empty());
    }

    private static LiveStream liveStream(StreamKey key) {
        return new LiveStream(
                key,
                true,
                "127.0.0.1",
                "rtmp",
                "10.0.0.7:4711",
                Map.of("rtmp", 2, "http-flv", 3),
                5,
                6,
                7,
                640,
                360,
                List.of(new StreamTrack("H264", 640, 360, 0, 0), new StreamTrack("AAC", 0, 0, 48_000, 2)),
                25,
                2);
    }

    @Override
    public CompletionStage<Optional<StreamTree>> tree(StreamKey key) {
        return CompletableFuture.completedFuture(
                key.equals(KEY)
                        ? Optional.of(new StreamTree(
                                KEY,
                                1,
                                Optional.of(REGION1),
                                Optional.of(ORIGIN),
                                List.of(
                                        new GroupOrigin(REGION1, Optional.of(ORIGIN), Optional.empty()),
                                        new GroupOrigin(REGION2, Optional.of(EDGE), Optional.of(new NodeId("edge22")))),
                                List.of(
                                        new Branch(
                                                ORIGIN,
                                                REGION1,
                                                "mainOrigin",
                                                Optional.of("publisher"),
                                                0,
                                                0,
                                                false,
                                                0,
                                                900),
                                        new Branch(
                                                EDGE,
                                                REGION2,
                                                "secondaryOrigin",
                                                Optional.of("origin1"),
                                                1,
                                                1,
                                                false,
                                                2,
                                                800))))
                        : Optional.empty());
    }

    @Override
    public CompletionStage<List<Event>> events(StreamKey key) {
        return CompletableFuture.completedFuture(
                key.equals(KEY)
                        ? List.of(new Event(
                                java.time.Instant.ofEpochMilli(1_000),
                                "feedChanged",
                                EDGE,
                                REGION2,
                                Optional.of("origin1"),
                                Optional.empty(),
                                "origin1 was silent",
                                java.util.OptionalLong.of(40),
                                java.util.OptionalLong.empty(),
                                7))
                        : List.of());
    }

    @Override
    public EntityHosts entityHosts() {
        return new EntityHosts(Optional.of(ORIGIN), List.of(KEY));
    }

    @Override
    public Optional<String> readyAllTheSame() {
        return readyAllTheSame;
    }

    @Override
    public Optional<String> notReady() {
        return notReady;
    }

    @Override
    public NodeId id() {
        return ORIGIN;
    }

    @Override
    public NodeGroup group() {
        return group;
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public Version version() {
        return new Version("0.1", "abc");
    }

    @Override
    public Map<String, Integer> ports() {
        Map<String, Integer> ports =
                new java.util.TreeMap<>(Map.of("rtmp", 1935, "live", 8080, "http", 5080, "relay", 5000));
        if (tls) {
            ports.put("https", 5443);
        }
        return ports;
    }

    @Override
    public List<HubSnapshot> streams(int limit) {
        return List.of();
    }

    @Override
    public List<RelayLink> relayLinks() {
        return List.of(new RelayLink("live/stream1", "edge21", "region2", "out", 4711, 3, 2));
    }

    @Override
    public Map<String, Long> inUse() {
        return Map.of("hubs", 0L);
    }

    @Override
    public CompletionStage<Optional<Token>> create(StreamKey key, boolean publish, long untilMs) {
        return CompletableFuture.completedFuture(Optional.of(new Token("id.secret", key, publish, untilMs, false)));
    }

    @Override
    public Optional<Token> sign(StreamKey key, boolean publish, long untilMs) {
        return Optional.empty();
    }

    @Override
    public boolean isGood(StreamKey key, boolean publish, String token) {
        return !publish && token.equals("id.secret");
    }

    @Override
    public List<Token> list(StreamKey key) {
        return List.of(new Token("id", key, true, 5_000, true));
    }

    @Override
    public CompletionStage<Boolean> revoke(StreamKey key, String token) {
        return CompletableFuture.completedFuture(token.equals("id"));
    }

    @Override
    public CompletionStage<Integer> revokeAll(StreamKey key) {
        return CompletableFuture.completedFuture(1);
    }

    @Override
    public CompletionStage<Optional<String>> newStreamKey(StreamKey key) {
        return CompletableFuture.completedFuture(Optional.of("sk-secret"));
    }

    @Override
    public CompletionStage<Boolean> removeStreamKey(StreamKey key) {
        return CompletableFuture.completedFuture(false);
    }

    final Map<StreamKey, Registered> broadcasts =
            new java.util.TreeMap<>(java.util.Comparator.comparing(StreamKey::toString));
    final List<StreamKey> stopped = new ArrayList<>();
    Optional<CallRefused> storeRefuses = Optional.empty();

    @Override
    public CompletionStage<Optional<Registered>> find(StreamKey key) {
        return CompletableFuture.completedFuture(Optional.ofNullable(broadcasts.get(key)));
    }

    @Override
    public CompletionStage<List<Registered>> all() {
        return CompletableFuture.completedFuture(List.copyOf(broadcasts.values()));
    }

    @Override
    public CompletionStage<Optional<Registered>> change(StreamKey key, Edit edit) {
        try {
            if (storeRefuses.isPresent()) {
                throw storeRefuses.get();
            }
            Optional<Registered> after = edit.edit(Optional.ofNullable(broadcasts.get(key)));
            // as text and back, as the cluster keeps it
            after.ifPresentOrElse(
                    one -> broadcasts.put(key, Registered.read(key, one.text()).orElseThrow()),
                    () -> broadcasts.remove(key));
            return CompletableFuture.completedFuture(after);
        } catch (CallRefused refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    @Override
    public CompletionStage<Integer> putAll(Map<StreamKey, Registered> all, boolean overwrite) {
        int before = broadcasts.size();
        all.forEach((key, one) -> {
            if (overwrite) {
                broadcasts.put(key, one);
            } else {
                broadcasts.putIfAbsent(key, one);
            }
        });
        return CompletableFuture.completedFuture(overwrite ? all.size() : broadcasts.size() - before);
    }

    @Override
    public CompletionStage<Boolean> stop(StreamKey key) {
        stopped.add(key);
        return CompletableFuture.completedFuture(key.equals(KEY));
    }

    @Override
    public CompletionStage<Map<String, String>> forwards() {
        return CompletableFuture.completedFuture(Map.of());
    }

    final List<String> ended = new ArrayList<>();

    @Override
    public CompletionStage<List<Viewer>> viewers(StreamKey key) {
        return CompletableFuture.completedFuture(
                key.equals(KEY)
                        ? List.of(
                                new Viewer("viewer1", ORIGIN, REGION1, "rtmp", "10.0.0.8:1", 1_000),
                                new Viewer("viewer2", EDGE, REGION2, "hls", "10.0.0.9:2", 2_000))
                        : List.of());
    }

    @Override
    public CompletionStage<Integer> endViewers(StreamKey key, Optional<String> id) {
        ended.add(key + " " + id.orElse("all"));
        return CompletableFuture.completedFuture(
                !key.equals(KEY) ? 0 : id.isEmpty() ? 2 : id.get().startsWith("viewer") ? 1 : 0);
    }

    final List<NodeId> removed = new ArrayList<>();

    @Override
    public Removal remove(NodeId node) {
        removed.add(node);
        return node.equals(EDGE) ? Removal.REMOVED : node.equals(ORIGIN) ? Removal.ALIVE : Removal.UNKNOWN;
    }

    @Override
    public CompletionStage<Optional<String>> drain(NodeId node, Optional<java.time.Duration> within) {
        return CompletableFuture.completedFuture(
                node.equals(EDGE)
                        ? Optional.of("drains " + within.map(Object::toString).orElse(""))
                        : Optional.empty());
    }
}
