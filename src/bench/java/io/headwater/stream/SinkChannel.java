package io.headwater.stream;

import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;

/** A channel that takes everything at once and throws it away: what a write costs without the system call. */
final class SinkChannel extends AbstractChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);
    private static final SocketAddress NOWHERE = new SocketAddress() {
        private static final long serialVersionUID = 1;
    };

    private final ChannelConfig config = new DefaultChannelConfig(this);
    private boolean open = true;

    SinkChannel() {
        super(null);
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer out) {
        while (out.current() != null) {
            out.remove();
        }
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new AbstractUnsafe() {
            @Override
            public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
                promise.setFailure(new UnsupportedOperationException());
            }
        };
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return NOWHERE;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return NOWHERE;
    }

    @Override
    protected void doBind(SocketAddress address) {}

    @Override
    protected void doDisconnect() {}

    @Override
    protected void doClose() {
        open = false;
    }

    @Override
    protected void doBeginRead() {}

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }
}
