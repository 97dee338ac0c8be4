package io.headwater.multijvm.chaos;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/** One forwarded connection: two ways, each with what was read and is not due yet. Only on the proxy's thread. */
final class ProxiedConnection {
    /** What one way holds at most; beyond, the sender feels it. */
    private static final int HELD_BYTES = 512 << 10;

    private static final int SOCKET_BYTES = 256 << 10;
    private static final int SEGMENT = 1448;
    /** The least a lost segment costs beside a round trip. */
    private static final long RETRANSMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final SocketChannel client;
    private final SocketChannel server;
    private final CuttingProxy.Front front;
    private final CuttingProxy.Weather weather;
    private final Way out;
    private final Way back;
    private final SelectionKey clientKey;
    private final SelectionKey serverKey;
    private boolean dialled;
    private boolean over;

    private record Held(long dueNanos, ByteBuffer bytes) {
        /** Made empty, where others are emptied only as they are sent. */
        boolean isEnd() {
            return bytes.capacity() == 0;
        }
    }

    /** What goes from one end to the other. */
    private static final class Way {
        private final String from;
        private final String to;
        private final ArrayDeque<Held> held = new ArrayDeque<>();
        private int bytes;
        private long lastDueNanos = System.nanoTime();
        private boolean readAll;
        private boolean blocked;

        Way(String from, String to) {
            this.from = from;
            this.to = to;
        }
    }

    ProxiedConnection(
            Selector selector,
            SocketChannel client,
            String from,
            CuttingProxy.Front front,
            CuttingProxy.Weather weather)
            throws IOException {
        this.client = client;
        this.server = SocketChannel.open();
        this.front = front;
        this.weather = weather;
        this.out = new Way(from, front.node());
        this.back = new Way(front.node(), from);
        for (SocketChannel channel : new SocketChannel[] {client, server}) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BYTES);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BYTES);
        }
        clientKey = client.register(selector, 0, this);
        serverKey = server.register(selector, 0, this);
    }

    boolean isOver() {
        return over;
    }

    /** Sends what is due and says when the next is; {@link Long#MAX_VALUE} for never. */
    long flush(long nowNanos) {
        try {
            if (!dialled && !isCut(out) && !isCut(back)) {
                dialled = true;
                server.connect(front.target());
            }
            long next = Math.min(flush(out, server, nowNanos), flush(back, client, nowNanos));
            interest();
            return next;
        } catch (IOException e) {
            close();
            return Long.MAX_VALUE;
        }
    }

    private long flush(Way way, SocketChannel sink, long nowNanos) throws IOException {
        way.blocked = false;
        while (!way.held.isEmpty() && sink.isConnected() && !isCut(way)) {
            Held first = way.held.element();
            if (first.dueNanos > nowNanos) {
                return first.dueNanos;
            }
            if (first.isEnd()) {
                sink.shutdownOutput();
                way.held.remove();
                if (out.readAll && back.readAll && out.held.isEmpty() && back.held.isEmpty()) {
                    close();
                }
                continue;
            }
            way.bytes -= sink.write(first.bytes);
            if (first.bytes.hasRemaining()) {
                way.blocked = true;
                return Long.MAX_VALUE;
            }
            way.held.remove();
        }
        return Long.MAX_VALUE;
    }

    void ready(SelectionKey key, ByteBuffer buffer) {
        if (over || !key.isValid()) {
            return;
        }
        try {
            if (key.isConnectable()) {
                server.finishConnect();
            }
            if (key.isReadable()) {
                read(key == clientKey ? out : back, key == clientKey ? client : server, buffer);
            }
            // what can be written is written in the next turn
        } catch (IOException e) {
            close();
        }
    }

    private void read(Way way, SocketChannel source, ByteBuffer buffer) throws IOException {
        int got = source.read(buffer.clear());
        if (got < 0) {
            way.readAll = true;
            way.held.add(new Held(due(way, 1), ByteBuffer.allocate(0)));
        } else if (got > 0) {
            ByteBuffer copy = ByteBuffer.allocate(got).put(buffer.flip()).flip();
            way.held.add(new Held(due(way, got), copy));
            way.bytes += got;
        }
    }

    /** A lost segment is seen by TCP's user as a way that stands still until it was sent again, two round trips on. */
    private long due(Way way, int bytes) {
        Network.Wan wan = weather.wan(way.from, way.to);
        long now = System.nanoTime();
        if (wan.isNone()) {
            return now;
        }
        double delayMs = wan.delayMs() + wan.jitterMs() * weather.random().nextDouble();
        long delay = (long) (delayMs * 1_000_000);
        int segments = (bytes + SEGMENT - 1) / SEGMENT;
        double kept = Math.pow(1 - wan.lossPercent() / 100.0, segments);
        if (weather.random().nextDouble() > kept) {
            delay += 4 * TimeUnit.MILLISECONDS.toNanos(wan.delayMs()) + RETRANSMIT_NANOS;
        }
        way.lastDueNanos = Math.max(way.lastDueNanos, now + delay);
        return way.lastDueNanos;
    }

    private void interest() {
        if (over) {
            return;
        }
        clientKey.interestOps(reads(out) | (back.blocked ? SelectionKey.OP_WRITE : 0));
        int connecting = dialled && !server.isConnected() ? SelectionKey.OP_CONNECT : 0;
        serverKey.interestOps(
                connecting != 0 || !dialled ? connecting : reads(back) | (out.blocked ? SelectionKey.OP_WRITE : 0));
    }

    private boolean isCut(Way way) {
        return weather.isCut(way.from, way.to, front.plane());
    }

    private int reads(Way way) {
        boolean wanted = !way.readAll && way.bytes < HELD_BYTES && !isCut(way);
        return wanted ? SelectionKey.OP_READ : 0;
    }

    void close() {
        over = true;
        try {
            client.close();
            server.close();
        } catch (IOException e) {
            // closed either way
        }
    }
}
