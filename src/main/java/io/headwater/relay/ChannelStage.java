package io.headwater.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.InHandler;
import org.apache.pekko.stream.stage.OutHandler;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * A connected channel as a flow of bytes with back-pressure both ways. One element is on its way out at a time, until the
 * kernel has all of it. The socket is not read while more than a socket's buffer of bytes was not taken.
 *
 * <p>The flow ends when the channel does, and closes it when either of its sides ends, after what was written before.
 */
final class ChannelStage extends GraphStage<FlowShape<ByteString, ByteString>> {
    /** Bytes that were read and not taken: at the first number reading stops, at the second it goes on. */
    private static final int HELD_MOST = 256 << 10;

    private static final int HELD_AGAIN = 64 << 10;
    /** How long a peer may take to read what was written before the end. */
    private static final long CLOSE_LIMIT_MS = 2_000;

    private final Inlet<ByteString> in = Inlet.create("relay.channel.in");
    private final Outlet<ByteString> out = Outlet.create("relay.channel.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final Channel channel;

    /** @param channel does not read by itself yet */
    ChannelStage(Channel channel) {
        this.channel = channel;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic implements InHandler, OutHandler {
        /** One for all that the network says: what two callbacks are told before the stage runs has no order. */
        private final AsyncCallback<Runnable> here = createAsyncCallback(Runnable::run);

        private final AsyncCallback<Future<? super Void>> written = createAsyncCallback(this::onWritten);
        private final Deque<ByteString> waiting = new ArrayDeque<>();
        private final AtomicInteger held = new AtomicInteger();
        private boolean over;
        private @Nullable Throwable broken;

        Logic() {
            super(shape);
            setHandler(in, this);
            setHandler(out, this);
            // not in preStart: a peer that closes its side at once is read (epoll's RDHUP) although nobody asked to
            channel.pipeline().addLast(new Reader());
        }

        @Override
        public void preStart() {
            channel.config().setAutoRead(true);
            if (!channel.isActive()) {
                here.invoke(() -> onGone(null));
            }
            pull(in);
        }

        @Override
        public void postStop() {
            close();
        }

        // From the network

        private void onArrived(ByteString bytes) {
            if (waiting.isEmpty() && isAvailable(out)) {
                give(bytes);
            } else {
                waiting.add(bytes);
            }
        }

        @Override
        public void onPull() {
            ByteString next = waiting.poll();
            if (next != null) {
                give(next);
            }
            endIfEmpty();
        }

        private void give(ByteString bytes) {
            int left = held.addAndGet(-bytes.size());
            if (left < HELD_AGAIN && !channel.config().isAutoRead()) {
                channel.config().setAutoRead(true);
            }
            push(out, bytes);
        }

        private void onGone(@Nullable Throwable cause) {
            if (!over) {
                over = true;
                broken = cause;
            }
            endIfEmpty();
        }

        private void endIfEmpty() {
            if (!over || !waiting.isEmpty()) {
                return;
            }
            Throwable why = broken;
            if (why == null) {
                completeStage();
            } else {
                failStage(why);
            }
        }

        // To the network

        @Override
        public void onPush() {
            ByteString bytes = grab(in);
            ByteBuf buffer = channel.alloc().directBuffer(bytes.size());
            for (ByteBuffer piece : bytes.getByteBuffers()) {
                buffer.writeBytes(piece);
            }
            ChannelFuture writing = channel.writeAndFlush(buffer);
            if (writing.isDone()) {
                onWritten(writing);
            } else {
                writing.addListener(written::invoke);
            }
        }

        /** One that failed says no more than the end of the channel, which follows: after what the peer said before. */
        private void onWritten(Future<? super Void> writing) {
            if (!writing.isSuccess()) {
                channel.close();
            } else if (!isClosed(in) && !hasBeenPulled(in)) {
                pull(in);
            }
        }

        @Override
        public void onUpstreamFinish() {
            completeStage();
        }

        @Override
        public void onUpstreamFailure(Throwable cause) {
            completeStage();
        }

        @Override
        public void onDownstreamFinish(Throwable cause) {
            completeStage();
        }

        private void close() {
            if (channel.isOpen()) {
                channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
                var limit = channel.eventLoop().schedule(() -> channel.close(), CLOSE_LIMIT_MS, TimeUnit.MILLISECONDS);
                channel.closeFuture().addListener(closed -> limit.cancel(false));
            }
        }

        /** On the channel's event loop. */
        private final class Reader extends ChannelInboundHandlerAdapter {
            private ByteString together = ByteString.emptyByteString();

            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                ByteBuf buffer = (ByteBuf) message;
                byte[] bytes = new byte[buffer.readableBytes()];
                buffer.readBytes(bytes);
                buffer.release();
                together = together.concat(ByteString.fromArrayUnsafe(bytes));
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext context) {
                if (together.isEmpty()) {
                    return;
                }
                if (held.addAndGet(together.size()) > HELD_MOST) {
                    channel.config().setAutoRead(false);
                }
                ByteString bytes = together;
                together = ByteString.emptyByteString();
                here.invoke(() -> onArrived(bytes));
            }

            @Override
            public void channelInactive(ChannelHandlerContext context) {
                channelReadComplete(context);
                here.invoke(() -> onGone(null));
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                channelReadComplete(context);
                Throwable why =
                        cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
                here.invoke(() -> onGone(why));
                if (why instanceof IOException) {
                    context.close();
                }
            }
        }
    }
}
