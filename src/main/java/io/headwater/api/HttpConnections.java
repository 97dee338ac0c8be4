package io.headwater.api;

import io.headwater.net.AddressLimits;
import io.headwater.net.ConnectionLimit;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.io.Inet;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.util.ByteString;

/**
 * The connections of one listener: refuses those beyond what one address may have, and ends those that ask nothing, be it
 * that their first request takes too long, or the next one, or trickles in. One on which an answer without an end is under
 * way, such as events, has its turn.
 *
 * <p>Pekko HTTP does not say who connects, with HTTP/2 not even per connection, but hands every socket it takes to its socket
 * options, so this is one. Nobody tells it of the end of a connection: {@link #look}, called every second, sees it.
 */
final class HttpConnections extends Inet.AbstractSocketOption {
    private static final long LOOK_AGAIN_NANOS = 50_000_000;
    private static final byte[] TOO_MANY = answer("429 Too Many Requests", "too many connections of this address");
    private static final byte[] TOO_SLOW = answer("408 Request Timeout", "no complete request in time");

    private final ConnectionLimit limit;
    private final Counters counters;
    private final boolean plain;
    private final long firstRequestNanos;
    private final long idleNanos;
    private final ConcurrentMap<InetSocketAddress, Connection> open = new ConcurrentHashMap<>();
    private volatile long lookedAt = System.nanoTime();

    private static final class Connection {
        final Socket socket;
        final AtomicInteger underWay = new AtomicInteger();
        volatile boolean asked;
        volatile long quietSince = System.nanoTime();

        Connection(Socket socket) {
            this.socket = socket;
        }
    }

    /** @param plain whether a connection that is refused can be told so, which with TLS it cannot */
    HttpConnections(ApiSettings settings, AddressLimits limits, boolean plain, Counters counters) {
        this.limit = new ConnectionLimit(Integer.MAX_VALUE, settings.maxConnectionsPerAddress(), limits::trusts);
        this.plain = plain;
        this.firstRequestNanos = settings.firstRequestTimeout().toNanos();
        this.idleNanos = settings.idleTimeout().toNanos();
        this.counters = counters;
    }

    /** How often to {@link #look}. */
    Duration pace() {
        long least = Math.min(firstRequestNanos, idleNanos) / 4;
        return Duration.ofNanos(Math.max(LOOK_AGAIN_NANOS, Math.min(1_000_000_000L, least)));
    }

    @Override
    public void afterConnect(Socket socket) {
        if (!(socket.getRemoteSocketAddress() instanceof InetSocketAddress remote)) {
            return; // gone before it was accepted
        }
        if (!enters(remote)) {
            counters.increment(Metric.HTTP_CONNECTIONS_REFUSED);
            say(TOO_MANY, socket);
            return;
        }
        counters.increment(Metric.HTTP_CONNECTIONS_OPENED);
        Connection before = open.put(remote, new Connection(socket));
        if (before != null) { // that one is over and was not seen yet
            over(remote, before);
        }
    }

    private void over(InetSocketAddress remote, Connection connection) {
        limit.leave(remote.getAddress());
        if (!connection.asked) {
            counters.increment(Metric.HTTP_CONNECTIONS_UNUSED);
        }
    }

    private boolean enters(InetSocketAddress remote) {
        if (limit.enter(remote.getAddress())) {
            return true;
        }
        if (System.nanoTime() - lookedAt < LOOK_AGAIN_NANOS) {
            return false;
        }
        look();
        return limit.enter(remote.getAddress());
    }

    /** What was taken is given up; for a connection that was told nothing yet. */
    private void say(byte[] last, Socket socket) {
        try {
            if (plain) {
                socket.getChannel().write(ByteBuffer.wrap(last)); // fits into a new socket's buffer as a whole
            }
            socket.shutdownOutput();
            socket.shutdownInput();
        } catch (IOException gone) {
            // which is what is wanted
        }
    }

    /** Forgets connections that are over, and ends those that are idle. */
    void look() {
        long now = System.nanoTime();
        lookedAt = now;
        for (Iterator<Map.Entry<InetSocketAddress, Connection>> all =
                        open.entrySet().iterator();
                all.hasNext(); ) {
            Map.Entry<InetSocketAddress, Connection> one = all.next();
            Connection connection = one.getValue();
            if (connection.socket.isClosed()) {
                if (open.remove(one.getKey(), connection)) {
                    over(one.getKey(), connection);
                }
            } else if (connection.underWay.get() <= 0
                    && now - connection.quietSince > (connection.asked ? idleNanos : firstRequestNanos)) {
                connection.quietSince = now; // it is told once and has the same time again to go
                end(connection);
            }
        }
    }

    private void end(Connection connection) {
        if (!connection.socket.isInputShutdown()) {
            counters.increment(Metric.HTTP_CONNECTIONS_IDLE);
            if (!connection.asked) {
                say(TOO_SLOW, connection.socket);
                return;
            }
        }
        try {
            connection.socket.shutdownInput(); // seen as the client's goodbye
        } catch (IOException gone) {
            // which is what is wanted
        }
    }

    /** Takes notice of a request, before it is answered. */
    void asks(HttpRequest request) {
        of(request).ifPresent(connection -> {
            connection.asked = true;
            connection.underWay.incrementAndGet();
        });
    }

    /** Takes notice of its answer. */
    HttpResponse answered(HttpRequest request, HttpResponse response) {
        Optional<Connection> found = of(request);
        if (found.isEmpty()) {
            return response;
        }
        Connection connection = found.get();
        if (!response.entity().isChunked() || request.method().name().equals("HEAD")) {
            over(connection);
            return response;
        }
        return response.transformEntityDataBytes(Flow.of(ByteString.class)
                .watchTermination(Keep.right())
                .mapMaterializedValue(done -> done.whenComplete((ok, failed) -> over(connection))));
    }

    private static void over(Connection connection) {
        connection.quietSince = System.nanoTime();
        connection.underWay.decrementAndGet();
    }

    private Optional<Connection> of(HttpRequest request) {
        return request.getAttribute(AttributeKeys.remoteAddress)
                .flatMap(remote ->
                        remote.getAddress().map(address -> open.get(new InetSocketAddress(address, remote.getPort()))));
    }

    private static byte[] answer(String status, String reason) {
        byte[] body = Json.write(Answer.result(false, reason, -1));
        String head = "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nRetry-After: 1\r\n"
                + "Connection: close\r\nContent-Length: " + body.length + "\r\n\r\n";
        return (head + new String(body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    }
}
