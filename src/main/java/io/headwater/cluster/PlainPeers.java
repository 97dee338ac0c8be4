package io.headwater.cluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.ForkJoinPool;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.event.Logging;

/**
 * Tells of nodes of which one speaks TLS and the other plain remoting, since one of them has no secret. Remoting itself only
 * says so in its log, which is where this listens.
 */
final class PlainPeers extends AbstractBehavior<Logging.LogEvent> {
    private static final Pattern PEER = Pattern.compile("\\[pekko://[^]@]*@([^]]{1,300})]");
    private static final int LOOK_MS = 1_000;

    /** TLS was answered with the end of the connection. */
    private static final String RESET = "Connection reset";

    /** Plain remoting was not answered, be it that nobody is there. */
    private static final String UNANSWERED = "HandshakeTimeoutException";

    private final boolean speaksTls;
    private final Refusals refusals;

    private PlainPeers(ActorContext<Logging.LogEvent> context, boolean speaksTls, Refusals refusals) {
        super(context);
        this.speaksTls = speaksTls;
        this.refusals = refusals;
        Adapter.toClassic(context.getSystem())
                .eventStream()
                .subscribe(Adapter.toClassic(context.getSelf()), Logging.LogEvent.class);
    }

    static Behavior<Logging.LogEvent> create(boolean speaksTls, Refusals refusals) {
        return Behaviors.setup(context -> new PlainPeers(context, speaksTls, refusals));
    }

    @Override
    public Receive<Logging.LogEvent> createReceive() {
        return newReceiveBuilder()
                .onMessage(Logging.LogEvent.class, this::onEvent)
                .build();
    }

    private Behavior<Logging.LogEvent> onEvent(Logging.LogEvent event) {
        String text = String.valueOf(event.message());
        Matcher peer = PEER.matcher(text);
        if (speaksTls && text.contains(RESET) && peer.find() && !refusals.hasProven(peer.group(1))) {
            refusals.visited(peer.group(1), "it does not answer TLS");
        } else if (!speaksTls && text.contains(UNANSWERED) && peer.find()) {
            ClusterSettings.HostPort.parse(peer.group(1))
                    .ifPresent(place -> ForkJoinPool.commonPool().execute(() -> look(place)));
        }
        return this;
    }

    /** One that is not there is no matter of secrets. */
    private void look(ClusterSettings.HostPort place) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(place.host(), place.port()), LOOK_MS);
            refusals.visited(place.toString(), "it listens and does not answer, as a node with a secret");
        } catch (IOException absent) {
            // and will be told as such
        }
    }
}
