package io.headwater.multijvm.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Forwards TCP between nodes and can hold what goes from one to another, each way for itself, without a FIN: nothing is
 * read any more, so the sender's window fills, and what was sent arrives when the way is open again. One thread.
 */
final class CuttingProxy implements AutoCloseable {
    /** Whether a way is cut, and what delays it. */
    interface Weather {
        boolean isCut(String from, String to, Network.Plane plane);

        Network.Wan wan(String from, String to);

        SplittableRandom random();
    }

    private final Selector selector;
    private final Thread thread;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private final Set<ServerSocketChannel> servers = ConcurrentHashMap.newKeySet();
    private final Set<ProxiedConnection> connections = new LinkedHashSet<>();
    private final Set<String> cuts = ConcurrentHashMap.newKeySet();
    private final Function<InetAddress, String> nodeAt;
    private final Weather weather;
    private volatile boolean stopped;

    /** What is behind one port of the proxy, and which plane goes through it. */
    record Front(String node, Network.Plane plane, InetSocketAddress target) {}

    CuttingProxy(long seed, BiFunction<String, String, Network.Wan> wan, Function<InetAddress, String> nodeAt) {
        this.nodeAt = nodeAt;
        SplittableRandom random = new SplittableRandom(seed);
        this.weather = new Weather() {
            @Override
            public boolean isCut(String from, String to, Network.Plane plane) {
                return cuts.contains(from + ">" + to + ">" + Network.Plane.ALL)
                        || cuts.contains(from + ">" + to + ">" + plane);
            }

            @Override
            public Network.Wan wan(String from, String to) {
                return wan.apply(from, to);
            }

            @Override
            public SplittableRandom random() {
                return random;
            }
        };
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread = new Thread(this::run, "cutting proxy");
        thread.setDaemon(true);
        thread.start();
    }

    /** From now on {@code place} is where others reach what is behind {@code front}. */
    void forward(Front front, InetSocketAddress place) {
        try {
            ServerSocketChannel server = ServerSocketChannel.open();
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(place, 1024).configureBlocking(false);
            servers.add(server);
            later(() -> register(server, front));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void register(ServerSocketChannel server, Front front) {
        try {
            server.register(selector, SelectionKey.OP_ACCEPT, front);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void cut(String from, String to, Network.Plane plane) {
        cuts.add(from + ">" + to + ">" + plane);
        later(() -> {});
    }

    void heal(String from, String to, Network.Plane plane) {
        cuts.remove(from + ">" + to + ">" + plane);
        later(() -> {});
    }

    private void later(Runnable task) {
        inbox.add(task);
        selector.wakeup();
    }

    private void run() {
        try {
            while (!stopped) {
                turn();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the proxy broke", e);
        }
    }

    private void turn() throws IOException {
        long now = System.nanoTime();
        long dueNanos = Long.MAX_VALUE;
        for (ProxiedConnection connection : List.copyOf(connections)) {
            dueNanos = Math.min(dueNanos, connection.flush(now));
            if (connection.isOver()) {
                connections.remove(connection);
            }
        }
        if (dueNanos == Long.MAX_VALUE) {
            selector.select(1000);
        } else {
            long waitMs = (dueNanos - System.nanoTime() + 999_999) / 1_000_000;
            if (waitMs > 0) {
                selector.select(waitMs);
            } else {
                selector.selectNow();
            }
        }
        for (Runnable task = inbox.poll(); task != null; task = inbox.poll()) {
            task.run();
        }
        Set<SelectionKey> ready = new HashSet<>(selector.selectedKeys());
        selector.selectedKeys().clear();
        for (SelectionKey key : ready) {
            if (key.attachment() instanceof Front front) {
                accept((ServerSocketChannel) key.channel(), front);
            } else {
                ((ProxiedConnection) key.attachment()).ready(key, buffer);
            }
        }
    }

    private void accept(ServerSocketChannel server, Front front) throws IOException {
        for (SocketChannel client = server.accept(); client != null; client = server.accept()) {
            InetSocketAddress from = (InetSocketAddress) client.getRemoteAddress();
            connections.add(new ProxiedConnection(selector, client, nodeAt.apply(from.getAddress()), front, weather));
        }
    }

    @Override
    public void close() {
        stopped = true;
        selector.wakeup();
        try {
            thread.join(5_000);
            for (ServerSocketChannel server : servers) {
                server.close();
            }
            connections.forEach(ProxiedConnection::close);
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
