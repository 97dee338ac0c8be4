package io.headwater.relay;

import io.headwater.codec.relay.EndCode;
import io.headwater.codec.relay.RelayMessage;
import io.headwater.codec.relay.RelayProtocol;
import io.headwater.codec.relay.RelayWriter;
import io.headwater.media.Bytes;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.net.Tls;
import io.headwater.stream.Streams;
import io.headwater.topology.NodeId;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.stream.javadsl.Tcp.IncomingConnection;
import org.apache.pekko.stream.javadsl.Tcp.ServerBinding;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives this node's streams to other nodes: one TCP connection for each stream and downstream node.
 *
 * <p>A peer that sends garbage, dawdles, or may not have what it asks for gets one typed refusal and costs nobody else
 * anything.
 */
public final class RelayServer {
    private static final Logger log = LoggerFactory.getLogger(RelayServer.class);
    private static final int BACKLOG = 1024;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

    private final ActorSystem<?> system;
    private final RelaySettings settings;
    private final Bytes secret;
    private final RelaySelf self;
    private final Streams streams;
    private final Optional<Tls> tls;
    private final Counters counters;
    private final RefusalLog refusals = new RefusalLog(log);
    private final Attributes attributes;
    private final Set<ServeStage.Served> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final Map<InetAddress, Integer> linksByAddress = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private final CompletableFuture<ServerBinding> binding = new CompletableFuture<>();
    private volatile boolean closing;

    private RelayServer(
            ActorSystem<?> system,
            RelaySettings settings,
            Optional<Tls> tls,
            RelaySelf self,
            Streams streams,
            Counters counters) {
        this.tls = tls;
        this.system = system;
        this.settings = settings;
        this.secret = RelayTcp.secret(settings);
        this.self = self;
        this.streams = streams;
        this.counters = counters;
        this.attributes = RelayTcp.attributes(system);
    }

    /**
     * Binds the relay port. The stage fails with a {@link BindException} that names the address if it is taken.
     *
     * @param system the media plane's, started with {@code headwater-media.conf}
     */
    public static CompletionStage<RelayServer> start(
            ActorSystem<?> system, RelaySettings settings, RelaySelf self, Streams streams, Counters counters) {
        return start(system, settings, Optional.empty(), self, streams, counters);
    }

    /** @param tls with whom to prove each other who one is; nothing for plain TCP */
    public static CompletionStage<RelayServer> start(
            ActorSystem<?> system,
            RelaySettings settings,
            Optional<Tls> tls,
            RelaySelf self,
            Streams streams,
            Counters counters) {
        RelayServer server = new RelayServer(system, settings, tls, self, streams, counters);
        return server.bind().thenApply(bound -> {
            server.binding.complete(bound);
            if (settings.secret().isEmpty()
                    && tls.isEmpty()
                    && !bound.localAddress().getAddress().isLoopbackAddress()) {
                log.warn(
                        "relay: no cluster secret is configured, so whoever reaches port {} can pull streams",
                        server.port());
            }
            return server;
        });
    }

    /** The TCP port that was bound. */
    public int port() {
        return binding.join().localAddress().getPort();
    }

    /** The links that are being served now. */
    public List<RelayLinkSnapshot> links() {
        return links.stream()
                .map(ServeStage.Served::snapshot)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Takes no more links, tells every downstream that this node closes, and is done when all have gone. */
    public CompletionStage<Done> close() {
        closing = true;
        return binding.thenCompose(ServerBinding::unbind)
                .thenCompose(unbound -> {
                    links.forEach(link -> link.end(EndCode.CLOSING, "the node shuts down"));
                    doneIfDrained();
                    return drained.completeOnTimeout(null, CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
                })
                .thenApply(none -> Done.getInstance());
    }

    private CompletionStage<ServerBinding> bind() {
        try {
            probe();
        } catch (IOException e) {
            return CompletableFuture.failedFuture(cannotListen(String.valueOf(e.getMessage())));
        }
        CompletableFuture<ServerBinding> bound = new CompletableFuture<>();
        incoming()
                .to(Sink.foreach(this::accept))
                .withAttributes(attributes)
                .run(system)
                .whenComplete((ServerBinding server, Throwable cause) -> {
                    if (cause == null) {
                        bound.complete(server);
                    } else {
                        bound.completeExceptionally(cannotListen(String.valueOf(cause.getMessage())));
                    }
                });
        return bound;
    }

    private Source<IncomingConnection, CompletionStage<ServerBinding>> incoming() {
        return Tcp.get(system)
                .bind(
                        settings.bindHost(),
                        settings.port(),
                        BACKLOG,
                        RelayTcp.options(settings),
                        false,
                        Optional.empty());
    }

    /** Binds and lets go: Pekko tells a failed bind without its cause, and logs a stack trace. */
    private void probe() throws IOException {
        try (ServerSocketChannel channel = ServerSocketChannel.open()) {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(new InetSocketAddress(settings.bindHost(), settings.port()));
        } catch (UnresolvedAddressException e) {
            throw new IOException("unknown host", e);
        }
    }

    private BindException cannotListen(String why) {
        return new BindException("headwater.relay.port is " + settings.port() + ": cannot listen at "
                + settings.bindHost() + ":" + settings.port() + " (" + why + "), expected a free port");
    }

    private void accept(IncomingConnection connection) {
        counters.increment(Metric.RELAY_SERVES_ACCEPTED);
        InetSocketAddress remote = connection.remoteAddress();
        String address = remote.getHostString() + ":" + remote.getPort();
        int all = connections.incrementAndGet();
        int ofAddress = linksByAddress.merge(remote.getAddress(), 1, Integer::sum);
        if (closing || all > settings.maxLinks() || ofAddress > settings.maxLinksPerAddress()) {
            String text = closing ? "the node shuts down" : "too many relay links";
            EndCode code = closing ? EndCode.CLOSING : EndCode.LIMIT;
            refused(address, code, text);
            // a handshake costs more than the refusal is worth
            run(
                    connection,
                    tls.isPresent() ? Flow.fromSinkAndSource(Sink.cancelled(), Source.empty()) : refusal(code, text));
        } else if (tls.isPresent()) {
            SharedKillSwitch cut = KillSwitches.shared("relay " + address);
            RelayTls.over(connection.flow(), tls.get()::serverEngine, cut)
                    .watchTermination(Keep.right())
                    .joinMat(Flow.fromGraph(new ServeStage(this, address)), Keep.left())
                    .withAttributes(attributes)
                    .run(system)
                    .whenComplete((done, cause) -> {
                        cut.shutdown();
                        left(remote);
                    });
        } else {
            run(connection, Flow.fromGraph(new ServeStage(this, address)));
        }
    }

    private void run(IncomingConnection connection, Flow<ByteString, ByteString, NotUsed> flow) {
        connection
                .flow()
                .watchTermination(Keep.right())
                .joinMat(flow, Keep.left())
                .withAttributes(attributes)
                .run(system)
                .whenComplete((done, cause) -> left(connection.remoteAddress()));
    }

    private void left(InetSocketAddress remote) {
        connections.decrementAndGet();
        linksByAddress.computeIfPresent(remote.getAddress(), (a, n) -> n == 1 ? null : n - 1);
    }

    /** One message and goodbye, without waiting for what the peer might say. */
    private static Flow<ByteString, ByteString, NotUsed> refusal(EndCode code, String text) {
        ByteString message = ByteString.fromArrayUnsafe(RelayWriter.write(new RelayMessage.Refuse(code, text)));
        return Flow.fromSinkAndSource(Sink.ignore(), Source.single(message));
    }

    static List<NodeId> withinLimit(List<NodeId> path) {
        return path.size() <= RelayProtocol.MAX_NODES ? path : path.subList(0, RelayProtocol.MAX_NODES);
    }

    // For the stages

    RelaySettings settings() {
        return settings;
    }

    Bytes secret() {
        return secret;
    }

    RelaySelf self() {
        return self;
    }

    Streams streams() {
        return streams;
    }

    Counters counters() {
        return counters;
    }

    void opened(ServeStage.Served link) {
        links.add(link);
        if (closing) {
            link.end(EndCode.CLOSING, "the node shuts down");
        }
    }

    void closed(ServeStage.Served link) {
        links.remove(link);
        doneIfDrained();
    }

    void refused(String address, EndCode code, String text) {
        counters.increment(Metric.RELAY_REFUSED);
        counters.increment(counter(code));
        refusals.refused(address, code, text);
    }

    /** A peer that does not speak TLS, or cannot show a certificate of the cluster's authority. */
    void strange(String address, SSLException cause) {
        counters.increment(Metric.TLS_HANDSHAKES_FAILED);
        EndCode code = cause instanceof SSLHandshakeException ? EndCode.SECRET : EndCode.MALFORMED;
        refused(address, code, "no TLS: " + Tls.reason(cause));
    }

    private void doneIfDrained() {
        if (closing && links.isEmpty()) {
            drained.complete(null);
        }
    }

    private static Metric counter(EndCode code) {
        return switch (code) {
            case MALFORMED -> Metric.RELAY_REFUSED_MALFORMED;
            case VERSION -> Metric.RELAY_REFUSED_VERSION;
            case SECRET -> Metric.RELAY_REFUSED_SECRET;
            case TIMEOUT -> Metric.RELAY_REFUSED_TIMEOUT;
            case LIMIT -> Metric.RELAY_REFUSED_LIMIT;
            case LOOP -> Metric.RELAY_REFUSED_LOOP;
            case NOT_HERE -> Metric.RELAY_REFUSED_NOT_HERE;
            case STALE -> Metric.RELAY_REFUSED_STALE;
            case CLOSING, ENDED, UNAVAILABLE, TOO_SLOW, REFUSED -> Metric.RELAY_REFUSED_OTHER;
        };
    }
}
