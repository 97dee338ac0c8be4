package io.headwater.gateway.outbound;

import io.headwater.net.EventLoops;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;

/** Connects to another server, with TLS and its name checked if the URL says so. */
final class RemoteChannel {
    /** Connected, handshaken, and the stream begun. */
    static final long START_WITHIN_MS = 15_000;

    private RemoteChannel() {}

    /** Connects in the background; {@code failed} hears why that did not work. */
    static Channel connect(
            EventLoops loops,
            RemoteTrust trust,
            RemoteUrl url,
            java.util.function.Consumer<String> failed,
            ChannelHandler... handlers) {
        var connecting = loops.client()
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (url.encrypted()) {
                            channel.pipeline().addLast(trust.handler(channel.alloc(), url));
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

    static String reason(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String text = root.getMessage();
        String line = text == null
                ? root.getClass().getSimpleName()
                : text.lines().findFirst().orElse("");
        return root instanceof CertificateException || root instanceof CertPathBuilderException
                ? "its certificate is refused: " + line
                : line;
    }
}
