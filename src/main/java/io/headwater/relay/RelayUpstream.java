package io.headwater.relay;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.net.Tls;
import io.headwater.stream.Upstream;
import io.headwater.topology.Peer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.pekko.stream.javadsl.Flow;

/**
 * Pulls streams from other nodes: one TCP connection for each stream and upstream node. Never tries twice: the hub
 * decides what a link that ended means.
 */
public final class RelayUpstream implements Upstream {
    private final RelayLoops loops;
    private final RelaySettings settings;
    private final RelaySelf self;
    private final Optional<Tls> tls;
    private final Counters counters;
    private final SpareLinks spares;
    private final Set<PullLink> links = ConcurrentHashMap.newKeySet();

    /** Links without TLS. */
    public RelayUpstream(RelayLoops loops, RelaySettings settings, RelaySelf self, Counters counters) {
        this(loops, settings, Optional.empty(), self, counters);
    }

    /** @param tls with whom to prove each other who one is; nothing for plain TCP */
    public RelayUpstream(
            RelayLoops loops, RelaySettings settings, Optional<Tls> tls, RelaySelf self, Counters counters) {
        this.loops = loops;
        this.settings = settings;
        this.self = self;
        this.tls = tls;
        this.counters = counters;
        this.spares = new SpareLinks(settings, self, counters, this::connect);
    }

    @Override
    public void next(StreamKey key, Optional<Peer> peer) {
        spares.named(key, peer);
    }

    @Override
    public Link open(Peer peer, Request request, Sink sink) {
        counters.increment(Metric.RELAY_PULLS_STARTED);
        PullLink link = new PullLink(self, settings, peer, request, sink, counters, links::remove);
        links.add(link);
        if (!link.askable()) {
            later(() -> link.over(
                    link.session(),
                    Closed.Kind.LOOP,
                    Metric.RELAY_PULLS_LOOP,
                    "it would be more nodes away than a stream may travel"));
            return link;
        }
        Optional<SpareLinks.Spare> spare = spares.take(peer);
        if (spare.isPresent()) {
            Channel channel = spare.get().channel;
            link.over(spare.get().opening, () -> connect(peer, link));
            link.started(channel::close);
            connected(channel, link);
            spare.get().tell();
        } else {
            connect(peer, link);
        }
        return link;
    }

    /** The links that are open or being opened now. */
    public List<RelayLinkSnapshot> links() {
        return links.stream().map(PullLink::snapshot).toList();
    }

    private void connect(Peer peer, PullLink link) {
        ChannelFuture connecting;
        try {
            connecting = connect(peer);
        } catch (RejectedExecutionException | IllegalStateException stopped) {
            later(() -> broken(link, "this node's event loops have stopped"));
            return;
        }
        Channel channel = connecting.channel();
        link.started(channel::close);
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                connected(channel, link);
            } else {
                broken(link, "cannot connect: " + done.cause().getMessage());
            }
        });
    }

    private ChannelFuture connect(Peer peer) {
        Bootstrap client = loops.client(settings).handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                tls.ifPresent(with -> {
                    SslHandler handler = new SslHandler(with.clientEngine());
                    handler.setHandshakeTimeoutMillis(0); // the link has a limit of its own, which goes on after it
                    channel.pipeline().addLast(handler);
                });
            }
        });
        settings.outgoingHost().ifPresent(host -> client.localAddress(host, 0));
        return client.connect(peer.host(), peer.relayPort());
    }

    private void connected(Channel channel, PullLink link) {
        try {
            loops.run(channel, Flow.fromGraph(new PullStage(settings, counters, link)));
        } catch (IllegalStateException stopped) {
            channel.close();
            broken(link, "this node's media system has stopped");
        }
    }

    private static void broken(PullLink link, String why) {
        link.over(link.session(), Closed.Kind.BROKEN, Metric.RELAY_PULLS_BROKEN, why);
    }

    /** Not on the caller's thread: {@link #open} returns before its sink hears anything. */
    private void later(Runnable task) {
        Executor executor = java.util.concurrent.ForkJoinPool.commonPool();
        executor.execute(task);
    }
}
