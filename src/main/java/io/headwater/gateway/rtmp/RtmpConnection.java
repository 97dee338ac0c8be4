package io.headwater.gateway.rtmp;

import io.headwater.codec.MalformedException;
import io.headwater.codec.rtmp.AckWindow;
import io.headwater.codec.rtmp.Aggregate;
import io.headwater.codec.rtmp.ChunkReader;
import io.headwater.codec.rtmp.ChunkWriter;
import io.headwater.codec.rtmp.ControlMessage;
import io.headwater.codec.rtmp.ControlMessage.UserControl;
import io.headwater.codec.rtmp.MessageType;
import io.headwater.codec.rtmp.RtmpLimits;
import io.headwater.codec.rtmp.RtmpMessage;
import io.headwater.codec.rtmp.ServerHandshake;
import io.headwater.media.Bytes;
import io.headwater.net.Counters;
import io.headwater.net.Goodbye;
import io.headwater.net.LogLimit;
import io.headwater.net.Metric;
import io.headwater.net.Tls;
import io.headwater.stream.Admission;
import io.headwater.stream.Streams;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: handshake, chunks, acknowledgements, pings, time limits and the ways to end. What the messages
 * mean is {@link RtmpSession}'s. Everything happens on the channel's event loop.
 */
final class RtmpConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(RtmpConnection.class);

    private static final long MESSAGE_OVERHEAD = 64;
    /** What a connection may hold beside its largest message. */
    private static final long SLACK = 1 << 20;
    /** A look at the clock so much after its time tells that the process stood still. */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Then what the client sent meanwhile is read first. */
    private static final long READING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final RtmpSettings settings;
    private final Counters counters;
    private final LogLimit events;
    private final LogLimit faults;
    private final ServerHandshake handshake = new ServerHandshake(ThreadLocalRandom.current());
    private final ChunkReader reader;
    private final ChunkWriter writer = new ChunkWriter();
    private final AckWindow acks = new AckWindow();
    private final RtmpSession session;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ScheduledFuture<?> deadline;
    private long dueNanos;
    private String peer = "";
    private boolean leaving;

    /** Messages that wait while reading is held, and their bytes. */
    private final Queue<RtmpMessage> held = new ArrayDeque<>();

    private long heldBytes;
    private boolean holding;

    RtmpConnection(
            RtmpSettings settings,
            Admission admission,
            Streams streams,
            Counters counters,
            RtmpWireFormat format,
            LogLimit events,
            LogLimit faults) {
        this.settings = settings;
        this.counters = counters;
        this.events = events;
        this.faults = faults;
        this.reader = new ChunkReader(RtmpLimits.ofMessageBytes(settings.maxMessageBytes()));
        this.session = new RtmpSession(this, settings, admission, streams, counters, format);
    }

    static String shown(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : String.valueOf(address);
    }

    /** The client's {@code host:port}. */
    String peer() {
        return peer;
    }

    ChannelHandlerContext context() {
        return java.util.Objects.requireNonNull(context);
    }

    /** Runs {@code task} on the connection's thread, from any thread. */
    void execute(Runnable task) {
        context().channel().eventLoop().execute(task);
    }

    // ---- out

    /** Writes a message; {@link #flush} sends it. */
    void write(RtmpMessage message) {
        if (!leaving && !readsAnswers()) {
            fail(Metric.RTMP_MALFORMED, "does not read the answers to what it asks");
        }
        if (!leaving) {
            context().write(buffer(writer.write(message)), context().voidPromise());
        }
    }

    void flush() {
        if (!leaving) {
            context().flush();
        }
    }

    /** Ends the connection so that what was written arrives; nothing is read or written any more. */
    void leave() {
        if (!leaving) {
            stopListening();
            Goodbye.say(context(), Unpooled.EMPTY_BUFFER);
        }
    }

    /** Ends the connection for a fault of the peer: one line, one count. */
    void fail(Metric metric, String reason) {
        if (!leaving) {
            counters.increment(metric);
            faults.log(LOG::info, line(reason));
            stopListening();
            context().close();
        }
    }

    /** A line about this connection, unless there were too many lately. */
    void info(String text) {
        events.log(LOG::info, line(text));
    }

    void debug(String text) {
        if (LOG.isDebugEnabled()) {
            LOG.debug(line(text));
        }
    }

    private String line(String text) {
        return "rtmp " + peer + session.shownStream() + ": " + text;
    }

    /** Asks the client to go on over another connection, if it knows what that means. From any thread. */
    void reconnect(Optional<String> place) {
        execute(() -> {
            if (!leaving) {
                session.reconnect(place);
            }
        });
    }

    /** Sends a player to another server and ends the connection. */
    void redirect(String url, Admission.Decision.Elsewhere elsewhere) {
        info("sent to " + elsewhere.place().rtmp() + ": " + elsewhere.reason());
        session.redirect(url, elsewhere);
        flush();
        leave();
    }

    // ---- in

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        peer = shown(active.channel().remoteAddress());
        checkAfter(settings.handshakeTimeout().toNanos());
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (!leaving) {
                counters.add(Metric.RTMP_BYTES_IN, bytes.readableBytes());
                read(bytes.nioBuffer());
            }
        } catch (MalformedException malformed) {
            fail(Metric.RTMP_MALFORMED, String.valueOf(malformed.getMessage()));
        } finally {
            bytes.release();
        }
    }

    private void read(ByteBuffer in) throws MalformedException {
        if (!handshake.isDone()) {
            Bytes answer = handshake.read(in);
            if (!answer.isEmpty()) {
                context().writeAndFlush(buffer(answer), context().voidPromise());
            }
            if (!handshake.isDone()) {
                return;
            }
            session.onHandshake();
        }
        reader.read(in, this::onMessage);
        OptionalLong due = acks.due(reader.bytesRead());
        if (due.isPresent()) {
            write(new ControlMessage.Acknowledgement(due.getAsLong()).toMessage());
            flush();
        }
    }

    private void onMessage(RtmpMessage message) throws MalformedException {
        if (leaving) {
            return;
        }
        if (holding) {
            hold(message);
            return;
        }
        switch (message.type()) {
            case MessageType.COMMAND_AMF0, MessageType.COMMAND_AMF3 -> session.onCommand(message);
            case MessageType.AUDIO, MessageType.VIDEO, MessageType.DATA_AMF0, MessageType.DATA_AMF3 ->
                session.onMedia(message);
            case MessageType.AGGREGATE -> Aggregate.split(message, this::onMessage);
            case MessageType.WINDOW_ACK_SIZE, MessageType.USER_CONTROL -> {
                Optional<ControlMessage> control = ControlMessage.read(message);
                control.ifPresent(this::onControl);
            }
            default -> {} // shared objects and what nobody uses
        }
    }

    private void onControl(ControlMessage control) {
        if (control instanceof ControlMessage.WindowAckSize window) {
            acks.resize(window.bytes());
        } else if (control instanceof UserControl ping && ping.event() == UserControl.PING_REQUEST) {
            write(new UserControl(UserControl.PING_RESPONSE, ping.value()).toMessage());
            flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext from) {
        session.writabilityChanged();
        from.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        leaving = true;
        held.clear();
        if (deadline != null) {
            deadline.cancel(false);
        }
        session.onClosed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        if (cause instanceof IOException) { // reset by the peer and the like
            LOG.debug("rtmp {}: {}", peer, cause.getMessage());
        } else if (cause.getCause() instanceof SSLException broken) {
            LOG.debug("rtmp {}: {}", peer, Tls.reason(broken));
        } else {
            LOG.error("rtmp {}{}: connection closed after a fault of this server", peer, session.shownStream(), cause);
        }
        from.close();
    }

    // ---- holding back

    /** Reads no more from the socket; messages that came already wait until {@link #resumeReading}. */
    void holdReading() {
        holding = true;
        context().channel().config().setAutoRead(false);
    }

    /** What waited is told in order, then reading goes on. */
    void resumeReading() {
        holding = false;
        try {
            while (!holding && !held.isEmpty()) {
                onMessage(held.remove());
            }
        } catch (MalformedException malformed) {
            fail(Metric.RTMP_MALFORMED, String.valueOf(malformed.getMessage()));
        }
        if (!holding) {
            heldBytes = 0;
            context().channel().config().setAutoRead(true);
        }
    }

    private void hold(RtmpMessage message) throws MalformedException {
        heldBytes += message.body().length() + MESSAGE_OVERHEAD;
        long limit = settings.maxMessageBytes() + SLACK;
        if (heldBytes > limit) {
            throw new MalformedException(
                    "sent " + heldBytes + " bytes before its stream was granted, expected at most " + limit);
        }
        held.add(message);
    }

    /** From now on input is only thrown away, which lets the peer's goodbye be seen. */
    private void stopListening() {
        leaving = true;
        holding = false;
        held.clear();
        context().channel().config().setAutoRead(true);
    }

    // ---- time

    /** What is due when has changed. */
    void restartClock() {
        if (deadline != null) {
            deadline.cancel(false);
        }
        checkAfter(session.onClock(System.nanoTime()));
    }

    private void checkAfter(long nanos) {
        long wait = Math.max(nanos, 0);
        dueNanos = System.nanoTime() + wait;
        deadline = context().executor().schedule(this::check, wait, TimeUnit.NANOSECONDS);
    }

    private void check() {
        if (leaving) {
            return;
        }
        if (System.nanoTime() - dueNanos > LATE_NANOS) {
            checkAfter(READING_NANOS);
            return;
        }
        if (!handshake.isDone()) {
            fail(
                    Metric.RTMP_TIMEOUTS,
                    "no handshake within " + settings.handshakeTimeout().toMillis() + " ms");
            return;
        }
        checkAfter(session.onClock(System.nanoTime()));
    }

    /** A peer that asks and does not read the answers is not answered for ever. */
    private boolean readsAnswers() {
        ChannelOutboundBuffer pending = context().channel().unsafe().outboundBuffer();
        return pending == null || pending.totalPendingWriteBytes() <= settings.maxMessageBytes() + SLACK;
    }

    private static ByteBuf buffer(Bytes bytes) {
        return Unpooled.wrappedBuffer(bytes.array(), bytes.offset(), bytes.length());
    }
}
