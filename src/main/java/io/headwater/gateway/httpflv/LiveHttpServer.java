package io.headwater.gateway.httpflv;

import io.headwater.net.AddressLimits;
import io.headwater.net.ConnectionLimit;
import io.headwater.net.Counters;
import io.headwater.net.EventLoops;
import io.headwater.net.Listeners;
import io.headwater.net.Metric;
import io.headwater.net.Tls;
import io.headwater.stream.Admission;
import io.headwater.stream.Streams;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Serves live streams to players over HTTP: {@code GET /{app}/{streamId}.flv}, and the same path as a WebSocket.
 *
 * <p>A body goes on until the stream or the connection ends. A client that closes its half of the connection has left.
 */
public final class LiveHttpServer {
    private static final int MAX_REQUEST_LINE = 4096;
    private static final int MAX_HEADER = 8192;

    private final LiveHttpSettings settings;
    private final Admission admission;
    private final Streams streams;
    private final Counters counters;
    private final AddressLimits limits;
    private final ConnectionLimit limit;
    private final Listeners listeners;

    private LiveHttpServer(
            LiveHttpSettings settings, AddressLimits limits, Admission admission, Streams streams, Counters counters) {
        this.settings = settings;
        this.admission = admission;
        this.streams = streams;
        this.counters = counters;
        this.limits = limits;
        this.limit =
                new ConnectionLimit(settings.maxConnections(), settings.maxConnectionsPerAddress(), limits::trusts);
        this.listeners = new Listeners(settings.host(), this::accept);
    }

    /** The same without limits by address. */
    static CompletionStage<LiveHttpServer> start(
            LiveHttpSettings settings, EventLoops loops, Admission admission, Streams streams, Counters counters) {
        return start(settings, AddressLimits.none(counters), loops, admission, streams, counters);
    }

    /** Completes when the server listens, or with a {@link java.net.BindException} that names address and key. */
    public static CompletionStage<LiveHttpServer> start(
            LiveHttpSettings settings,
            AddressLimits limits,
            EventLoops loops,
            Admission admission,
            Streams streams,
            Counters counters) {
        LiveHttpServer server = new LiveHttpServer(settings, limits, admission, streams, counters);
        return server.listeners
                .listen(loops, settings.port(), "headwater.live.port")
                .thenApply(done -> server);
    }

    /**
     * Listens on another port too, with TLS.
     *
     * @return what was bound
     */
    public CompletionStage<Integer> listen(EventLoops loops, int port, Tls tls) {
        return listeners.listen(loops, port, "headwater.tls.live-port", tls);
    }

    /** What was bound. */
    public int port() {
        return listeners.port();
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
            counters.increment(Metric.LIVE_CONNECTIONS_REFUSED);
            if (tls.isPresent()) { // a handshake costs more than the refusal is worth
                channel.close();
                return;
            }
            channel.pipeline().addLast(new TooManyConnections(settings.allowOrigin()));
            return;
        }
        counters.increment(Metric.LIVE_CONNECTIONS_OPENED);
        listeners.kept().add(channel);
        channel.closeFuture().addListener(closed -> {
            limit.leave(peer.getAddress());
            counters.increment(Metric.LIVE_CONNECTIONS_CLOSED);
        });
        tls.ifPresent(with -> channel.pipeline().addLast(with.handler(channel)));
        HttpDecoderConfig head = new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_REQUEST_LINE)
                .setMaxHeaderSize(MAX_HEADER);
        channel.pipeline()
                .addLast(LiveHttpSession.DECODER, new HttpRequestDecoder(head))
                .addLast(new LiveHttpSession(
                        settings, () -> limits.admits(peer.getAddress()), admission, streams, counters));
    }
}
