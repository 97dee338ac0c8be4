package io.headwater.relay;

import io.headwater.codec.MalformedException;
import io.headwater.codec.relay.EndCode;
import io.headwater.codec.relay.RelayMessage;
import io.headwater.codec.relay.RelayMessage.Hello;
import io.headwater.codec.relay.RelayReader;
import io.headwater.codec.relay.RelayWriter;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Entry;
import io.headwater.stream.Streams;
import io.headwater.stream.SubscribeRequest;
import io.headwater.stream.Subscriber;
import io.headwater.stream.Subscription;
import io.headwater.topology.NodeId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.InHandler;
import org.apache.pekko.stream.stage.OutHandler;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one downstream node: its bytes in, the stream it asks for out, as fast as it takes it. A downstream that takes
 * nothing is not polled for: it falls behind in the hub's ring and loses whole groups of pictures there.
 */
final class ServeStage extends GraphStage<FlowShape<ByteString, ByteString>> {
    private static final Logger log = LoggerFactory.getLogger(ServeStage.class);
    /** How long a peer may take to read what was sent before a refusal or an end, and to close. */
    private static final Duration GOODBYE = Duration.ofSeconds(2);

    private final Inlet<ByteString> in = Inlet.create("relay.serve.in");
    private final Outlet<ByteString> out = Outlet.create("relay.serve.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final RelayServer server;
    private final String address;
    private final ScheduledExecutorService loop;

    /** @param loop where the link runs: it tells the end of a batch to the millisecond, Pekko's scheduler in steps of its tick */
    ServeStage(RelayServer server, String address, ScheduledExecutorService loop) {
        this.server = server;
        this.address = address;
        this.loop = loop;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    /** One served link, as the server sees it. */
    interface Served {
        /** Ends the link with a word to the peer. From any thread. */
        void end(EndCode code, String text);

        /** From any thread; empty before the peer asked for a stream. */
        Optional<RelayLinkSnapshot> snapshot();
    }

    private enum Timer {
        HANDSHAKE,
        GOODBYE
    }

    private final class Logic extends TimerGraphStageLogic implements InHandler, OutHandler, Subscriber, Served {
        private final RelaySettings settings = server.settings();
        private final Counters counters = server.counters();
        private final RelayReader reader = RelayReader.atUpstream();
        private final ServeSession session = new ServeSession(server.self(), server.secret(), RelaySecrets.nonce());
        private final AsyncCallback<Runnable> here = createAsyncCallback(Runnable::run);
        private final Batch batch = new Batch();
        private final KeepAlives keepAlives =
                new KeepAlives(settings.keepAlive(), settings.silentAfter(), System.nanoTime());
        private @Nullable Hello hello;
        private volatile @Nullable LinkTraffic traffic;
        private @Nullable Subscription subscription;
        private @Nullable FrameSender sender;
        private List<NodeId> path = List.of();
        private boolean readable;
        private boolean collecting;
        private @Nullable ScheduledFuture<?> nextKeepAlive;
        private @Nullable End ended;
        private boolean goodbye;

        Logic() {
            super(shape);
            setHandler(in, this);
            setHandler(out, this);
        }

        @Override
        public void preStart() {
            server.opened(this);
            scheduleOnce(Timer.HANDSHAKE, settings.handshakeTimeout());
            pull(in);
        }

        @Override
        public void postStop() {
            if (subscription != null) {
                subscription.close();
            }
            if (sender != null) {
                counters.increment(Metric.RELAY_SERVES_CLOSED);
            }
            endKeepAlives();
            Hello asked = hello;
            if (asked != null) {
                log.debug("relay of {} to {} at {} is over", asked.key(), asked.node(), address);
            }
            server.closed(this);
        }

        // What the peer sends

        @Override
        public void onPush() {
            ByteString bytes = grab(in);
            keepAlives.received(System.nanoTime());
            if (!goodbye) {
                try {
                    for (ByteBuffer piece : bytes.getByteBuffers()) {
                        read(piece);
                    }
                } catch (MalformedException e) {
                    refuse(EndCode.MALFORMED, String.valueOf(e.getMessage()));
                }
            }
            flush();
            if (!isClosed(in) && !hasBeenPulled(in)) {
                pull(in);
            }
        }

        private void read(ByteBuffer piece) throws MalformedException {
            RelayMessage message = reader.read(piece);
            while (message != null && !goodbye) {
                if (message instanceof RelayMessage.Unknown) {
                    counters.increment(Metric.RELAY_MESSAGES_SKIPPED);
                } else if (hello == null) {
                    handshake(message);
                } else if (message instanceof RelayMessage.KeepAlive keepAlive) {
                    counters.increment(Metric.RELAY_KEEP_ALIVES_IN);
                    keepAlives.asked(keepAlive);
                } else if (message instanceof RelayMessage.Echo echo) {
                    roundTrip(echo);
                } else {
                    throw new MalformedException(
                            "a " + message.getClass().getSimpleName() + " arrived after the hello");
                }
                message = reader.read(piece);
            }
        }

        private void handshake(RelayMessage message) throws MalformedException {
            ServeSession.Step step = session.on(message, reader.body());
            if (step instanceof ServeSession.Step.Say say) {
                batch.add(say.message());
            } else if (step instanceof ServeSession.Step.Refuse refuse) {
                refuse(refuse.code(), refuse.text());
            } else if (step instanceof ServeSession.Step.Serve serve) {
                batch.add(serve.accept());
                subscribe(serve.hello());
            }
        }

        private void subscribe(Hello asked) {
            hello = asked;
            cancelTimer(Timer.HANDSHAKE);
            traffic =
                    new LinkTraffic(RelayLinkSnapshot.Direction.OUT, asked.node(), asked.group(), address, asked.key());
            keepAlive();
            Executor executor = here::invoke;
            subscription = server.streams()
                    .subscribe(
                            asked.key(),
                            new SubscribeRequest(
                                    new Streams.PeerInfo("relay", address),
                                    Optional.of(new SubscribeRequest.Relay(
                                            asked.node(),
                                            asked.epoch(),
                                            asked.afterSequence(),
                                            asked.via(),
                                            asked.inNeed(),
                                            asked.numbers(),
                                            asked.oldest()))),
                            executor,
                            this);
        }

        private void roundTrip(RelayMessage.Echo echo) {
            long us = keepAlives.roundTripUs(echo, System.nanoTime());
            LinkTraffic told = traffic;
            if (us >= 0 && told != null) {
                told.roundTrip(us);
            }
        }

        @Override
        public void onUpstreamFinish() {
            completeStage();
        }

        @Override
        public void onUpstreamFailure(Throwable cause) {
            if (cause instanceof SSLException strange && hello == null && !goodbye) {
                server.strange(address, strange);
            } else {
                log.debug("relay link from {} broke: {}", address, cause.getMessage());
            }
            completeStage();
        }

        // What the hub says, on this stage's thread

        @Override
        public void onStarted(long epoch, boolean resumed) {
            Hello asked = hello;
            if (goodbye || asked == null || sender != null) {
                return;
            }
            if (epoch < asked.epoch()) {
                refuse(
                        EndCode.STALE,
                        "this node is in epoch " + epoch + " of " + asked.key() + ", " + asked.node() + " in "
                                + asked.epoch());
                flush();
                return;
            }
            sender = new FrameSender(epoch, settings.maxFrameBytes(), counters);
            counters.increment(Metric.RELAY_SERVES_OPENED);
            if (resumed) {
                counters.increment(Metric.RELAY_SERVES_RESUMED);
            }
            log.info(
                    "relaying {} to {} at {} in epoch {}{}",
                    asked.key(),
                    asked.node(),
                    address,
                    epoch,
                    resumed ? " after " + asked.afterSequence() : "");
            batch.add(RelayWriter.write(new RelayMessage.Welcome(epoch, resumed, path)));
            flush();
        }

        @Override
        public void onPath(List<NodeId> newPath) {
            path = RelayServer.withinLimit(newPath);
            if (sender != null && !goodbye) {
                batch.add(RelayWriter.write(new RelayMessage.Path(path)));
                flush();
            }
        }

        @Override
        public void onReadable() {
            readable = true;
            if (settings.batchTime().isZero()) {
                flush();
            } else if (!collecting) {
                collecting = true;
                loop.schedule(
                        () -> here.invoke(this::batchEnds), settings.batchTime().toNanos(), TimeUnit.NANOSECONDS);
            }
        }

        private void batchEnds() {
            collecting = false;
            flush();
        }

        @Override
        public void onEnd(End end) {
            ended = end;
            readable = true;
            flush();
        }

        // What goes out, when the peer takes it

        @Override
        public void onPull() {
            flush();
        }

        @Override
        public void onDownstreamFinish(Throwable cause) {
            if (hello != null || goodbye) {
                completeStage();
            } // else the other side tells why, or the timer ends it
        }

        private void flush() {
            if (isClosed(out) || !isAvailable(out)) {
                return;
            }
            if (!goodbye) {
                keepAlives.answer().ifPresent(echo -> batch.add(RelayWriter.write(echo)));
                poll();
            }
            if (batch.length() > 0) {
                keepAlives.sent(System.nanoTime());
                counters.add(Metric.RELAY_BYTES_OUT, batch.length());
                LinkTraffic told = traffic;
                if (told != null) {
                    told.bytes(batch.length());
                }
                push(out, batch.take());
            }
        }

        private void poll() {
            FrameSender to = sender;
            Subscription from = subscription;
            LinkTraffic told = traffic;
            while (readable
                    && !collecting
                    && to != null
                    && from != null
                    && told != null
                    && batch.length() < settings.batchBytes()) {
                Entry entry = from.poll();
                if (entry == null) {
                    readable = false;
                } else if (to.add(entry, from.restarted(), batch)) {
                    counters.increment(Metric.RELAY_FRAMES_OUT);
                    told.frame(entry.frame().epoch(), entry.frame().sequence());
                }
            }
            End end = ended;
            if (end != null && (to == null || (!readable && batch.length() < settings.batchBytes()))) {
                end(end);
            }
        }

        // Ends

        private void end(End end) {
            if (end instanceof End.NoFeed noFeed) {
                switch (noFeed.reason()) {
                    case NOT_PUBLISHED -> refuse(EndCode.NOT_HERE, "nobody publishes it");
                    case ENDED -> refuse(EndCode.ENDED, "the stream ended");
                    case UNAVAILABLE -> refuse(EndCode.UNAVAILABLE, "this node cannot find its feed");
                }
            } else if (end instanceof End.TooSlow) {
                counters.increment(Metric.RELAY_SERVES_TOO_SLOW);
                refuse(EndCode.TOO_SLOW, "too far behind for too long");
            } else if (end instanceof End.Loop) {
                refuse(EndCode.LOOP, "the asking node is on the way of the stream to this one");
            } else if (end instanceof End.Refused refused) {
                refuse(EndCode.REFUSED, refused.reason());
            }
        }

        /** Says why and waits for the peer to hang up; a refusal before the welcome, an end after it. */
        private void refuse(EndCode code, String text) {
            if (goodbye) {
                return;
            }
            goodbye = true;
            boolean welcomed = sender != null;
            batch.add(RelayWriter.write(
                    welcomed ? new RelayMessage.End(code, text) : new RelayMessage.Refuse(code, text)));
            if (welcomed) {
                log.info("relay to {} ends ({}): {}", address, code, text);
            } else {
                server.refused(address, code, text);
            }
            if (subscription != null) {
                subscription.close();
            }
            cancelTimer(Timer.HANDSHAKE);
            endKeepAlives();
            scheduleOnce(Timer.GOODBYE, GOODBYE);
        }

        @Override
        public void end(EndCode code, String text) {
            here.invoke(() -> {
                refuse(code, text);
                flush();
            });
        }

        @Override
        public Optional<RelayLinkSnapshot> snapshot() {
            return Optional.ofNullable(traffic).map(LinkTraffic::snapshot);
        }

        @Override
        public void onTimer(Object key) {
            switch ((Timer) key) {
                case HANDSHAKE -> {
                    refuse(
                            EndCode.TIMEOUT,
                            "no hello within " + settings.handshakeTimeout().toMillis() + " ms");
                    flush();
                }
                case GOODBYE -> completeStage();
            }
        }

        private void endKeepAlives() {
            if (nextKeepAlive != null) {
                nextKeepAlive.cancel(false);
                nextKeepAlive = null;
            }
        }

        private void keepAlive() {
            if (goodbye) {
                return; // the loop had called already
            }
            long nowNs = System.nanoTime();
            if (keepAlives.silent(nowNs)) {
                counters.increment(Metric.RELAY_SERVES_SILENT);
                log.info(
                        "relay to {} ends: nothing heard for {} ms",
                        address,
                        settings.silentAfter().toMillis());
                completeStage();
                return;
            }
            if (isAvailable(out)) { // else bytes are on their way that say the same
                keepAlives.due(nowNs).ifPresent(keepAlive -> {
                    counters.increment(Metric.RELAY_KEEP_ALIVES_OUT);
                    batch.add(RelayWriter.write(keepAlive));
                    flush();
                });
            }
            // by the loop's own clock: the actor system's would have to tick for it all the time, links or not
            nextKeepAlive =
                    loop.schedule(() -> here.invoke(this::keepAlive), keepAlives.nextNs(nowNs), TimeUnit.NANOSECONDS);
        }
    }
}
