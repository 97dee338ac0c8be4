package io.headwater.relay;

import io.headwater.codec.relay.RelayProtocol;
import io.headwater.media.Bytes;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Upstream;
import io.headwater.topology.Peer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One link of this node as a downstream: what the hub holds of it, and how it ends: once. */
final class PullLink implements Upstream.Link {
    private static final Logger log = LoggerFactory.getLogger(PullLink.class);

    private final RelaySelf self;
    private final Bytes secret;
    private final Peer peer;
    private final Upstream.Request request;
    private final Upstream.Sink sink;
    private final Counters counters;
    private final Consumer<PullLink> whenOver;
    private final LinkTraffic traffic;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicReference<@Nullable Runnable> afresh = new AtomicReference<>();
    private volatile PullSession session;
    private volatile byte[] toSend;
    private volatile boolean closed;
    private volatile @Nullable Runnable teardown;

    PullLink(
            RelaySelf self,
            RelaySettings settings,
            Peer peer,
            Upstream.Request request,
            Upstream.Sink sink,
            Counters counters,
            Consumer<PullLink> whenOver) {
        this.self = self;
        this.secret = RelaySecrets.secret(settings);
        this.peer = peer;
        this.request = request;
        this.sink = sink;
        this.counters = counters;
        this.whenOver = whenOver;
        this.traffic = new LinkTraffic(
                RelayLinkSnapshot.Direction.IN,
                peer.node(),
                peer.group(),
                peer.host() + ":" + peer.relayPort(),
                request.key());
        this.toSend = PullSession.opening(RelaySecrets.nonce());
        this.session = session(toSend);
    }

    private PullSession session(byte[] opening) {
        return new PullSession(self, secret, opening, peer, request, sink, counters, traffic);
    }

    /** The one of the connection that the link has now. */
    PullSession session() {
        return session;
    }

    /** What to send first: the opening, if it was not sent before. */
    byte[] toSend() {
        return toSend;
    }

    /**
     * The link has a connection over which an opening was sent. It may have died meanwhile: if it ends before its peer has
     * answered the hello, {@code connect} gives the link another one, and nobody hears of this one.
     */
    void over(byte[] opening, Runnable connect) {
        toSend = new byte[0];
        session = session(opening);
        afresh.set(() -> {
            toSend = PullSession.opening(RelaySecrets.nonce());
            session = session(toSend);
            connect.run();
        });
    }

    /** The hub wants to hear nothing more. */
    boolean closed() {
        return closed;
    }

    LinkTraffic traffic() {
        return traffic;
    }

    RelayLinkSnapshot snapshot() {
        return traffic.snapshot();
    }

    /** Whether the request fits into the protocol; if not it must not be opened. */
    boolean askable() {
        return request.via().size() <= RelayProtocol.MAX_NODES;
    }

    /** The stage runs; {@code stop} ends it from any thread. */
    void started(Runnable stop) {
        log.debug("relay of {} from {} opens", request.key(), peer.node());
        teardown = stop;
        if (closed) {
            stop.run();
        }
    }

    @Override
    public void close() {
        closed = true;
        Runnable stop = teardown;
        if (stop != null) {
            stop.run();
        }
    }

    /**
     * The link ended by itself, or, if nobody is to hear it, because it was closed. Only the first call counts, and only one of
     * the connection that the link has now.
     */
    void over(PullSession of, Upstream.Closed.Kind kind, Metric counter, String detail) {
        if (of != session) {
            return;
        }
        if (kind == Upstream.Closed.Kind.BROKEN && !closed && !of.accepted()) {
            Runnable connect = afresh.getAndSet(null);
            if (connect != null) {
                log.debug("relay of {} from {}: the spare connection was none: {}", request.key(), peer.node(), detail);
                counters.increment(Metric.RELAY_SPARES_FAILED);
                connect.run();
                return;
            }
        }
        if (!over.compareAndSet(false, true)) {
            return;
        }
        if (session.welcomed()) {
            counters.increment(Metric.RELAY_PULLS_CLOSED);
        }
        whenOver.accept(this);
        if (closed) {
            log.debug("relay of {} from {} closed", request.key(), peer.node());
        } else {
            counters.increment(counter);
            log.info("relay of {} from {} ended ({}): {}", request.key(), peer.node(), kind, detail);
            sink.onClosed(new Upstream.Closed(kind, detail));
        }
    }
}
