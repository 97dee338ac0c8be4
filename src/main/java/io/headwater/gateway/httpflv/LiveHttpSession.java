package io.headwater.gateway.httpflv;

import io.headwater.net.Counters;
import io.headwater.net.Goodbye;
import io.headwater.net.Metric;
import io.headwater.net.Tls;
import io.headwater.stream.Admission;
import io.headwater.stream.Streams;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one connection: reads request heads and answers them until one is a play, which then has the connection to its
 * end. Answers to plays close the connection, since nothing after them would be told apart.
 */
final class LiveHttpSession extends ChannelInboundHandlerAdapter {
    /** The name of the handler in front of this one. */
    static final String DECODER = "head";

    private static final LiveRequest.Refused TOO_OFTEN = new LiveRequest.Refused(
            HttpResponseStatus.TOO_MANY_REQUESTS, "", "too many requests, ask again later", true);

    private static final Logger LOG = LoggerFactory.getLogger(LiveHttpSession.class);

    /** A player has nothing to say; one that sends this much is not a player. */
    private static final long MOST_DISCARDED = 1 << 20;

    private final LiveHttpSettings settings;
    private final BooleanSupplier admits;
    private final Admission admission;
    private final Streams streams;
    private final Counters counters;

    private @Nullable ScheduledFuture<?> headDeadline;
    private @Nullable LiveEgress egress;
    private boolean closing;
    private boolean answered;
    private long discarded;

    /** @param admits whether one more request of this client is within its limit */
    LiveHttpSession(
            LiveHttpSettings settings,
            BooleanSupplier admits,
            Admission admission,
            Streams streams,
            Counters counters) {
        this.settings = settings;
        this.admits = admits;
        this.admission = admission;
        this.streams = streams;
        this.counters = counters;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        awaitHead(context);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (!closing && egress == null && message instanceof HttpRequest request) {
                onRequest(context, request);
            } else if (egress == null || closing || !egress.onMessage(message)) {
                discard(context, message);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void onRequest(ChannelHandlerContext context, HttpRequest request) {
        forget(headDeadline);
        LiveRequest asked = admits.getAsBoolean() ? LiveRequest.of(request, settings.allowOrigin()) : TOO_OFTEN;
        LOG.debug("{} asks {}", context.channel().remoteAddress(), asked);
        if (asked instanceof LiveRequest.Refused refused) {
            counters.increment(Metric.LIVE_REQUESTS_REFUSED);
            boolean keepAlive = HttpUtil.isKeepAlive(request) && !refused.lastOnConnection();
            boolean bodiless = request.method().equals(HttpMethod.HEAD);
            ByteBuf answer = HttpHead.refusal(refused, settings.allowOrigin(), keepAlive, bodiless, context.alloc());
            answer(context, answer, keepAlive);
        } else if (asked instanceof LiveRequest.Preflight) {
            boolean keepAlive = HttpUtil.isKeepAlive(request);
            answer(context, HttpHead.preflight(settings.allowOrigin(), keepAlive, context.alloc()), keepAlive);
        } else {
            egress = new LiveEgress(context, settings, counters, this::lastBytes);
            egress.start(asked, admission, streams);
        }
    }

    private void answer(ChannelHandlerContext context, ByteBuf answer, boolean keepAlive) {
        answered = true;
        if (!keepAlive) {
            lastBytes(context, answer);
        } else if (context.channel().isWritable()) {
            context.writeAndFlush(answer, context.voidPromise());
            awaitHead(context);
        } else { // asks and asks and does not read the answers
            answer.release();
            context.close();
        }
    }

    private void lastBytes(ChannelHandlerContext context, ByteBuf last) {
        closing = true;
        Goodbye.say(context, last);
    }

    private void awaitHead(ChannelHandlerContext context) {
        headDeadline = context.channel()
                .eventLoop()
                .schedule(() -> onHeadTimeout(context), settings.headTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void onHeadTimeout(ChannelHandlerContext context) {
        if (answered) { // an idle connection; a client whose next request crosses with this asks again
            context.close();
            return;
        }
        counters.increment(Metric.LIVE_REQUESTS_REFUSED);
        LiveRequest.Refused refused = new LiveRequest.Refused(
                HttpResponseStatus.REQUEST_TIMEOUT,
                "",
                "no complete request within " + settings.headTimeout().toMillis() + " ms",
                true);
        lastBytes(context, HttpHead.refusal(refused, settings.allowOrigin(), false, false, context.alloc()));
    }

    private void discard(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf bytes) {
            discarded += bytes.readableBytes();
        } else if (message instanceof ByteBufHolder holder) {
            discarded += holder.content().readableBytes();
        }
        if (discarded > MOST_DISCARDED) {
            context.close();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (egress != null) {
            egress.writabilityChanged();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        forget(headDeadline);
        if (egress != null) {
            egress.channelClosed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (egress != null && !closing && egress.onBadFrame(cause)) {
            return;
        }
        if (cause instanceof IOException) {
            LOG.debug("{}: {}", context.channel().remoteAddress(), cause.getMessage());
        } else if (cause.getCause() instanceof SSLException broken) {
            LOG.debug("{}: {}", context.channel().remoteAddress(), Tls.reason(broken));
        } else {
            LOG.error("{}: serving failed", context.channel().remoteAddress(), cause);
        }
        context.close();
    }

    static void forget(@Nullable ScheduledFuture<?> deadline) {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }
}
