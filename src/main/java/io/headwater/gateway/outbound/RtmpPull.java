package io.headwater.gateway.outbound;

import io.headwater.codec.MalformedException;
import io.headwater.codec.rtmp.Command;
import io.headwater.codec.rtmp.MessageType;
import io.headwater.codec.rtmp.RtmpClientSession;
import io.headwater.codec.rtmp.RtmpMessage;
import io.headwater.media.StreamKey;
import io.headwater.net.EventLoops;
import io.headwater.stream.Streams;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Plays one stream of another server over RTMP or RTMPS, and publishes it here. */
public final class RtmpPull extends RtmpRemote implements AutoCloseable {
    private final PulledFrames frames = new PulledFrames();
    private final Streams streams;
    private final StreamKey key;
    private volatile @Nullable Channel channel;

    private RtmpPull(RemoteUrl url, Streams streams, StreamKey key, RemoteListener listener) {
        super(RtmpClientSession.player(url.rtmp().orElseThrow(), RandomGenerator.getDefault()), url, listener);
        this.streams = streams;
        this.key = key;
    }

    /** Connects and plays. */
    public static RtmpPull start(
            EventLoops loops,
            RemoteTrust trust,
            RemoteUrl url,
            Streams streams,
            StreamKey key,
            RemoteListener listener) {
        RtmpPull pull = new RtmpPull(url, streams, key, listener);
        pull.channel = RemoteChannel.connect(loops, trust, url, pull::over, new Silence(pull::over), pull);
        return pull;
    }

    @Override
    void onStarted(ChannelHandlerContext on) {
        on.channel().config().setAutoRead(false);
        frames.publish(
                streams,
                key,
                new Streams.PeerInfo("rtmp-pull", place()),
                on.executor(),
                () -> on.channel().config().setAutoRead(true),
                this::over);
    }

    @Override
    public void media(RtmpMessage message) {
        int type = message.type() == MessageType.DATA_AMF3 ? MessageType.DATA_AMF0 : message.type();
        try {
            frames.tag(type, message.timestamp(), Command.amf0Of(message));
        } catch (MalformedException malformed) {
            over(place() + " sent a broken frame: " + malformed.getMessage());
        }
    }

    @Override
    void onOver() {
        frames.over();
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
