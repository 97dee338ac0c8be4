package io.headwater.multijvm;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/** Connections to one node of peers that mean no good; they stay open until all of them are closed. */
final class Strangers implements AutoCloseable {
    private static final int PATIENCE_MS = 30_000;

    private final NodeProcess node;
    private final List<Socket> sockets = new ArrayList<>();

    Strangers(NodeProcess node) {
        this.node = node;
    }

    /** Connects to {@code rtmp}, {@code relay} ... and says {@code bytes}. */
    Socket say(String port, byte[] bytes) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.connect(new InetSocketAddress(node.host(), node.port(port)), PATIENCE_MS);
        socket.setSoTimeout(PATIENCE_MS);
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException refused) {
            // the node was quicker to close it
        }
        return socket;
    }

    /** Reads until the node closes; fails if it does not. */
    static void awaitClosed(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            // closed as well
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
