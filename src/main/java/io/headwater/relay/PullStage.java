package io.headwater.relay;

import io.headwater.codec.MalformedException;
import io.headwater.codec.relay.RelayMessage;
import io.headwater.codec.relay.RelayReader;
import io.headwater.codec.relay.RelayWriter;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Upstream.Closed;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
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

/** Pulls one stream from one upstream node: its bytes in, frames to the hub, a few small messages out. */
final class PullStage extends GraphStage<FlowShape<ByteString, ByteString>> {
    /** The hub judges a quiet upstream; the upstream only wants to know that somebody is there. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(1);

    private final Inlet<ByteString> in = Inlet.create("relay.pull.in");
    private final Outlet<ByteString> out = Outlet.create("relay.pull.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final RelaySettings settings;
    private final Counters counters;
    private final PullLink link;

    PullStage(RelaySettings settings, Counters counters, PullLink link) {
        this.settings = settings;
        this.counters = counters;
        this.link = link;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private enum Timer {
        HANDSHAKE,
        KEEP_ALIVE
    }

    private final class Logic extends TimerGraphStageLogic implements InHandler, OutHandler {
        private final PullSession session = link.session();
        private final RelayReader reader = RelayReader.atDownstream(settings.maxFrameBytes());
        private final Batch batch = new Batch();
        private final KeepAlives keepAlives = new KeepAlives(KEEP_ALIVE, settings.silentAfter(), System.nanoTime());

        Logic() {
            super(shape);
            setHandler(in, this);
            setHandler(out, this);
        }

        @Override
        public void preStart() {
            scheduleOnce(Timer.HANDSHAKE, settings.handshakeTimeout());
            scheduleOnce(Timer.KEEP_ALIVE, KEEP_ALIVE);
            batch.add(link.toSend());
            pull(in);
            AsyncCallback<Runnable> here = createAsyncCallback(Runnable::run);
            link.started(() -> here.invoke(this::stop));
        }

        @Override
        public void postStop() {
            link.over(session, Closed.Kind.BROKEN, Metric.RELAY_PULLS_BROKEN, "this node's media system stopped");
        }

        /** The hub closed the link. */
        private void stop() {
            link.over(session, Closed.Kind.BROKEN, Metric.RELAY_PULLS_BROKEN, "closed");
            completeStage();
        }

        @Override
        public void onPull() {
            flush();
        }

        @Override
        public void onPush() {
            ByteString bytes = grab(in);
            keepAlives.received(System.nanoTime());
            counters.add(Metric.RELAY_BYTES_IN, bytes.size());
            link.traffic().bytes(bytes.size());
            try {
                for (ByteBuffer piece : bytes.getByteBuffers()) {
                    if (!read(piece)) {
                        return;
                    }
                }
            } catch (MalformedException e) {
                end(Closed.Kind.BROKEN, Metric.RELAY_PULLS_MALFORMED, String.valueOf(e.getMessage()));
                return;
            }
            flush();
            pull(in);
        }

        /** Whether the link goes on. */
        private boolean read(ByteBuffer piece) throws MalformedException {
            RelayMessage message = reader.read(piece);
            while (message != null && !link.closed()) {
                Optional<PullSession.Over> over = on(message);
                if (over.isPresent()) {
                    end(over.get().kind(), over.get().counter(), over.get().detail());
                    return false;
                }
                message = reader.read(piece);
            }
            return true;
        }

        private Optional<PullSession.Over> on(RelayMessage message) throws MalformedException {
            if (message instanceof RelayMessage.KeepAlive keepAlive) {
                counters.increment(Metric.RELAY_KEEP_ALIVES_IN);
                keepAlives.asked(keepAlive);
                session.onAlive();
                return Optional.empty();
            } else if (message instanceof RelayMessage.Echo echo) {
                long us = keepAlives.roundTripUs(echo, System.nanoTime());
                if (us >= 0) {
                    link.traffic().roundTrip(us);
                }
                return Optional.empty();
            } else if (message instanceof RelayMessage.Unknown) {
                counters.increment(Metric.RELAY_MESSAGES_SKIPPED);
                return Optional.empty();
            } else if (message instanceof RelayMessage.Challenge challenge) {
                return session.onChallenge(challenge, reader.body(), batch::add);
            }
            Optional<PullSession.Over> over = session.on(message);
            if (session.accepted()) {
                cancelTimer(Timer.HANDSHAKE);
            }
            return over;
        }

        @Override
        public void onUpstreamFinish() {
            end(Closed.Kind.BROKEN, Metric.RELAY_PULLS_BROKEN, "it closed the connection");
        }

        @Override
        public void onUpstreamFailure(Throwable cause) {
            String said = cause.getMessage();
            end(Closed.Kind.BROKEN, Metric.RELAY_PULLS_BROKEN, said == null ? cause.toString() : said);
        }

        @Override
        public void onDownstreamFinish(Throwable cause) {
            end(Closed.Kind.BROKEN, Metric.RELAY_PULLS_BROKEN, "the connection broke");
        }

        @Override
        public void onTimer(Object key) {
            if (key == Timer.HANDSHAKE) {
                end(
                        Closed.Kind.BROKEN,
                        Metric.RELAY_PULLS_BROKEN,
                        "no handshake within " + settings.handshakeTimeout().toMillis() + " ms");
                return;
            }
            long nowNs = System.nanoTime();
            if (keepAlives.silent(nowNs)) {
                end(
                        Closed.Kind.BROKEN,
                        Metric.RELAY_PULLS_BROKEN,
                        "silent for " + settings.silentAfter().toMillis() + " ms");
                return;
            }
            if (session.accepted() && isAvailable(out)) {
                keepAlives.due(nowNs).ifPresent(keepAlive -> {
                    counters.increment(Metric.RELAY_KEEP_ALIVES_OUT);
                    batch.add(RelayWriter.write(keepAlive));
                    flush();
                });
            }
            scheduleOnce(Timer.KEEP_ALIVE, Duration.ofNanos(keepAlives.nextNs(nowNs)));
        }

        private void flush() {
            if (isClosed(out) || !isAvailable(out)) {
                return;
            }
            keepAlives.answer().ifPresent(echo -> batch.add(RelayWriter.write(echo)));
            if (batch.length() > 0) {
                keepAlives.sent(System.nanoTime());
                push(out, batch.take());
            }
        }

        private void end(Closed.Kind kind, Metric counter, String detail) {
            link.over(session, kind, counter, detail);
            completeStage();
        }
    }
}
