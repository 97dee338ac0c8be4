package io.headwater.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/** Where one server listens, on one port without TLS and on others with it, and the connections it keeps. Any thread. */
public final class Listeners {
    private final String host;
    private final BiConsumer<SocketChannel, Optional<Tls>> accept;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final ChannelGroup withTls = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final CompletableFuture<Channel> plain = new CompletableFuture<>();

    /** @param accept told each connection that comes, and the TLS of its port; puts those it keeps among {@link #kept} */
    public Listeners(String host, BiConsumer<SocketChannel, Optional<Tls>> accept) {
        this.host = host;
        this.accept = accept;
    }

    /** Completes when it listens, or with a {@link java.net.BindException} that names address and {@code setting}. */
    public CompletionStage<Void> listen(EventLoops loops, int port, String setting) {
        return bind(loops, port, setting, Optional.empty()).thenAccept(channel -> plain.complete(channel));
    }

    /**
     * Listens on another port too, with TLS.
     *
     * @return what was bound
     */
    public CompletionStage<Integer> listen(EventLoops loops, int port, String setting, Tls tls) {
        return bind(loops, port, setting, Optional.of(tls)).thenApply(channel -> {
            withTls.add(channel);
            return portOf(channel);
        });
    }

    private CompletionStage<Channel> bind(EventLoops loops, int port, String setting, Optional<Tls> tls) {
        ServerBootstrap bootstrap = loops.server()
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accept.accept(channel, tls);
                    }
                });
        return EventLoops.bind(bootstrap, host, port, setting);
    }

    /** What was bound without TLS. */
    public int port() {
        return portOf(plain.join());
    }

    private static int portOf(Channel channel) {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** The open connections that were kept. */
    public ChannelGroup kept() {
        return connections;
    }

    /** Stops listening and closes all connections; completes when they are closed. */
    public CompletionStage<Void> close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        withTls.close();
        plain.join().close().addListener(stopped -> connections.close().addListener(done -> closed.complete(null)));
        return closed;
    }
}
