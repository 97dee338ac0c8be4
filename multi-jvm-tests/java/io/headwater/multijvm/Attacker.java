package io.headwater.multijvm;

import io.headwater.net.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Connections from one address that is nobody's friend; they stay open until all of them are closed. */
final class Attacker implements AutoCloseable {
    private static final int PATIENCE_MS = 30_000;

    private final String from;
    private final List<Socket> sockets = new ArrayList<>();

    Attacker(String from) {
        this.from = from;
    }

    Socket connect(NodeProcess node, String port) {
        try {
            Socket socket = new Socket();
            sockets.add(socket);
            socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
            socket.setSoTimeout(PATIENCE_MS);
            socket.connect(new InetSocketAddress(node.host(), node.port(port)), PATIENCE_MS);
            return socket;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The same over TLS, with that certificate of the tests or none. */
    Socket secured(NodeProcess node, String port, Optional<String> certificate) {
        Socket plain = connect(node, port);
        try {
            return TestCertificates.client(certificate)
                    .getSocketFactory()
                    .createSocket(plain, node.host(), plain.getPort(), true);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Says something and hears everything until the node closes; however it does that. */
    String hear(NodeProcess node, String port, String request) {
        return hear(say(connect(node, port), request.getBytes(StandardCharsets.ISO_8859_1)));
    }

    static Socket say(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException refused) {
            // the node was quicker to close it
        }
        return socket;
    }

    static String hear(Socket socket) {
        StringBuilder heard = new StringBuilder();
        byte[] some = new byte[4096];
        try {
            for (int n = socket.getInputStream().read(some);
                    n >= 0;
                    n = socket.getInputStream().read(some)) {
                heard.append(new String(some, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (java.net.SocketTimeoutException open) {
            throw new AssertionError("still open after " + PATIENCE_MS + " ms; heard: " + heard);
        } catch (IOException reset) {
            // closed as well
        }
        return heard.toString();
    }

    @Override
    public void close() {
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException gone) {
                // which is what is wanted
            }
        }
    }
}
