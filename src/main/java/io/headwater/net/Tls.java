package io.headwater.net;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS with certificates that are read again when their files change: connections made from then on use the new ones, those
 * that are open stay as they are. Files that cannot be used leave everything as it was. Any thread.
 */
public final class Tls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Tls.class);
    private static final long LOOK_SECONDS = 1;
    private static final long HANDSHAKE_MS = 10_000;
    private static final int LONGEST_REASON = 200;
    private static final int FAULTS_PER_PERIOD = 20;
    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final String setting;
    private final TlsFiles files;
    private final Counters counters;
    private final LogLimit faults = new LogLimit(FAULTS_PER_PERIOD, PERIOD);
    private volatile JdkSslContext current;
    private volatile boolean closed;
    private List<Object> seen;

    private Tls(String setting, TlsFiles files, Counters counters, List<Object> seen, JdkSslContext current) {
        this.setting = setting;
        this.files = files;
        this.counters = counters;
        this.seen = seen;
        this.current = current;
    }

    /**
     * Reads the files.
     *
     * @param setting the section of the configuration that names them, for errors
     * @throws IOException if they cannot be used; the message says which, and why
     */
    public static Tls load(String setting, TlsFiles files, Counters counters) throws IOException {
        List<Object> seen = state(files);
        Tls tls = new Tls(setting, files, counters, seen, read(setting, files));
        tls.watch();
        return tls;
    }

    /** A handler for one connection to this node, to be put in front of all others; it says why a handshake fails. */
    public SslHandler handler(Channel channel) {
        SslHandler handler = current.newHandler(channel.alloc());
        handler.setHandshakeTimeoutMillis(HANDSHAKE_MS);
        SocketAddress peer = channel.remoteAddress();
        handler.handshakeFuture().addListener(done -> {
            if (!done.isSuccess()) {
                failed(peer, done.cause());
            }
        });
        return handler;
    }

    private void failed(SocketAddress peer, Throwable cause) {
        counters.increment(Metric.TLS_HANDSHAKES_FAILED);
        if (cause instanceof ClosedChannelException) { // as probes of load balancers do, every second
            LOG.debug("{}: {} left before the TLS handshake was done", setting, peer);
        } else {
            faults.log(LOG::info, setting + ": no TLS with " + peer + ": " + reason(cause));
        }
    }

    /** Why a handshake failed, in words for the log: what a peer sent is not among them, since it may be a secret. */
    public static String reason(Throwable cause) {
        if (cause instanceof NotSslRecordException) {
            return "what it sends is not TLS";
        }
        if (cause instanceof SslHandshakeTimeoutException) {
            return "the handshake was not done within " + HANDSHAKE_MS + " ms";
        }
        String text = String.valueOf(cause.getMessage()).replaceAll("[^\\x20-\\x7e]", "?");
        return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON) + "...";
    }

    /** The side of one connection that took it. */
    public SSLEngine serverEngine() {
        SSLEngine engine = engine();
        engine.setUseClientMode(false);
        engine.setNeedClientAuth(files.authority().isPresent());
        return engine;
    }

    /** The side of one connection that opened it. */
    public SSLEngine clientEngine() {
        SSLEngine engine = engine();
        engine.setUseClientMode(true);
        return engine;
    }

    private SSLEngine engine() {
        SSLEngine engine = current.context().createSSLEngine();
        engine.setEnabledProtocols(PROTOCOLS);
        return engine;
    }

    @Override
    public void close() {
        closed = true;
    }

    private void watch() {
        CompletableFuture.delayedExecutor(LOOK_SECONDS, TimeUnit.SECONDS).execute(() -> {
            if (!closed) {
                look();
                watch();
            }
        });
    }

    /** Reads the files again if they have changed since they were read or refused. */
    synchronized void look() {
        List<Object> now = state(files);
        if (now.equals(seen)) {
            return;
        }
        seen = now;
        try {
            current = read(setting, files);
            counters.increment(Metric.TLS_RELOADED);
            LOG.info("{}: certificates were read again", setting);
        } catch (IOException refused) {
            counters.increment(Metric.TLS_RELOAD_FAILED);
            LOG.warn("{}; the old certificates stay in use", refused.getMessage());
        }
    }

    /** What changes when one of the files does. */
    private static List<Object> state(TlsFiles files) {
        List<Object> state = new ArrayList<>();
        for (Path file : all(files)) {
            try {
                state.add(Files.getLastModifiedTime(file));
                state.add(Files.size(file));
            } catch (IOException unreadable) {
                state.add("");
            }
        }
        return state;
    }

    private static List<Path> all(TlsFiles files) {
        List<Path> all = new ArrayList<>(List.of(files.certificate(), files.key()));
        files.authority().ifPresent(all::add);
        return all;
    }

    private static JdkSslContext read(String setting, TlsFiles files) throws IOException {
        for (Path file : all(files)) {
            if (!Files.isReadable(file)) {
                throw new IOException(setting + ": " + file + " cannot be read, expected a PEM file");
            }
        }
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(
                            files.certificate().toFile(), files.key().toFile())
                    .sslProvider(SslProvider.JDK)
                    .protocols(PROTOCOLS);
            Optional<Path> authority = files.authority();
            if (authority.isPresent()) {
                builder = builder.trustManager(authority.get().toFile()).clientAuth(ClientAuth.REQUIRE);
            }
            return (JdkSslContext) builder.build();
        } catch (IllegalArgumentException | SSLException refused) {
            Throwable root = refused;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new IOException(
                    setting + ": " + files.certificate() + " and " + files.key() + " cannot be used ("
                            + root.getMessage()
                            + "), expected a certificate and its private key (PKCS #8 without a password) as PEM",
                    refused);
        }
    }
}
