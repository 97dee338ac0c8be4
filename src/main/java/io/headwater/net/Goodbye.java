package io.headwater.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection so that its client gets the last bytes: closing a socket that has unread input resets it and throws
 * away what is on its way. So only the own half is closed, and the client is given a moment to do the same.
 */
public final class Goodbye {
    private static final long MOMENT_MS = 2_000;

    private Goodbye() {}

    /** Writes {@code last}; the caller discards what still comes in. */
    public static void say(ChannelHandlerContext context, ByteBuf last) {
        Channel channel = context.channel();
        context.writeAndFlush(last).addListener(written -> {
            SslHandler tls = channel.pipeline().get(SslHandler.class);
            if (written.isSuccess() && tls != null) {
                tls.closeOutbound();
            } else if (written.isSuccess() && channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            } else {
                channel.close();
            }
        });
        var moment = channel.eventLoop().schedule(() -> channel.close(), MOMENT_MS, TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> moment.cancel(false));
    }
}
