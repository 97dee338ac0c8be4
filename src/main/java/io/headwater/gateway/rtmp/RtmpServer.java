package io.headwater.gateway.rtmp;

import io.headwater.net.AddressLimits;
import io.headwater.net.ConnectionLimit;
import io.headwater.net.Counters;
import io.headwater.net.EventLoops;
import io.headwater.net.Listeners;
import io.headwater.net.LogLimit;
import io.headwater.net.Metric;
import io.headwater.net.Tls;
import io.headwater.stream.Admission;
import io.headwater.stream.Streams;
import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes publishers and players over RTMP: {@code rtmp://host/{app}/{streamId}}. */
public final class RtmpServer {
    private static final Logger LOG = LoggerFactory.getLogger(RtmpServer.class);
    private static final int EVENTS_PER_PERIOD = 200;
    private static final int FAULTS_PER_PERIOD = 20;
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final RtmpSettings settings;
    private final Admission admission;
    private final Streams streams;
    private final Counters counters;
    private final AddressLimits limits;
    private final ConnectionLimit limit;
    private final LogLimit events = new LogLimit(EVENTS_PER_PERIOD, PERIOD);
    private final LogLimit faults = new LogLimit(FAULTS_PER_PERIOD, PERIOD);
    private final RtmpWireFormat format;
    private final Listeners listeners;

    private RtmpServer(
            RtmpSettings settings, AddressLimits limits, Admission admission, Streams streams, Counters counters) {
        this.settings = settings;
        this.admission = admission;
        this.streams = streams;
        this.counters = counters;
        this.limits = limits;
        this.limit =
                new ConnectionLimit(settings.maxConnections(), settings.maxConnectionsPerAddress(), limits::trusts);
        this.listeners = new Listeners(settings.host(), this::accept);
        this.format = new RtmpWireFormat(settings.chunkSize());
    }

    /** The same without limits by address. */
    static CompletionStage<RtmpServer> start(
            RtmpSettings settings, EventLoops loops, Admission admission, Streams streams, Counters counters) {
        return start(settings, AddressLimits.none(counters), loops, admission, streams, counters);
    }

    /** Completes when the server listens, or with a {@link java.net.BindException} that names address and key. */
    public static CompletionStage<RtmpServer> start(
            RtmpSettings settings,
            AddressLimits limits,
            EventLoops loops,
            Admission admission,
            Streams streams,
            Counters counters) {
        RtmpServer server = new RtmpServer(settings, limits, admission, streams, counters);
        return server.listeners
                .listen(loops, settings.port(), "headwater.rtmp.port")
                .thenApply(done -> server);
    }

    /**
     * Listens on another port too, with TLS.
     *
     * @return what was bound
     */
    public CompletionStage<Integer> listen(EventLoops loops, int port, Tls tls) {
        return listeners.listen(loops, port, "headwater.tls.rtmps-port", tls);
    }

    /** What was bound. */
    public int port() {
        return listeners.port();
    }

    /**
     * Asks the publishers and players that know Enhanced RTMP's reconnect request to go on elsewhere.
     *
     * @param places gives for each of them {@code host:port}, or nothing: to connect again where it came from
     */
    public void reconnect(Supplier<Optional<String>> places) {
        for (Channel channel : listeners.kept()) {
            RtmpConnection connection = channel.pipeline().get(RtmpConnection.class);
            if (connection != null) {
                connection.reconnect(places.get());
            }
        }
    }

    /** Stops listening and closes all connections; completes when they are closed. */
    public CompletionStage<Void> close() {
        return listeners.close();
    }

    private void accept(SocketChannel channel, Optional<Tls> tls) {
        InetSocketAddress peer = channel.remoteAddress();
        if (peer == null) { // gone before it was accepted
            channel.close();
            return;
        }
        if (!limit.enter(peer.getAddress())) {
            counters.increment(Metric.RTMP_CONNECTIONS_REFUSED);
            faults.log(
                    LOG::warn,
                    "rtmp " + RtmpConnection.shown(peer) + ": too many connections, " + limit.open() + " open");
            channel.close();
            return;
        }
        if (!limits.admits(peer.getAddress())) {
            limit.leave(peer.getAddress());
            counters.increment(Metric.RTMP_CONNECTIONS_REFUSED);
            faults.log(LOG::warn, "rtmp " + RtmpConnection.shown(peer) + ": connects too often");
            channel.close();
            return;
        }
        counters.increment(Metric.RTMP_CONNECTIONS_OPENED);
        listeners.kept().add(channel);
        channel.closeFuture().addListener(closed -> {
            limit.leave(peer.getAddress());
            counters.increment(Metric.RTMP_CONNECTIONS_CLOSED);
        });
        tls.ifPresent(with -> channel.pipeline().addLast(with.handler(channel)));
        channel.pipeline().addLast(new RtmpConnection(settings, admission, streams, counters, format, events, faults));
    }
}
