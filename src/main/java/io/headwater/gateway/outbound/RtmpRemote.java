package io.headwater.gateway.outbound;

import io.headwater.codec.MalformedException;
import io.headwater.codec.rtmp.RtmpClientSession;
import io.headwater.media.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client's side of an RTMP connection: handshake and commands. What flows after that is the subclass's. */
abstract class RtmpRemote extends ChannelInboundHandlerAdapter implements RtmpClientSession.Output {
    private final RtmpClientSession session;
    private final RemoteUrl url;
    private final RemoteListener listener;
    private @Nullable ChannelHandlerContext context;
    private boolean started;
    private boolean over;

    RtmpRemote(RtmpClientSession session, RemoteUrl url, RemoteListener listener) {
        this.session = session;
        this.url = url;
        this.listener = listener;
    }

    /** The other server takes or gives the stream from now on. */
    abstract void onStarted(ChannelHandlerContext on);

    /** The connection is over. Called once. */
    abstract void onOver();

    RtmpClientSession session() {
        return session;
    }

    String place() {
        return url.place();
    }

    boolean isOver() {
        return over;
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        context = active;
        send(session.start());
        active.flush();
        active.executor()
                .schedule(
                        () -> {
                            if (!started) {
                                over(url.place() + " did not begin within " + RemoteChannel.START_WITHIN_MS + " ms");
                            }
                        },
                        RemoteChannel.START_WITHIN_MS,
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (!over) {
                session.receive(bytes.nioBuffer(), this);
                reading.flush();
            }
        } catch (MalformedException malformed) {
            over(url.place() + " broke the protocol: " + malformed.getMessage());
        } finally {
            bytes.release();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext gone) {
        over(url.place() + " closed the connection");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext failing, Throwable cause) {
        over(url.place() + ": " + RemoteChannel.reason(cause));
    }

    @Override
    public void send(Bytes bytes) {
        ChannelHandlerContext to = context;
        if (to != null) {
            to.write(Unpooled.wrappedBuffer(bytes.array(), bytes.offset(), bytes.length()), to.voidPromise());
        }
    }

    @Override
    public void event(RtmpClientSession.Event event) {
        ChannelHandlerContext on = context;
        if (over || on == null) {
            return;
        }
        if (event instanceof RtmpClientSession.Started) {
            if (!started) {
                started = true;
                listener.started();
                onStarted(on);
            }
        } else if (event instanceof RtmpClientSession.Refused refused) {
            over(url.place() + " refused: " + refused.status().code() + " "
                    + refused.status().description());
        } else if (event instanceof RtmpClientSession.Ended) {
            over(url.place() + " says that the stream is over");
        }
    }

    /** The end, from whichever side; what is written is sent before the connection is closed. */
    final void over(String why) {
        if (over) {
            return;
        }
        over = true;
        onOver();
        ChannelHandlerContext on = context;
        if (on != null) {
            if (started && on.channel().isActive()) {
                send(session.finish());
            }
            on.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> on.close());
            // a server that does not read does not keep the connection
            on.executor().schedule(() -> on.close(), 1, TimeUnit.SECONDS);
        }
        listener.ended(why);
    }
}
