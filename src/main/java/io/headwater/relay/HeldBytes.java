package io.headwater.relay;

import io.headwater.codec.relay.RelayProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Keeps what arrives while nobody is there to read it, and hands it on when it is taken out of its pipeline. A peer that says
 * more than the beginning of a link is long is closed.
 */
final class HeldBytes extends ChannelInboundHandlerAdapter {
    /** A challenge, or a refusal, and what a stranger may have sent before it. */
    static final int MOST = 2 * (RelayProtocol.HEADER_LENGTH + RelayProtocol.MAX_SMALL_BODY);

    private ByteBuf held = Unpooled.EMPTY_BUFFER;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf arrived = (ByteBuf) message;
        try {
            if (held.readableBytes() + arrived.readableBytes() > MOST) {
                context.close();
                return;
            }
            ByteBuf together = Unpooled.buffer(held.readableBytes() + arrived.readableBytes());
            together.writeBytes(held).writeBytes(arrived);
            held = together;
        } finally {
            arrived.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        // nobody is there
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (held.isReadable() && context.channel().isActive()) {
            context.fireChannelRead(held);
            context.fireChannelReadComplete();
        }
        held = Unpooled.EMPTY_BUFFER;
    }
}
