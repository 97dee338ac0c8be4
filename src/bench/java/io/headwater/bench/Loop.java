package io.headwater.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One thread with one selector that carries many connections: the cheapest client plain Java has. */
public final class Loop implements Runnable, AutoCloseable {

    /** One connection's code; every call comes from the loop's thread. */
    public interface Peer {
        void onConnected(Connection connection);

        /** Takes everything in {@code in}. */
        void onBytes(Connection connection, ByteBuffer in, long nowNanos);

        void onClosed(String why);
    }

    /** Something to do at a moment of {@link System#nanoTime}. */
    private record Due(long atNanos, long order, Runnable task) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private static final int READS_PER_TURN = 4;

    private final Selector selector;
    private final Thread thread;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Due> timers = new PriorityQueue<>();
    private long order;
    private volatile long restNanos;
    private volatile boolean stopped;

    @SuppressWarnings("ThreadPriorityCheck") // nothing depends on it but the precision of what is measured
    public Loop(String name) throws IOException {
        selector = Selector.open();
        thread = new Thread(this, name);
        thread.setDaemon(true);
        // counts where the JVM was told to heed priorities
        thread.setPriority(Thread.MAX_PRIORITY);
        thread.start();
    }

    /** Runs {@code task} on the loop's thread. */
    public void run(Runnable task) {
        inbox.add(task);
        selector.wakeup();
    }

    /** Runs {@code task} at that time; only from the loop's thread. */
    public void at(long nanos, Runnable task) {
        timers.add(new Due(nanos, order++, task));
    }

    /**
     * Sleeps that long after each turn, so that what arrives meanwhile costs one read: the tool shares the machine with the
     * server. The sockets stay registered, so the server pays for the wake-ups of its readers as before.
     */
    void restMs(int restMs) {
        restNanos = TimeUnit.MILLISECONDS.toNanos(restMs);
    }

    /** Takes over a connection that is made. */
    void adopt(SocketChannel channel, Peer peer) {
        run(() -> {
            try {
                channel.configureBlocking(false);
                Connection connection = new Connection(channel, peer);
                connection.key = channel.register(selector, SelectionKey.OP_READ, connection);
                peer.onConnected(connection);
            } catch (IOException e) {
                peer.onClosed(e.toString());
            }
        });
    }

    public void connect(InetSocketAddress address, Peer peer) {
        run(() -> {
            try {
                SocketChannel channel = SocketChannel.open();
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.setOption(StandardSocketOptions.SO_RCVBUF, 256 << 10);
                Connection connection = new Connection(channel, peer);
                connection.key = channel.register(selector, SelectionKey.OP_CONNECT, connection);
                channel.connect(address);
            } catch (IOException e) {
                peer.onClosed(e.toString());
            }
        });
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                turn();
                if (restNanos > 0) {
                    LockSupport.parkNanos(restNanos);
                }
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new IllegalStateException("a bench loop broke", e);
        }
    }

    private void turn() throws IOException {
        Due next = timers.peek();
        long waitNanos = next == null ? 100_000_000L : next.atNanos - System.nanoTime();
        if (waitNanos <= 0) {
            selector.selectNow();
        } else {
            selector.select(Math.max(1, waitNanos / 1_000_000));
        }
        for (Runnable task = inbox.poll(); task != null; task = inbox.poll()) {
            task.run();
        }
        while ((next = timers.peek()) != null && next.atNanos <= System.nanoTime()) {
            timers.remove();
            next.task.run();
        }
        for (SelectionKey key : selector.selectedKeys()) {
            ((Connection) key.attachment()).onReady(buffer);
        }
        selector.selectedKeys().clear();
    }

    @Override
    public void close() {
        stopped = true;
        selector.wakeup();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One non-blocking socket. */
    public static final class Connection {
        private final SocketChannel channel;
        private final Peer peer;
        private final ArrayDeque<ByteBuffer> pending = new ArrayDeque<>();
        private @Nullable SelectionKey key;
        private boolean open = true;
        private boolean reading = true;

        Connection(SocketChannel channel, Peer peer) {
            this.channel = channel;
            this.peer = peer;
        }

        public boolean isOpen() {
            return open;
        }

        /** A peer that does not read any more, with its socket open. */
        void stopReading() {
            reading = false;
            interest();
        }

        public void send(ByteBuffer bytes) {
            pending.add(bytes);
            flush();
        }

        public void close(String why) {
            if (open) {
                open = false;
                try {
                    channel.close();
                } catch (IOException ignored) {
                    // it is gone either way
                }
                peer.onClosed(why);
            }
        }

        private void onReady(ByteBuffer buffer) {
            if (key == null || !key.isValid()) {
                return;
            }
            try {
                if (key.isConnectable() && channel.finishConnect()) {
                    interest();
                    peer.onConnected(this);
                }
                if (open && key.isWritable()) {
                    flush();
                }
                if (open && reading && key.isReadable()) {
                    read(buffer);
                }
            } catch (IOException e) {
                close(e.toString());
            }
        }

        private void read(ByteBuffer buffer) throws IOException {
            for (int i = 0; i < READS_PER_TURN && open && reading; i++) {
                int got = channel.read(buffer.clear());
                if (got < 0) {
                    close("end of stream");
                    return;
                }
                if (got > 0) {
                    peer.onBytes(this, buffer.flip(), System.nanoTime());
                }
                if (got < buffer.capacity()) {
                    return;
                }
            }
        }

        private void flush() {
            try {
                while (!pending.isEmpty() && channel.isConnected()) {
                    ByteBuffer first = pending.element();
                    channel.write(first);
                    if (first.hasRemaining()) {
                        break;
                    }
                    pending.remove();
                }
                interest();
            } catch (IOException e) {
                close(e.toString());
            }
        }

        private void interest() {
            if (key != null && key.isValid() && channel.isConnected()) {
                key.interestOps((reading ? SelectionKey.OP_READ : 0) | (pending.isEmpty() ? 0 : SelectionKey.OP_WRITE));
            }
        }
    }
}
