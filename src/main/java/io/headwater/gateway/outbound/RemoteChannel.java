package io.headwater.gateway.outbound;

import io.headwater.net.EventLoops;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** Connects to another server, with TLS and its name checked if the URL says so. */
final class RemoteChannel {
    /** Connected, handshaken, and the stream begun. */
    static final long START_WITHIN_MS = 15_000;

    /** The certificates the JVM trusts. Made once: it reads a file. */
    private static final class Trust {
        static final SslContext CONTEXT = make();

        private static SslContext make() {
            try {
                return SslContextBuilder.forClient().build();
            } catch (SSLException impossible) {
                throw new IllegalStateException("TLS cannot be used", impossible);
            }
        }
    }

    private RemoteChannel() {}

    /** Connects in the background; {@code failed} hears why that did not work. */
    static Channel connect(
            EventLoops loops, RemoteUrl url, java.util.function.Consumer<String> failed, ChannelHandler... handlers) {
        var connecting = loops.client()
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (url.encrypted()) {
                            channel.pipeline().addLast(tls(channel, url));
                        }
                        channel.pipeline().addLast(handlers);
                    }
                })
                .connect(url.host(), url.port());
        connecting.addListener(done -> {
            if (done.cause() != null) {
                failed.accept("cannot connect to " + url.place() + ": " + reason(done.cause()));
            }
        });
        return connecting.channel();
    }

    private static SslHandler tls(Channel channel, RemoteUrl url) {
        SslHandler handler = Trust.CONTEXT.newHandler(channel.alloc(), url.host(), url.port());
        SSLParameters parameters = handler.engine().getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        handler.engine().setSSLParameters(parameters);
        return handler;
    }

    static String reason(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String text = root.getMessage();
        return text == null
                ? root.getClass().getSimpleName()
                : text.lines().findFirst().orElse("");
    }
}
