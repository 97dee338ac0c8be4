package io.headwater.relay;

import io.headwater.codec.relay.EndCode;
import io.headwater.codec.relay.RelayMessage;
import io.headwater.codec.relay.RelayProtocol;
import io.headwater.codec.relay.RelayWriter;
import io.headwater.media.Bytes;
import io.headwater.net.Counters;
import io.headwater.net.EventLoops;
import io.headwater.net.Goodbye;
import io.headwater.net.Metric;
import io.headwater.net.Tls;
import io.headwater.stream.Streams;
import io.headwater.topology.NodeId;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
import org.apache.pekko.stream.javadsl.Flow;
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
    /** Connections beyond the limit that are told so at a time; those beyond them are only closed. */
    private static final int TOLD = 64;

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

    private final RelayLoops loops;
    private final RelaySettings settings;
    private final Bytes secret;
    private final RelaySelf self;
    private final Streams streams;
    private final Optional<Tls> tls;
    private final Counters counters;
    private final RefusalLog refusals = new RefusalLog(log);
    private final Set<ServeStage.Served> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final Map<InetAddress, Integer> linksByAddress = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private final CompletableFuture<Channel> binding = new CompletableFuture<>();
    private volatile boolean closing;

    private RelayServer(
            RelayLoops loops,
            RelaySettings settings,
            Optional<Tls> tls,
            RelaySelf self,
            Streams streams,
            Counters counters) {
        this.tls = tls;
        this.loops = loops;
        this.settings = settings;
        this.secret = RelaySecrets.secret(settings);
        this.self = self;
        this.streams = streams;
        this.counters = counters;
    }

    /**
     * Binds the relay port. The stage fails with a {@link BindException} that names the address if it is taken.
     */
    public static CompletionStage<RelayServer> start(
            RelayLoops loops, RelaySettings settings, RelaySelf self, Streams streams, Counters counters) {
        return start(loops, settings, Optional.empty(), self, streams, counters);
    }

    /** @param tls with whom to prove each other who one is; nothing for plain TCP */
    public static CompletionStage<RelayServer> start(
            RelayLoops loops,
            RelaySettings settings,
            Optional<Tls> tls,
            RelaySelf self,
            Streams streams,
            Counters counters) {
        RelayServer server = new RelayServer(loops, settings, tls, self, streams, counters);
        return server.bind().thenApply(bound -> {
            server.binding.complete(bound);
            InetSocketAddress at = (InetSocketAddress) bound.localAddress();
            if (settings.secret().isEmpty() && tls.isEmpty() && !at.getAddress().isLoopbackAddress()) {
                log.warn(
                        "relay: no cluster secret is configured, so whoever reaches port {} can pull streams",
                        server.port());
            }
            return server;
        });
    }

    /** The TCP port that was bound. */
    public int port() {
        return ((InetSocketAddress) binding.join().localAddress()).getPort();
    }

    /** The links that are being served now. */
    public List<RelayLinkSnapshot> links() {
        return links.stream()
                .map(ServeStage.Served::snapshot)
                .flatMap(Optional::stream)
                .toList();
    }

    /** The connections that are open now, those included over which nothing was asked for yet. */
    int connections() {
        return connections.get();
    }

    /** Takes no more links, tells every downstream that this node closes, and is done when all have gone. */
    public CompletionStage<Done> close() {
        closing = true;
        return binding.thenCompose(RelayServer::unbind)
                .thenCompose(unbound -> {
                    links.forEach(link -> link.end(EndCode.CLOSING, "the node shuts down"));
                    doneIfDrained();
                    return drained.completeOnTimeout(null, CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
                })
                .thenApply(none -> Done.getInstance());
    }

    private CompletionStage<Channel> bind() {
        return EventLoops.bind(
                loops.server(settings).childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                }),
                settings.bindHost(),
                settings.port(),
                "headwater.relay.port");
    }

    private static CompletionStage<Void> unbind(Channel listening) {
        CompletableFuture<Void> unbound = new CompletableFuture<>();
        listening.close().addListener(done -> unbound.complete(null));
        return unbound;
    }

    private void accept(Channel channel) {
        counters.increment(Metric.RELAY_SERVES_ACCEPTED);
        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
        String address = remote.getHostString() + ":" + remote.getPort();
        int all = connections.incrementAndGet();
        int ofAddress = linksByAddress.merge(remote.getAddress(), 1, Integer::sum);
        channel.closeFuture().addListener(closed -> left(remote));
        if (closing || all > settings.maxLinks() || ofAddress > settings.maxLinksPerAddress()) {
            EndCode code = closing ? EndCode.CLOSING : EndCode.LIMIT;
            String text = closing ? "the node shuts down" : "too many relay links";
            refused(address, code, text);
            // a handshake costs more than the refusal is worth
            if (tls.isPresent() || all > settings.maxLinks() + TOLD) {
                channel.close();
            } else {
                channel.pipeline().addLast(new Refusal(RelayWriter.write(new RelayMessage.Refuse(code, text))));
            }
            return;
        }
        if (tls.isPresent()) {
            SslHandler handler = new SslHandler(tls.get().serverEngine());
            handler.setHandshakeTimeoutMillis(0); // the link has a limit of its own, which goes on after it
            channel.pipeline().addLast(handler);
        }
        try {
            loops.run(channel, Flow.fromGraph(new ServeStage(this, address, channel.eventLoop())));
        } catch (IllegalStateException stopped) {
            channel.close();
        }
    }

    private void left(InetSocketAddress remote) {
        connections.decrementAndGet();
        linksByAddress.computeIfPresent(remote.getAddress(), (a, n) -> n == 1 ? null : n - 1);
    }

    /** One message and goodbye, without waiting for what the peer might say. */
    private static final class Refusal extends ChannelInboundHandlerAdapter {
        private final byte[] message;

        Refusal(byte[] message) {
            this.message = message;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.channel().config().setAutoRead(true);
            Goodbye.say(context, Unpooled.wrappedBuffer(message));
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            ReferenceCountUtil.release(bytes);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
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
