package io.headwater.relay;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.topology.Peer;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections to nodes of other groups that are opened before they are needed. A link that is opened over one of them has its
 * first frames after one round trip instead of three, or four with TLS: the connection stands, the opening is sent, the
 * challenge is there. Between regions that is most of what a viewer feels of an origin's death.
 *
 * <p>As many are kept to a node as hubs name it as the next one to pull from, up to a limit over all nodes. An upstream ends a
 * handshake that takes too long, so each makes room for a younger one before that; and by being made anew it is known to work.
 */
final class SpareLinks {
    private static final Logger log = LoggerFactory.getLogger(SpareLinks.class);
    /** Of the time that an upstream gives a handshake: when a younger one is opened, and when the old one is closed at the latest. */
    private static final double YOUNG = 0.5;

    private static final double OLD = 0.8;
    /** Of all that may be open, what one node may have. */
    private static final int SHARE = 4;
    /** After one was used, or could not be had: nobody waits for the next. */
    private static final long REST_LEAST_MS = 500;

    private static final long REST_MOST_MS = 30_000;

    private final int most;
    private final long handshakeMs;
    private final Function<Peer, ChannelFuture> connecting;
    private final RelaySelf self;
    private final Counters counters;
    private final Map<StreamKey, Peer> named = new HashMap<>();
    private final Map<Peer, Pool> pools = new HashMap<>();
    private int open;

    /** @param connecting connects to a peer, through TLS where links do; throws if this node's event loops have stopped */
    SpareLinks(RelaySettings settings, RelaySelf self, Counters counters, Function<Peer, ChannelFuture> connecting) {
        this.most = settings.spareLinks();
        this.handshakeMs = settings.handshakeTimeout().toMillis();
        this.connecting = connecting;
        this.self = self;
        this.counters = counters;
    }

    /** One connection: its opening was sent, and what its peer said to that is held. */
    static final class Spare {
        final Channel channel;
        final byte[] opening = PullSession.opening(RelaySecrets.nonce());
        private final HeldBytes heard = new HeldBytes();
        private boolean old;
        private boolean taken;

        private Spare(Channel channel) {
            this.channel = channel;
        }

        /** To whoever reads the channel now: what was heard so far. */
        void tell() {
            channel.eventLoop().execute(() -> {
                if (channel.pipeline().context(heard) != null) {
                    channel.pipeline().remove(heard);
                }
            });
        }
    }

    /** Those to one node. */
    private static final class Pool {
        final Peer peer;
        final Deque<Spare> ready = new ArrayDeque<>();
        int namedBy;
        int opening;
        int failures;
        boolean resting;

        Pool(Peer peer) {
            this.peer = peer;
        }

        int young() {
            return opening + (int) ready.stream().filter(spare -> !spare.old).count();
        }
    }

    /** Whom the stream would be pulled from next, if its feed failed; nobody if empty. */
    synchronized void named(StreamKey key, Optional<Peer> next) {
        if (most == 0) {
            return;
        }
        Peer now = next.filter(peer -> !peer.group().equals(self.group().get())).orElse(null);
        Peer before = now == null ? named.remove(key) : named.put(key, now);
        if (Objects.equals(now, before)) {
            return;
        }
        if (now != null) {
            Pool pool = pools.computeIfAbsent(now, Pool::new);
            pool.namedBy++;
            fill(pool);
        }
        Pool left = before == null ? null : pools.get(before);
        if (left != null) {
            left.namedBy--;
            trim(left);
        }
    }

    /** One to that node, the caller's from now on; nothing if none is ready. */
    synchronized Optional<Spare> take(Peer peer) {
        Pool pool = pools.get(peer);
        while (pool != null && !pool.ready.isEmpty()) {
            Spare youngest = pool.ready.removeLast();
            open--;
            if (youngest.channel.isActive()) {
                youngest.taken = true;
                counters.increment(Metric.RELAY_SPARES_USED);
                rest(pool);
                return Optional.of(youngest);
            }
        }
        return Optional.empty();
    }

    private void fill(Pool pool) {
        int share = Math.min(pool.namedBy, Math.max(1, most / SHARE));
        while (!pool.resting && pool.young() < share) {
            if (open >= most) {
                counters.increment(Metric.RELAY_SPARES_LIMITED);
                pool.failures++;
                rest(pool);
                return;
            }
            try {
                open(pool);
            } catch (IllegalStateException | RejectedExecutionException stopped) {
                pool.resting = true; // for good: this node ends
            }
        }
    }

    private void open(Pool pool) {
        ChannelFuture connected = connecting.apply(pool.peer);
        Spare spare = new Spare(connected.channel());
        open++;
        pool.opening++;
        connected.addListener(done -> {
            if (done.isSuccess()) {
                // after what else belongs to the connection's beginning, such as that of TLS
                spare.channel.eventLoop().execute(() -> greet(pool, spare));
            } else {
                failed(pool, done.cause());
            }
        });
    }

    /** On the channel's event loop. */
    private void greet(Pool pool, Spare spare) {
        Channel channel = spare.channel;
        channel.pipeline().addLast(spare.heard);
        channel.config().setAutoRead(true);
        later(spare, OLD, () -> expire(pool, spare));
        channel.writeAndFlush(Unpooled.wrappedBuffer(spare.opening)).addListener(sent -> {
            if (sent.isSuccess()) {
                ready(pool, spare);
            } else {
                channel.close();
                failed(pool, sent.cause());
            }
        });
    }

    private void later(Spare spare, double share, Runnable task) {
        long ms = Math.max(1, (long) (handshakeMs * share));
        var timer = spare.channel.eventLoop().schedule(task, ms, TimeUnit.MILLISECONDS);
        spare.channel.closeFuture().addListener(closed -> timer.cancel(false));
    }

    private synchronized void ready(Pool pool, Spare spare) {
        counters.increment(Metric.RELAY_SPARES_OPENED);
        pool.opening--;
        pool.failures = 0;
        pool.ready.addLast(spare);
        pool.ready.stream().filter(other -> other.old).findFirst().ifPresent(other -> drop(pool, other));
        spare.channel.closeFuture().addListener(closed -> gone(pool, spare));
        later(spare, YOUNG, () -> age(pool, spare));
        trim(pool);
    }

    private synchronized void failed(Pool pool, Throwable cause) {
        log.debug("no spare connection to {}: {}", pool.peer.node(), cause.getMessage());
        pool.opening--;
        open--;
        again(pool);
    }

    /** It was closed: by its peer, if it is still among those that are ready. */
    private synchronized void gone(Pool pool, Spare spare) {
        if (pool.ready.remove(spare)) {
            open--;
            again(pool);
        }
    }

    private void again(Pool pool) {
        counters.increment(Metric.RELAY_SPARES_FAILED);
        pool.failures++;
        rest(pool);
        trim(pool);
    }

    private synchronized void age(Pool pool, Spare spare) {
        if (pool.ready.contains(spare)) {
            spare.old = true;
            fill(pool);
        }
    }

    /** No younger one came in time, or this one is still not ready. Better none than one that its upstream is about to end. */
    private synchronized void expire(Pool pool, Spare spare) {
        if (pool.ready.contains(spare)) {
            drop(pool, spare);
            fill(pool);
        } else if (!spare.taken) {
            spare.channel.close();
        }
    }

    private void drop(Pool pool, Spare spare) {
        pool.ready.remove(spare);
        open--;
        spare.channel.close();
    }

    private void rest(Pool pool) {
        if (pool.resting) {
            return;
        }
        pool.resting = true;
        long longest = Math.min(REST_MOST_MS, (2 * REST_LEAST_MS) << Math.min(pool.failures, 10));
        long ms = ThreadLocalRandom.current().nextLong(REST_LEAST_MS, longest);
        CompletableFuture.delayedExecutor(ms, TimeUnit.MILLISECONDS).execute(() -> rested(pool));
    }

    private synchronized void rested(Pool pool) {
        pool.resting = false;
        fill(pool);
    }

    /** Closes those that nobody names any more. */
    private void trim(Pool pool) {
        while (!pool.ready.isEmpty() && (pool.namedBy == 0 || pool.young() > pool.namedBy)) {
            drop(pool, pool.ready.getFirst());
        }
        if (pool.namedBy == 0 && pool.opening == 0) {
            pools.remove(pool.peer, pool);
        }
    }
}
