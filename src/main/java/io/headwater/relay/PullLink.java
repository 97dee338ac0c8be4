package io.headwater.relay;

import io.headwater.codec.relay.RelayProtocol;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Upstream;
import io.headwater.topology.Peer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One link of this node as a downstream: what the hub holds of it, and how it ends: once. */
final class PullLink implements Upstream.Link {
    private static final Logger log = LoggerFactory.getLogger(PullLink.class);

    private final Peer peer;
    private final Upstream.Request request;
    private final Upstream.Sink sink;
    private final Counters counters;
    private final Consumer<PullLink> whenOver;
    private final LinkTraffic traffic;
    private final PullSession session;
    private final AtomicBoolean over = new AtomicBoolean();
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
        this.session = new PullSession(
                self, RelaySecrets.secret(settings), RelaySecrets.nonce(), peer, request, sink, counters, traffic);
    }

    PullSession session() {
        return session;
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

    /** The link ended by itself, or, if nobody is to hear it, because it was closed. Only the first call counts. */
    void over(Upstream.Closed.Kind kind, Metric counter, String detail) {
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
