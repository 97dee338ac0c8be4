package io.headwater.gateway.outbound;

import io.headwater.codec.rtmp.RtmpClientSession;
import io.headwater.media.StreamKey;
import io.headwater.net.EventLoops;
import io.headwater.stream.ChannelPlayer;
import io.headwater.stream.Streams;
import io.headwater.stream.SubscribeRequest;
import io.headwater.stream.Subscriber;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Sends one stream of this node to another server over RTMP or RTMPS. To the hub it is a player. */
public final class RtmpPush extends RtmpRemote implements AutoCloseable, ChannelPlayer.Listener {
    private static final PushFormat FORMAT = new PushFormat(1);

    private final Streams streams;
    private final StreamKey key;
    private @Nullable ChannelPlayer player;
    private volatile @Nullable Channel channel;

    private RtmpPush(RemoteUrl url, Streams streams, StreamKey key, RemoteListener listener) {
        super(RtmpClientSession.publisher(url.rtmp().orElseThrow(), RandomGenerator.getDefault()), url, listener);
        this.streams = streams;
        this.key = key;
    }

    /** Connects and sends. */
    public static RtmpPush start(
            EventLoops loops,
            RemoteTrust trust,
            RemoteUrl url,
            Streams streams,
            StreamKey key,
            RemoteListener listener) {
        RtmpPush push = new RtmpPush(url, streams, key, listener);
        push.channel = RemoteChannel.connect(loops, trust, url, push::over, push);
        return push;
    }

    @Override
    void onStarted(ChannelHandlerContext on) {
        int streamId = session().streamId();
        ChannelPlayer made = new ChannelPlayer(on, streamId == 1 ? FORMAT : new PushFormat(streamId), this);
        player = made;
        made.play(streams, key, SubscribeRequest.viewer("rtmp-push", place()));
    }

    @Override
    void onOver() {
        if (player != null) {
            player.close();
        }
    }

    @Override
    public void onEnd(Subscriber.End end) {
        over(end instanceof Subscriber.End.TooSlow ? place() + " is too slow" : "the stream ended");
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext changed) {
        if (player != null) {
            player.writabilityChanged();
        }
    }

    /** Says goodbye to the other server. */
    @Override
    public void close() {
        Channel open = channel;
        if (open != null) {
            open.eventLoop().execute(() -> over("not wanted any more"));
        }
    }
}
