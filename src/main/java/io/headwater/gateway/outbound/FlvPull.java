package io.headwater.gateway.outbound;

import io.headwater.codec.MalformedException;
import io.headwater.codec.flv.FlvReader;
import io.headwater.codec.flv.FlvTag;
import io.headwater.media.StreamKey;
import io.headwater.net.EventLoops;
import io.headwater.stream.Streams;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Fetches one stream of another server as FLV over HTTP, and publishes it here. */
public final class FlvPull extends SimpleChannelInboundHandler<HttpObject> implements AutoCloseable {
    private static final int LONGEST_TAG = 16 << 20;

    private final RemoteUrl url;
    private final Streams streams;
    private final StreamKey key;
    private final RemoteListener listener;
    private final PulledFrames frames = new PulledFrames();
    private final FlvReader reader = new FlvReader(LONGEST_TAG);
    private volatile @Nullable Channel channel;
    private @Nullable ChannelHandlerContext context;
    private boolean over;

    private FlvPull(RemoteUrl url, Streams streams, StreamKey key, RemoteListener listener) {
        this.url = url;
        this.streams = streams;
        this.key = key;
        this.listener = listener;
    }

    /** Connects and fetches. */
    public static FlvPull start(
            EventLoops loops,
            RemoteTrust trust,
            RemoteUrl url,
            Streams streams,
            StreamKey key,
            RemoteListener listener) {
        FlvPull pull = new FlvPull(url, streams, key, listener);
        pull.channel = RemoteChannel.connect(
                loops, trust, url, pull::over, new Silence(pull::over), new HttpClientCodec(), pull);
        return pull;
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        context = active;
        var request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, url.pathAndQuery());
        request.headers().set(HttpHeaderNames.HOST, url.place());
        request.headers().set(HttpHeaderNames.USER_AGENT, "Headwater");
        request.headers().set(HttpHeaderNames.ACCEPT, "*/*");
        active.writeAndFlush(request);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext reading, HttpObject message) {
        if (over) {
            return;
        }
        if (message instanceof HttpResponse head) {
            if (!head.status().equals(HttpResponseStatus.OK)) {
                over(url.place() + " answered " + head.status());
                return;
            }
            reading.channel().config().setAutoRead(false);
            frames.publish(
                    streams,
                    key,
                    new Streams.PeerInfo("http-flv-pull", url.place()),
                    reading.executor(),
                    () -> {
                        listener.started();
                        reading.channel().config().setAutoRead(true);
                    },
                    this::over);
        }
        if (message instanceof HttpContent content) {
            read(content.content());
            if (message instanceof LastHttpContent) {
                over(url.place() + " says that the stream is over");
            }
        }
    }

    /** What came with the head is before the grant and is lost, except for the configurations, which are kept. */
    private void read(ByteBuf bytes) {
        try {
            ByteBuffer in = bytes.nioBuffer();
            for (Optional<FlvTag> tag = reader.read(in); tag.isPresent(); tag = reader.read(in)) {
                frames.tag(tag.get().type(), tag.get().timestampMs(), tag.get().body());
            }
        } catch (MalformedException malformed) {
            over(url.place() + " sent no FLV: " + malformed.getMessage());
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

    private void over(String why) {
        if (over) {
            return;
        }
        over = true;
        frames.over();
        ChannelHandlerContext on = context;
        if (on != null) {
            on.close();
        }
        listener.ended(why);
    }

    /** Ends it. */
    @Override
    public void close() {
        Channel open = channel;
        if (open != null) {
            open.eventLoop().execute(() -> over("not wanted any more"));
        }
    }
}
