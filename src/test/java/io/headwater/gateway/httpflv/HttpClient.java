package io.headwater.gateway.httpflv;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A client that says exactly what the test says. */
final class HttpClient implements AutoCloseable {
    private static final int PATIENCE_MS = 30_000;

    final Socket socket;
    final InputStream in;

    HttpClient(int port) throws IOException {
        this(port, 0);
    }

    /** @param receiveBuffer bytes, 0 for the system's */
    HttpClient(int port, int receiveBuffer) throws IOException {
        socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), PATIENCE_MS);
        socket.setSoTimeout(PATIENCE_MS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends text with {@code |} for CRLF. */
    HttpClient say(String text) throws IOException {
        return say(text.replace("|", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    HttpClient say(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    HttpClient get(String path) throws IOException {
        return say("GET " + path + " HTTP/1.1|Host: h||");
    }

    /** The response's head, without its last empty line; empty if the connection ended instead. */
    String head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int last = 0;
        for (int next = in.read(); next >= 0; next = in.read()) {
            head.write(next);
            last = last << 8 | next;
            if (last == 0x0d0a0d0a) {
                return head.toString(StandardCharsets.ISO_8859_1).trim();
            }
        }
        return "";
    }

    /** A response with {@code Content-Length}: status code, then the body. */
    String answer() throws IOException {
        String head = head();
        return statusOf(head) + " " + new String(in.readNBytes(contentLength(head)), StandardCharsets.UTF_8).trim();
    }

    static String statusOf(String head) {
        return head.isEmpty() ? "" : head.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3);
    }

    static int contentLength(String head) {
        int at = head.toLowerCase(Locale.ROOT).indexOf("content-length: ");
        return at < 0 ? 0 : Integer.parseInt(head.substring(at + 16).split("\r", 2)[0]);
    }

    /** The next chunk of a body, empty for the last one, null if the connection ended without it. */
    byte @Nullable [] chunk() throws IOException {
        StringBuilder size = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return null;
            }
            size.append((char) next);
        }
        byte[] content = in.readNBytes(Integer.parseInt(size.toString().trim(), 16));
        if (!new String(in.readNBytes(2), StandardCharsets.ISO_8859_1).equals("\r\n")) {
            throw new IOException("no line end after a chunk of " + size);
        }
        return content;
    }

    /** The content of all chunks; fails if the last one does not come. */
    byte[] chunks() throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] chunk = chunk(); ; chunk = chunk()) {
            if (chunk == null) {
                throw new IOException("the body was cut off after " + content.size() + " bytes");
            } else if (chunk.length == 0) {
                return content.toByteArray();
            }
            content.writeBytes(chunk);
        }
    }

    /** Whether the server ended the connection, with or without bytes before that. */
    boolean ended() throws IOException {
        try {
            in.readAllBytes();
            return true;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
