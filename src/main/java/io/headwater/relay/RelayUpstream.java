package io.headwater.relay;

import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.net.Tls;
import io.headwater.stream.Upstream;
import io.headwater.topology.Peer;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.IgnoreComplete$;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;

/**
 * Pulls streams from other nodes: one TCP connection for each stream and upstream node. Never tries twice: the hub
 * decides what a link that ended means.
 */
public final class RelayUpstream implements Upstream {
    private final ActorSystem<?> system;
    private final RelaySettings settings;
    private final RelaySelf self;
    private final Optional<Tls> tls;
    private final Counters counters;
    private final Attributes attributes;
    private final Set<PullLink> links = ConcurrentHashMap.newKeySet();

    /** @param system the media plane's, started with {@code headwater-media.conf} */
    public RelayUpstream(ActorSystem<?> system, RelaySettings settings, RelaySelf self, Counters counters) {
        this(system, settings, Optional.empty(), self, counters);
    }

    /** @param tls with whom to prove each other who one is; nothing for plain TCP */
    public RelayUpstream(
            ActorSystem<?> system, RelaySettings settings, Optional<Tls> tls, RelaySelf self, Counters counters) {
        this.system = system;
        this.settings = settings;
        this.self = self;
        this.tls = tls;
        this.counters = counters;
        this.attributes = RelayTcp.attributes(system);
    }

    @Override
    public Link open(Peer peer, Request request, Sink sink) {
        counters.increment(Metric.RELAY_PULLS_STARTED);
        PullLink link = new PullLink(self, settings, peer, request, sink, counters, links::remove);
        links.add(link);
        if (!link.askable()) {
            later(() -> link.over(
                    Closed.Kind.LOOP, Metric.RELAY_PULLS_LOOP, "it would be more nodes away than a stream may travel"));
            return link;
        }
        try {
            connection(peer)
                    .join(Flow.fromGraph(new PullStage(settings, counters, link)))
                    .withAttributes(attributes)
                    .run(system);
        } catch (IllegalStateException e) {
            later(() ->
                    link.over(Closed.Kind.BROKEN, Metric.RELAY_PULLS_BROKEN, "this node's media system has stopped"));
        }
        return link;
    }

    /** The links that are open or being opened now. */
    public List<RelayLinkSnapshot> links() {
        return links.stream().map(PullLink::snapshot).toList();
    }

    private Flow<ByteString, ByteString, CompletionStage<Tcp.OutgoingConnection>> connection(Peer peer) {
        if (tls.isPresent()) {
            Tls with = tls.get();
            return Tcp.get(system)
                    .outgoingConnectionWithTls(
                            InetSocketAddress.createUnresolved(peer.host(), peer.relayPort()),
                            with::clientEngine,
                            settings.outgoingHost().map(host -> new InetSocketAddress(host, 0)),
                            RelayTcp.options(settings),
                            Optional.of(settings.connectTimeout()),
                            Optional.empty(),
                            session -> Optional.empty(),
                            IgnoreComplete$.MODULE$);
        }
        return Tcp.get(system)
                .outgoingConnection(
                        InetSocketAddress.createUnresolved(peer.host(), peer.relayPort()),
                        settings.outgoingHost().map(host -> new InetSocketAddress(host, 0)),
                        RelayTcp.options(settings),
                        false,
                        Optional.of(settings.connectTimeout()),
                        Optional.empty());
    }

    /** Not on the caller's thread: {@link #open} returns before its sink hears anything. */
    private void later(Runnable task) {
        Executor executor = java.util.concurrent.ForkJoinPool.commonPool();
        executor.execute(task);
    }
}
