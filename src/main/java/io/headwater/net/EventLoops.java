package io.headwater.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.BindException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The threads that serve all media sockets of a node: Linux's epoll where the native library loads, else NIO.
 *
 * <p>The bootstraps it hands out are set up for live media: small fixed socket buffers, so that a reader that stops
 * reading is felt by the hub within a moment instead of after tens of MiB, and no delay of small packets. Loops of epoll
 * rest for a moment where many connections would wake them one after the other.
 */
public final class EventLoops implements AutoCloseable {
    /** Bytes of kernel buffer per socket and direction. */
    public static final int SOCKET_BUFFER = 256 << 10;

    /** A channel stops being writable above the high mark, and is writable again below the low one. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 << 10, 256 << 10);

    private static final int BACKLOG = 1024;
    private static final int CONNECT_TIMEOUT_MS = 5_000;

    private final EventLoopGroup group;
    private final HostNames names = new HostNames();
    /** Apart: the names of strange servers may be many and dead. */
    private final HostNames nodeNames = new HostNames();

    private final Class<? extends ServerChannel> serverChannel;
    private final Class<? extends SocketChannel> clientChannel;

    private EventLoops(
            int threads,
            IoHandlerFactory io,
            Class<? extends ServerChannel> serverChannel,
            Class<? extends SocketChannel> clientChannel) {
        int count = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        this.group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("media", true), io);
        this.serverChannel = serverChannel;
        this.clientChannel = clientChannel;
    }

    /** Starts {@code threads} event loops, 0 for one per core. */
    public static EventLoops start(int threads) {
        return Epoll.isAvailable()
                ? new EventLoops(
                        threads,
                        EpollIoHandler.newFactory(0, LoopRest.EACH),
                        EpollServerSocketChannel.class,
                        EpollSocketChannel.class)
                : startNio(threads);
    }

    /** The same on NIO, whatever the platform has. */
    static EventLoops startNio(int threads) {
        return new EventLoops(threads, NioIoHandler.newFactory(), NioServerSocketChannel.class, NioSocketChannel.class);
    }

    /** One of the loops, for work of media that needs no socket; the next one at every call. */
    public ScheduledExecutorService next() {
        return group.next();
    }

    /** A new server set up for media; the caller adds its child handler and binds it with {@link #bind}. */
    public ServerBootstrap server() {
        return new ServerBootstrap()
                .group(group)
                .channel(serverChannel)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER)
                .childOption(ChannelOption.SO_RCVBUF, SOCKET_BUFFER)
                .childOption(ChannelOption.SO_SNDBUF, SOCKET_BUFFER)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK);
    }

    /**
     * A new client with the same socket settings, for servers outside the cluster; the caller adds its handler and connects it.
     * Names are not looked up on the loops.
     */
    public Bootstrap client() {
        return client(names);
    }

    /** The same for nodes of the cluster: looking up their names waits for nobody else's. */
    public Bootstrap clientOfNodes() {
        return client(nodeNames);
    }

    private Bootstrap client(HostNames lookup) {
        return new Bootstrap()
                .group(group)
                .resolver(lookup)
                .channel(clientChannel)
                .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER)
                .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK);
    }

    /**
     * Binds {@code server} to an address, port 0 for any free one.
     *
     * @param setting the configuration key the port came from, for the error
     * @return the listening channel, or a {@link BindException} that names address, port and setting
     */
    public static CompletionStage<Channel> bind(ServerBootstrap server, String host, int port, String setting) {
        CompletableFuture<Channel> bound = new CompletableFuture<>();
        server.bind(host, port).addListener((io.netty.channel.ChannelFuture done) -> {
            Throwable cause = done.cause();
            if (cause == null) {
                bound.complete(done.channel());
            } else {
                BindException named = new BindException(
                        "cannot listen on " + host + ":" + port + " (" + setting + "): " + reason(cause));
                named.initCause(cause);
                bound.completeExceptionally(named);
            }
        });
        return bound;
    }

    private static String reason(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        return text.contains("in use") ? "the address is already in use" : text;
    }

    /** Ends the threads; channels that are still open are closed. Waits for a moment unless called by one of them. */
    @Override
    public void close() {
        names.close();
        nodeNames.close();
        var ended = group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        if (!inside()) {
            ended.awaitUninterruptibly(5, TimeUnit.SECONDS);
        }
    }

    private boolean inside() {
        for (var executor : group) {
            if (executor.inEventLoop()) {
                return true;
            }
        }
        return false;
    }
}
