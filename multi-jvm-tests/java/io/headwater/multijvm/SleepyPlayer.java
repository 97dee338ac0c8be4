package io.headwater.multijvm;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A player over HTTP that asks for a stream and reads nothing, or less than comes, until it is told to. */
final class SleepyPlayer implements AutoCloseable {
    private static final int SMALL = 4096;
    /** With {@link #SMALL} bytes each time a third of the clip's rate. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Socket socket = new Socket();
    private volatile boolean hurries;
    private volatile boolean asleep = true;

    SleepyPlayer(NodeProcess node, String path) throws IOException {
        socket.setReceiveBufferSize(SMALL);
        socket.connect(new InetSocketAddress(node.host(), node.port("live")));
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: " + node.host() + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    /** From now on it reads, slower than its stream comes. */
    void trickle() {
        asleep = false;
        Thread reader = new Thread(this::read, "sleepy-player");
        reader.setDaemon(true);
        reader.start();
    }

    /** Whether it was never told to read. */
    boolean isAsleep() {
        return asleep;
    }

    /** From now on it reads as fast as it can. */
    void hurry() {
        hurries = true;
    }

    private void read() {
        byte[] buffer = new byte[SMALL];
        try {
            InputStream in = socket.getInputStream();
            while (in.readNBytes(buffer, 0, buffer.length) > 0) {
                if (!hurries) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        } catch (IOException ended) {
            // by the server, or by closing
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
