package io.headwater.cluster;

import io.headwater.net.Tls;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.apache.pekko.actor.ActorCell;
import org.apache.pekko.actor.ActorContext;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.remote.artery.tcp.SSLEngineProvider;
import org.apache.pekko.stream.impl.FanIn;
import scala.Option;
import scala.collection.Iterator;

/**
 * TLS for the remoting of one life of a control plane. Who comes has a moment to prove itself, and only so many may be
 * at it at once: remoting has no limits of its own.
 */
final class ClusterTls implements SSLEngineProvider {
    private static final Duration HANDSHAKE = Duration.ofSeconds(10);
    private static final int MOST_HANDSHAKES = 512;

    /** One beyond them: the actor of a connection that is told sooner may not have its socket yet, and would leave it open. */
    private static final Duration SOON = Duration.ofMillis(500);

    /** The number of the socket's side among the inputs of Pekko's stage for TLS. */
    private static final int TRANSPORT = 0;

    /** How a node says in TLS where it is, so that who refuses it can say whom. */
    private static final String NODE_AT = "headwater-node-at ";

    /** What the other side says in TLS when it does not want this node's certificate: RFC 8446, 6.2. */
    private static final String ALERT_CERTIFICATE = "certificate_unknown";

    private static final Pattern PLACE = Pattern.compile("[A-Za-z0-9.:_\\[\\]-]{1,200}");

    /** Where the two sides of a connection come from. */
    interface Engines {
        SSLEngine serverEngine();

        SSLEngine clientEngine();
    }

    private final ExtendedActorSystem system;
    private final Engines engines;
    private final Refusals refusals;
    private final AtomicInteger unproven = new AtomicInteger();

    ClusterTls(ExtendedActorSystem system, Engines engines, Refusals refusals) {
        this.system = system;
        this.engines = engines;
        this.refusals = refusals;
    }

    @Override
    public SSLEngine createServerSSLEngine(String hostname, int port) {
        SSLEngine engine = engines.serverEngine();
        Arrival arrival = new Arrival(connection());
        engine.setHandshakeApplicationProtocolSelector((of, names) -> {
            arrival.calls(names);
            return ""; // none of them matters
        });
        return new WatchedEngine(engine, arrival);
    }

    @Override
    public SSLEngine createClientSSLEngine(String hostname, int port) {
        SSLEngine engine = engines.clientEngine();
        String self = system.provider().getDefaultAddress().hostPort().replaceFirst(".*@", "");
        if (PLACE.matcher(self).matches()) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {NODE_AT + self});
            engine.setSSLParameters(parameters);
        }
        return new WatchedEngine(engine, new Visit(hostname + ":" + port));
    }

    @Override
    public Option<Throwable> verifyClientSession(String hostname, SSLSession session) {
        return Option.empty();
    }

    @Override
    public Option<Throwable> verifyServerSession(String hostname, SSLSession session) {
        return Option.empty();
    }

    /** The actor that asks for an engine, which drives one connection: Pekko has no other name for it. */
    private static Optional<ActorRef> connection() {
        Iterator<ActorContext> contexts = ActorCell.contextStack().get().iterator();
        while (contexts.hasNext()) {
            ActorContext context = contexts.next();
            if (context != null) { // an actor being made has an empty one above its own
                return Optional.of(context.self());
            }
        }
        return Optional.empty();
    }

    private static String reason(SSLException cause, boolean spokeTls) {
        if (!spokeTls) {
            return "what it sends is not TLS, as of a node without a secret";
        }
        String reason = Tls.reason(cause);
        return reason.endsWith(ALERT_CERTIFICATE) ? "it takes this node for a stranger" : reason;
    }

    /** Somebody came, and has to prove itself in time. */
    private final class Arrival implements WatchedEngine.Watcher {
        private final AtomicBoolean over = new AtomicBoolean();
        private final Optional<ActorRef> connection;
        private final Cancellable timer;
        private volatile String who = "a stranger";

        Arrival(Optional<ActorRef> connection) {
            this.connection = connection;
            boolean tooMany = unproven.incrementAndGet() > MOST_HANDSHAKES;
            String reason = tooMany
                    ? "more than " + MOST_HANDSHAKES + " are at their TLS handshake"
                    : "the TLS handshake was not done within " + HANDSHAKE.toSeconds() + " s";
            this.timer =
                    system.scheduler().scheduleOnce(tooMany ? SOON : HANDSHAKE, () -> end(reason), system.dispatcher());
        }

        void calls(List<String> names) {
            for (String name : names) {
                String place = name.startsWith(NODE_AT) ? name.substring(NODE_AT.length()) : "";
                if (PLACE.matcher(place).matches()) {
                    who = "a node that says it is at " + place;
                }
            }
        }

        @Override
        public void proven() {
            passes();
        }

        @Override
        public void left() {
            passes();
        }

        @Override
        public void failed(SSLException cause, boolean spokeTls) {
            if (passes()) {
                refusals.arrived(who, reason(cause, spokeTls));
            }
        }

        /** As if its socket had failed. */
        private void end(String reason) {
            if (passes()) {
                connection.ifPresent(actor ->
                        actor.tell(new FanIn.OnError(TRANSPORT, new SSLException(reason)), ActorRef.noSender()));
                refusals.arrived(who, reason);
            }
        }

        /** Whether it was not over yet. */
        private boolean passes() {
            boolean first = over.compareAndSet(false, true);
            if (first) {
                timer.cancel();
                unproven.decrementAndGet();
            }
            return first;
        }
    }

    /** This node went somewhere. */
    private final class Visit implements WatchedEngine.Watcher {
        private final String place;

        Visit(String place) {
            this.place = place;
        }

        @Override
        public void proven() {
            refusals.proven(place);
        }

        @Override
        public void left() {}

        @Override
        public void failed(SSLException cause, boolean spokeTls) {
            refusals.visited(place, reason(cause, spokeTls));
        }
    }
}
