package io.headwater.multijvm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Many HTTP-FLV players on one thread, which take what comes and look at nothing. */
final class Crowd implements AutoCloseable {
    private final Selector selector = Selector.open();
    private final Thread reader;
    private volatile boolean closed;

    private Crowd(InetSocketAddress server, String path, int players) throws IOException {
        ByteBuffer request = StandardCharsets.US_ASCII.encode("GET " + path + " HTTP/1.0\r\n\r\n");
        for (int i = 0; i < players; i++) {
            SocketChannel player = SocketChannel.open(server);
            player.write(request.duplicate());
            player.configureBlocking(false);
            player.register(selector, SelectionKey.OP_READ);
        }
        reader = new Thread(this::read, "crowd");
        reader.setDaemon(true);
        reader.start();
    }

    /** Opens that many players of {@code path} one after another. */
    static Crowd join(InetSocketAddress server, String path, int players) throws IOException {
        return new Crowd(server, path, players);
    }

    private void read() {
        ByteBuffer waste = ByteBuffer.allocateDirect(1 << 20);
        try {
            while (!closed) {
                selector.select(key -> discard((SocketChannel) key.channel(), waste));
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void discard(SocketChannel player, ByteBuffer waste) {
        try {
            waste.clear();
            if (player.read(waste) < 0) {
                player.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
