package io.headwater.gateway.rtmp;

import io.headwater.codec.MalformedException;
import io.headwater.codec.rtmp.RtmpClientSession;
import io.headwater.codec.rtmp.RtmpMessage;
import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.media.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/** A publisher or player of our own on a plain socket. */
final class TestClient implements AutoCloseable, RtmpClientSession.Output {
    private static final int PATIENCE_MS = 30_000;
    private static final int LOOK_EVERY_MS = 20;

    final List<RtmpClientSession.Event> events = new ArrayList<>();
    final List<RtmpMessage> media = new ArrayList<>();
    /** Where it was asked to reconnect to. */
    final List<Optional<String>> places = new ArrayList<>();

    private final Socket socket;
    private final RtmpClientSession session;
    private boolean closedByServer;

    private TestClient(int port, RtmpClientSession session) throws IOException {
        this.session = session;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(LOOK_EVERY_MS);
        send(session.start());
    }

    static TestClient publisher(int port, String path) throws IOException {
        return new TestClient(port, RtmpClientSession.publisher(url(port, path), new SplittableRandom(1)));
    }

    /** A publisher that says that it can be asked to reconnect. */
    static TestClient reconnecting(int port, String path) throws IOException {
        return new TestClient(
                port,
                RtmpClientSession.publisher(url(port, path), new SplittableRandom(1))
                        .reconnecting());
    }

    static TestClient player(int port, String path) throws IOException {
        return new TestClient(port, RtmpClientSession.player(url(port, path), new SplittableRandom(1)));
    }

    private static RtmpUrl url(int port, String path) {
        return RtmpUrl.parse("rtmp://127.0.0.1:" + port + "/" + path).orElseThrow();
    }

    /** Reads until {@code condition} holds or the server is gone. */
    TestClient await(BooleanSupplier condition) throws IOException {
        byte[] buffer = new byte[8192];
        long deadline = System.nanoTime() + PATIENCE_MS * 1_000_000L;
        while (!closedByServer && !condition.getAsBoolean()) {
            int count;
            try {
                count = socket.getInputStream().read(buffer);
            } catch (SocketTimeoutException nothingYet) {
                if (System.nanoTime() > deadline) {
                    throw nothingYet;
                }
                continue;
            } catch (SocketException reset) {
                count = -1;
            }
            if (count < 0) {
                closedByServer = true;
                return this;
            }
            try {
                session.receive(ByteBuffer.wrap(buffer, 0, count), this);
            } catch (MalformedException malformed) {
                throw new IOException(malformed);
            }
        }
        return this;
    }

    TestClient awaitEvent() throws IOException {
        return await(() -> !events.isEmpty());
    }

    TestClient awaitClose() throws IOException {
        return await(() -> false);
    }

    void tag(int type, long timestampMs, String hex) throws IOException {
        tag(type, timestampMs, Bytes.of(java.util.HexFormat.of().parseHex(hex.replace(" ", ""))));
    }

    void tag(int type, long timestampMs, Bytes body) throws IOException {
        send(session.media(type, timestampMs, body));
    }

    void goodbye() throws IOException {
        send(session.finish());
    }

    @Override
    public void send(Bytes bytes) {
        try {
            socket.getOutputStream().write(bytes.array(), bytes.offset(), bytes.length());
        } catch (IOException gone) {
            closedByServer = true;
        }
    }

    @Override
    public void event(RtmpClientSession.Event event) {
        events.add(event);
    }

    @Override
    public void media(RtmpMessage message) {
        media.add(message);
    }

    @Override
    public void reconnect(Optional<String> tcUrl) {
        places.add(tcUrl);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
