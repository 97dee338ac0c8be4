package io.headwater.gateway.httpflv;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Admission;
import io.headwater.stream.ChannelPlayer;
import io.headwater.stream.Entry;
import io.headwater.stream.Streams;
import io.headwater.stream.SubscribeRequest;
import io.headwater.stream.Subscriber;
import io.headwater.stream.Subscription;
import io.headwater.topology.Feed;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One play on one connection: subscribes, answers with the first frame or the reason why there is none, and says goodbye
 * when the stream ends. Everything runs on the channel's event loop.
 */
final class LiveEgress implements ChannelPlayer.Listener {
    private static final int MAX_FRAME_FROM_PLAYER = 4096;

    private final ChannelHandlerContext context;
    private final LiveHttpSettings settings;
    private final Counters counters;
    private final BiConsumer<ChannelHandlerContext, ByteBuf> lastBytes;

    private String stream = "";
    private @Nullable String webSocketKey;
    private boolean headOnly;
    private boolean chunked;
    private boolean started;
    private boolean over;
    private Admission.Pass pass = Admission.Pass.LASTING;
    private @Nullable ChannelPlayer player;
    private @Nullable Subscription probe;
    private @Nullable ScheduledFuture<?> firstFrameDeadline;

    /** @param lastBytes writes what it is given and ends the connection */
    LiveEgress(
            ChannelHandlerContext context,
            LiveHttpSettings settings,
            Counters counters,
            BiConsumer<ChannelHandlerContext, ByteBuf> lastBytes) {
        this.context = context;
        this.settings = settings;
        this.counters = counters;
        this.lastBytes = lastBytes;
    }

    void start(LiveRequest asked, Admission admission, Streams streams) {
        firstFrameDeadline = context.channel()
                .eventLoop()
                .schedule(this::onNoFrame, settings.firstFrameTimeout().toMillis(), TimeUnit.MILLISECONDS);
        if (asked instanceof LiveRequest.Play play) {
            context.pipeline().remove(LiveHttpSession.DECODER);
            headOnly = play.headOnly();
            chunked = play.chunked();
            FlvFormat format = chunked ? FlvFormat.CHUNKED : FlvFormat.BARE;
            Runnable begin =
                    headOnly ? () -> probe(streams, play.key()) : () -> play(streams, play.key(), format, "http-flv");
            ask(admission, play.key(), play.credentials(), "http-flv", begin);
        } else if (asked instanceof LiveRequest.Upgrade upgrade) {
            webSocketKey = upgrade.webSocketKey();
            context.pipeline().replace(LiveHttpSession.DECODER, "frames", frameDecoder());
            ask(
                    admission,
                    upgrade.key(),
                    upgrade.credentials(),
                    "ws-flv",
                    () -> play(streams, upgrade.key(), FlvFormat.WEB_SOCKET, "ws-flv"));
        } else {
            throw new IllegalArgumentException("not a play: " + asked);
        }
    }

    private void ask(Admission admission, StreamKey key, Credentials credentials, String protocol, Runnable begin) {
        stream = key.toString();
        Streams.PeerInfo peer = new Streams.PeerInfo(protocol, peer());
        boolean plain = context.pipeline().get(SslHandler.class) == null;
        Map<String, String> brought = plain ? credentials.parameters() : Admission.overTls(credentials.parameters());
        admission
                .ask(new Admission.Request(Admission.Action.PLAY, key, peer, brought))
                .thenAccept(decision -> context.channel().eventLoop().execute(() -> {
                    if (decision instanceof Admission.Decision.Elsewhere elsewhere) {
                        redirect(elsewhere, credentials);
                    } else {
                        onDecision(decision, begin);
                    }
                }));
    }

    private void onDecision(Admission.Decision decision, Runnable begin) {
        if (decision instanceof Admission.Decision.Allowed allowed) {
            pass = allowed.pass();
            if (over) {
                pass.close();
                return;
            }
            begin.run();
            pass.onEnd(reason -> context.channel().eventLoop().execute(() -> onPassEnd(reason)));
        } else if (decision instanceof Admission.Decision.Refused refused && !over) {
            refuse(new LiveRequest.Refused(HttpResponseStatus.FORBIDDEN, stream, refused.reason(), true));
        }
    }

    private void redirect(Admission.Decision.Elsewhere elsewhere, Credentials credentials) {
        if (!over) {
            String path = Admission.Place.sentOn("/" + stream + LiveRequest.SUFFIX, credentials.parameters());
            String scheme = webSocketKey == null ? "http://" : "ws://";
            LiveRequest.Refused why =
                    new LiveRequest.Refused(HttpResponseStatus.TEMPORARY_REDIRECT, stream, elsewhere.reason(), true);
            counters.increment(Metric.LIVE_PLAYS_REFUSED);
            sayLast(HttpHead.redirect(
                    why, scheme + elsewhere.place().live() + path, settings.allowOrigin(), headOnly, context.alloc()));
        }
    }

    private void onPassEnd(String reason) {
        if (over) {
            return;
        }
        leave();
        if (!started) {
            refuse(new LiveRequest.Refused(HttpResponseStatus.FORBIDDEN, stream, reason, true));
        } else if (webSocketKey != null) {
            closeWebSocket(WebSocketFrames.POLICY_VIOLATION, reason);
        } else {
            sayLast(Unpooled.EMPTY_BUFFER);
        }
    }

    private void probe(Streams streams, StreamKey key) {
        probe = streams.subscribe(
                key,
                SubscribeRequest.viewer("http-flv", peer()),
                context.channel().eventLoop(),
                new Probe());
    }

    private void play(Streams streams, StreamKey key, FlvFormat format, String protocol) {
        player = new ChannelPlayer(context, format, this).counted(counters, protocol);
        player.play(streams, key, SubscribeRequest.viewer(protocol, peer()));
    }

    @Override
    public void onStart(Entry first) {
        started = true;
        LiveHttpSession.forget(firstFrameDeadline);
        counters.increment(Metric.LIVE_PLAYS_STARTED);
        ByteBuf head = webSocketKey == null
                ? HttpHead.live(chunked, settings.allowOrigin(), context.alloc())
                : HttpHead.webSocket(webSocketKey, context.alloc());
        context.write(head, context.voidPromise());
    }

    @Override
    public void onEnd(Subscriber.End end) {
        if (over) {
            return;
        }
        if (!started) {
            refuse(refusal(end));
        } else if (webSocketKey != null) {
            closeWebSocket(closeCode(end), "the stream ended");
        } else if (end instanceof Subscriber.End.TooSlow) {
            over = true;
            context.close(); // it does not read, so it would not read a goodbye
        } else {
            sayLast(chunked && isComplete(end) ? HttpChunks.last() : Unpooled.EMPTY_BUFFER);
        }
    }

    /** Whether a body that ends like this is all there is of the stream; a player may come back for the rest otherwise. */
    private static boolean isComplete(Subscriber.End end) {
        return end instanceof Subscriber.End.NoFeed none && none.reason() != Feed.Reason.UNAVAILABLE;
    }

    private void onNoFrame() {
        if (!started && !over) {
            leave();
            refuse(unavailable(
                    "no frame came within " + settings.firstFrameTimeout().toSeconds() + " s"));
        }
    }

    private void refuse(LiveRequest.Refused refused) {
        counters.increment(Metric.LIVE_PLAYS_REFUSED);
        sayLast(HttpHead.refusal(refused, settings.allowOrigin(), false, headOnly, context.alloc()));
    }

    private LiveRequest.Refused refusal(Subscriber.End end) {
        if (isComplete(end) && end instanceof Subscriber.End.NoFeed none) {
            String reason = none.reason() == Feed.Reason.ENDED ? "the stream ended" : "nobody publishes the stream";
            return new LiveRequest.Refused(HttpResponseStatus.NOT_FOUND, stream, reason, true);
        }
        if (end instanceof Subscriber.End.Refused refused) {
            return unavailable(refused.reason());
        }
        return unavailable("the stream cannot be reached now");
    }

    private LiveRequest.Refused unavailable(String reason) {
        return new LiveRequest.Refused(HttpResponseStatus.SERVICE_UNAVAILABLE, stream, reason, true);
    }

    /** Something from the player; false if it means nothing and is to be discarded. */
    boolean onMessage(Object message) {
        if (message instanceof CloseWebSocketFrame) {
            leave();
            if (started) {
                closeWebSocket(WebSocketFrames.NORMAL, "");
            } else {
                over = true;
                context.close();
            }
            return true;
        }
        if (message instanceof PingWebSocketFrame ping && started) {
            // one that does not read its pongs gets none
            if (context.channel().isWritable()) {
                context.writeAndFlush(WebSocketFrames.pong(ping.content(), context.alloc()), context.voidPromise());
            }
            return true;
        }
        return false;
    }

    /** Bytes that are no WebSocket frame; false if the trouble is another. */
    boolean onBadFrame(Throwable cause) {
        if (webSocketKey == null || !(cause instanceof DecoderException)) {
            return false;
        }
        counters.increment(Metric.LIVE_REQUESTS_REFUSED);
        leave();
        if (started) {
            int code = cause instanceof CorruptedWebSocketFrameException corrupted
                    ? corrupted.closeStatus().code()
                    : WebSocketFrames.PROTOCOL_ERROR;
            closeWebSocket(code, "");
        } else {
            over = true;
            context.close();
        }
        return true;
    }

    void writabilityChanged() {
        if (player != null) {
            player.writabilityChanged();
        }
    }

    void channelClosed() {
        over = true;
        leave();
        if (started) {
            counters.increment(Metric.LIVE_PLAYS_ENDED);
        }
    }

    private void leave() {
        LiveHttpSession.forget(firstFrameDeadline);
        pass.close();
        if (player != null) {
            player.close();
        }
        if (probe != null) {
            probe.close();
        }
    }

    private void closeWebSocket(int code, String reason) {
        sayLast(WebSocketFrames.close(code, reason, context.alloc()));
    }

    private void sayLast(ByteBuf last) {
        if (over) {
            last.release();
            return;
        }
        over = true;
        LiveHttpSession.forget(firstFrameDeadline);
        lastBytes.accept(context, last);
    }

    private static int closeCode(Subscriber.End end) {
        if (end instanceof Subscriber.End.TooSlow) {
            return WebSocketFrames.POLICY_VIOLATION;
        }
        return isComplete(end) ? WebSocketFrames.NORMAL : WebSocketFrames.TRY_AGAIN_LATER;
    }

    private static WebSocket13FrameDecoder frameDecoder() {
        return new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(true)
                .allowExtensions(false)
                .closeOnProtocolViolation(false)
                .maxFramePayloadLength(MAX_FRAME_FROM_PLAYER)
                .build());
    }

    private String peer() {
        InetSocketAddress address = (InetSocketAddress) context.channel().remoteAddress();
        if (address == null) {
            return "gone";
        }
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    /** Answers HEAD: 200 once there is something to play. */
    private final class Probe implements Subscriber {
        @Override
        public void onReadable() {
            if (!over && probe != null && probe.poll() != null) {
                leave();
                sayLast(HttpHead.live(chunked, settings.allowOrigin(), context.alloc()));
            }
        }

        @Override
        public void onEnd(End end) {
            LiveEgress.this.onEnd(end);
        }
    }
}
