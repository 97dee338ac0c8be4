package io.headwater;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.headwater.access.Gate;
import io.headwater.access.Viewers;
import io.headwater.api.ApiServer;
import io.headwater.api.DrainControl;
import io.headwater.cluster.ControlPlane;
import io.headwater.config.Changes;
import io.headwater.config.LimitSettings;
import io.headwater.config.NodeConfig;
import io.headwater.gateway.hls.HlsServer;
import io.headwater.gateway.httpflv.LiveHttpServer;
import io.headwater.gateway.outbound.RemoteTrust;
import io.headwater.gateway.rtmp.RtmpServer;
import io.headwater.net.AddressLimits;
import io.headwater.net.Counters;
import io.headwater.net.EventLoops;
import io.headwater.net.Tls;
import io.headwater.net.TlsFiles;
import io.headwater.observe.Logs;
import io.headwater.observe.MetricsPage;
import io.headwater.observe.Tracing;
import io.headwater.relay.RelayLoops;
import io.headwater.relay.RelaySelf;
import io.headwater.relay.RelayServer;
import io.headwater.relay.RelayUpstream;
import io.headwater.stream.Admission;
import io.headwater.stream.EventLog;
import io.headwater.stream.StreamEvents;
import io.headwater.stream.StreamHubs;
import io.headwater.topology.Peer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: all its parts, started in the order they need each other and ended in the other.
 *
 * <p>The media plane is whole before the control plane joins, so that nobody is sent here before this node can serve.
 */
final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final Duration PART_WITHIN = Duration.ofSeconds(10);
    private static final Duration PLAYERS_WITHIN = Duration.ofSeconds(2);

    private static final String REST = "REST";

    private final NodeConfig config;
    private final Counters counters = new Counters();
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Deque<Ending> endings = new ArrayDeque<>();
    private @Nullable Drain draining;
    private final List<Consumer<NodeConfig>> taking = new ArrayList<>();
    private volatile Supplier<NodeConfig> reader;
    private boolean closed;

    /** How one part ends, and what it is called if it does not. */
    private record Ending(String part, Action action) {
        interface Action {
            void run() throws Exception;
        }
    }

    private Node(NodeConfig config) {
        this.config = config;
        this.reader = () -> config;
    }

    /**
     * Starts everything and begins to join the cluster; what was started is ended again if a later part fails.
     *
     * @throws StartException if a part cannot start, in words for the operator
     */
    static Node start(NodeConfig config) throws StartException {
        Node node = new Node(config);
        try {
            node.start();
            return node;
        } catch (StartException refused) {
            node.close();
            throw refused;
        }
    }

    private void start() throws StartException {
        Logs.of(config.nodeId().name());
        config.warnings().forEach(LOG::warn);
        EventLoops loops = EventLoops.start(config.mediaThreads());
        atEnd("event loops", loops::close);
        ActorSystem<Void> media = ActorSystem.create(Behaviors.empty(), "media", mediaConfig());
        atEnd("media actors", () -> {
            media.terminate();
            within(media.getWhenTerminated());
        });

        EventLog log = new EventLog(counters);
        MetricsPage metrics = new MetricsPage(counters);
        SessionNotes sessions = new SessionNotes();
        HookEvents hooks = new HookEvents();
        Tracing tracing = new Tracing(
                config.operations().tracing(),
                Map.of(
                        "service.name", "headwater",
                        "service.instance.id", config.nodeId().name(),
                        "headwater.group", config.group().group().name()),
                counters,
                System::currentTimeMillis);
        atEnd("tracing", tracing::close);
        StreamEvents events = log.and(metrics.events()).and(sessions).and(hooks).and(tracing);
        ControlPlane control = ControlPlane.create(config.nodeId(), config.cluster(), counters, events);
        BroadcastAnswers broadcasts =
                new BroadcastAnswers(control, config.operations().webhooks().ofBroadcasts());
        hooks.start(config.operations().webhooks(), control, broadcasts, counters);
        atEnd("webhooks", hooks::close);
        GroupMove group = new GroupMove(config.group(), config.red5(), control);
        RelaySelf relaySelf = new RelaySelf(config.nodeId(), group::current);
        Optional<Tls> relayTls = tls(config.tls().cluster(), "headwater.tls.cluster");
        RelayLoops links = new RelayLoops(media, loops);
        RelayUpstream upstream = new RelayUpstream(links, config.relay(), relayTls, relaySelf, counters);
        Gate gate = Gate.open(config.access(), control.notes(), control.lastingNotes(), counters);
        atEnd("access", gate::close);
        sessions.notes(broadcasts);
        Admission registered = new RegisteredOnly(gate, config.hub(), control.registry(), counters);
        StreamHubs hubs =
                new StreamHubs(config.nodeId(), config.hub(), tracing.traced(control), upstream, counters, events);
        SelfReport self = new SelfReport(config, group::current, hubs, log, counters);
        control.reports(self);
        Drain drain = new Drain(config.drain(), hubs, control, this::endService);
        self.state(drain::state);
        self.drains(drain);
        self.moves(group::order);
        draining = drain;
        PlayerPlacement admission = new PlayerPlacement(
                registered,
                config.operations().overload(),
                control,
                hubs,
                counters,
                () -> drain.state() != DrainControl.State.RUNNING);
        atEnd("placement", admission::close);
        drain.placing(admission::seen);
        self.full(admission::full, admission::othersTakePlayers);
        Viewers viewers = new Viewers(admission, counters, System::currentTimeMillis);
        taking.add(next -> hubs.change(next.hub()));
        taking.add(next -> drain.change(next.drain()));
        taking.add(next -> admission.change(next.operations().overload()));

        LimitSettings most = config.limits();
        AddressLimits limits = new AddressLimits(
                most.trusted(),
                most.requestsPerSecond(),
                most.requestsAtOnce(),
                most.requestsPerSecondInAll(),
                most.maxAddresses(),
                counters);
        HlsServer hls = new HlsServer(
                config.hls(),
                limits,
                hubs,
                viewers,
                admission::elsewhere,
                counters,
                loops::next,
                media.executionContext()::execute);
        self.viewers(viewers, hls.sessions());
        metrics.shows(
                new MetricsView(self, hubs, control, drain, hls),
                config.operations().metricsStreams());
        ApiServer api = Starting.part(
                "http.port",
                ApiServer.start(
                        media,
                        config.api(),
                        limits,
                        self,
                        new ClusterAnswers(
                                control,
                                !config.cluster().seedNodes().isEmpty(),
                                () -> drain.state() == DrainControl.State.DRAINED),
                        broadcasts,
                        new ClusterActions(control),
                        group,
                        drain,
                        new NodeOperations(metrics, self, admission, this::reload),
                        new TokenAnswers(gate),
                        List.of(hls::handle),
                        counters));
        atEnd(REST, () -> within(api.close(Duration.ofSeconds(1))));
        atEnd("control plane", () -> within(control.stop()));
        RelayServer relay = Starting.part(
                "relay.port", RelayServer.start(links, config.relay(), relayTls, relaySelf, hubs, counters));
        atEnd("relay", () -> within(relay.close()));
        self.links(() -> SelfReport.both(upstream.links(), relay.links()).toList());
        LiveHttpServer live =
                Starting.part("live.port", LiveHttpServer.start(config.live(), limits, loops, viewers, hubs, counters));
        atEnd("live HTTP", () -> within(live.close()));
        RtmpServer rtmp =
                Starting.part("rtmp.port", RtmpServer.start(config.rtmp(), limits, loops, viewers, hubs, counters));
        drain.reconnecting(rtmp::reconnect);
        atEnd("RTMP", () -> within(rtmp.close()));
        atEnd("streams", () -> {
            self.stopping();
            hls.close();
            hubs.close();
            awaitPlayers(self);
        });

        RemoteStreams remote = new RemoteStreams(
                config.remote(),
                loops,
                remoteTrust(),
                hubs,
                control,
                broadcasts,
                counters,
                () -> drain.state() == DrainControl.State.RUNNING);
        self.forwards(remote::statuses);
        remote.start();
        atEnd("connections to other servers", remote::close);

        Peer peer =
                new Peer(config.nodeId(), group.current(), config.addresses().advertisedHost(), relay.port());
        int cluster = Starting.part(
                "cluster.port",
                control.start(peer, api.port(), rtmp.port(), self.version().name()));
        Optional<Tls> tls = tls(config.tls().clients(), "headwater.tls");
        if (tls.isPresent()) {
            ports.put(
                    "rtmps",
                    Starting.part(
                            "tls.rtmps-port", rtmp.listen(loops, config.tls().rtmpsPort(), tls.get())));
            ports.put(
                    "live-tls",
                    Starting.part(
                            "tls.live-port", live.listen(loops, config.tls().livePort(), tls.get())));
            ports.put(
                    "https",
                    Starting.part("tls.https-port", api.listen(config.tls().httpsPort(), tls.get())));
        }
        ports.put("rtmp", rtmp.port());
        ports.put("live", live.port());
        ports.put("http", api.port());
        ports.put("relay", relay.port());
        ports.put("cluster", cluster);
        self.bound(Collections.unmodifiableMap(ports));
        LOG.info("listening: {}", this);
        control.joined().thenRun(() -> LOG.info("ready: {}", this));
    }

    /** Sets how the configuration is read again; without it nothing can be taken over. */
    void readsAgain(Supplier<NodeConfig> newReader) {
        reader = newReader;
    }

    /**
     * Reads the configuration again and takes over what can be.
     *
     * @return one line of what was taken over, and what waits for the next start
     * @throws io.headwater.config.ConfigException if it is refused; nothing has changed then
     */
    synchronized String reload() {
        NodeConfig next = reader.get();
        Changes changes = Changes.between(config, next);
        taking.forEach(part -> part.accept(next));
        LOG.info("configuration read again: {}", changes);
        return changes.toString();
    }

    private RemoteTrust remoteTrust() throws StartException {
        try {
            return RemoteTrust.of(config.remote().authority());
        } catch (IOException refused) {
            throw new StartException(refused);
        }
    }

    private Optional<Tls> tls(Optional<TlsFiles> files, String setting) throws StartException {
        if (files.isEmpty()) {
            return Optional.empty();
        }
        try {
            Tls tls = Tls.load(setting, files.get(), counters);
            atEnd(setting, tls::close);
            return Optional.of(tls);
        } catch (IOException refused) {
            throw new StartException(refused);
        }
    }

    private static Config mediaConfig() {
        return ConfigFactory.parseResources(Node.class.getClassLoader(), "headwater-media.conf")
                .withFallback(ConfigFactory.load())
                .resolve();
    }

    private void atEnd(String part, Ending.Action action) {
        endings.push(new Ending(part, action));
    }

    private static void within(CompletionStage<?> ending) throws Exception {
        ending.toCompletableFuture().get(PART_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Players were told the end; they get a moment to have it before their connections are cut. */
    private static void awaitPlayers(SelfReport self) {
        long until = System.nanoTime() + PLAYERS_WITHIN.toNanos();
        while (self.clients() > 0 && System.nanoTime() < until) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** Ends every part, each within a bound; a part that fails to end does not keep the others. */
    @Override
    public void close() {
        Drain drain = draining;
        if (drain != null) {
            drain.cutShort();
        }
        closeParts();
    }

    private synchronized void closeParts() {
        if (closed) {
            return;
        }
        closed = true;
        while (!endings.isEmpty()) {
            end(endings.pop());
        }
        LOG.info("stopped: node {}", config.nodeId());
    }

    private static void end(Ending ending) {
        try {
            ending.action().run();
        } catch (TimeoutException late) {
            LOG.warn("{}: not ended within {} s, goes with the process", ending.part(), PART_WITHIN.toSeconds());
        } catch (Exception failed) {
            LOG.warn("{}: did not end cleanly: {}", ending.part(), failed.toString());
        }
    }

    /** Ends all parts but REST, which goes on telling how the node is, and leaves the cluster. */
    private synchronized void endService() {
        boolean there = endings.stream().anyMatch(ending -> ending.part().equals(REST));
        while (there && !endings.isEmpty() && !endings.peek().part().equals(REST)) {
            end(endings.pop());
        }
    }

    /** Takes the node out of service and waits until that is done; {@link #close} does the rest. */
    void drain() throws InterruptedException {
        Drain drain = draining;
        if (drain != null) {
            LOG.info("told to end: {}", drain.drain(Optional.empty()));
            drain.await();
        }
    }

    /** What an operator wants to know of a node that runs, on one line. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder("node " + config.nodeId() + " group "
                + config.group().group() + " host " + config.addresses().advertisedHost());
        ports.forEach((name, port) -> line.append(' ').append(name).append('=').append(port));
        return line.toString();
    }
}
