package io.headwater.gateway.httpflv;

import io.headwater.net.Goodbye;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves a connection beyond the limit: says 503 whatever it asks for. Beyond a limit of its own it just closes. */
final class TooManyConnections extends ChannelInboundHandlerAdapter {
    /** Being polite costs a socket for a moment, so only so many are told at once. */
    private static final int MOST_TOLD = 256;

    private static final AtomicInteger TOLD = new AtomicInteger();

    private final String allowOrigin;

    TooManyConnections(String allowOrigin) {
        this.allowOrigin = allowOrigin;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        boolean polite = TOLD.incrementAndGet() <= MOST_TOLD;
        context.channel().closeFuture().addListener(closed -> TOLD.decrementAndGet());
        if (!polite) {
            context.close();
            return;
        }
        LiveRequest.Refused refused = new LiveRequest.Refused(
                HttpResponseStatus.SERVICE_UNAVAILABLE, "", "too many connections, in all or of this address", true);
        Goodbye.say(context, HttpHead.refusal(refused, allowOrigin, false, false, context.alloc()));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
