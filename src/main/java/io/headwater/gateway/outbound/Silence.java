package io.headwater.gateway.outbound;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Gives a server up that sends nothing any more although the connection stands. */
final class Silence extends IdleStateHandler {
    private static final long LIMIT_MS = 15_000;

    private final Consumer<String> told;

    Silence(Consumer<String> told) {
        super(LIMIT_MS, 0, 0, TimeUnit.MILLISECONDS);
        this.told = told;
    }

    @Override
    protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
        if (event.state() == IdleState.READER_IDLE) {
            told.accept("nothing came for " + LIMIT_MS + " ms");
        }
    }
}
