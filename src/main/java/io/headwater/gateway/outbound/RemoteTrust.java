package io.headwater.gateway.outbound;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whose certificates other servers may have, over {@code rtmps} and {@code https}. Their names are always checked. */
public final class RemoteTrust {
    private final SslContext context;

    private RemoteTrust(SslContext context) {
        this.context = context;
    }

    /**
     * Trusts what the Java runtime trusts.
     *
     * @param authority a PEM file of authorities that are trusted besides
     * @throws IOException if the file cannot be used, in words for the operator
     */
    public static RemoteTrust of(Optional<Path> authority) throws IOException {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (X509Certificate known : ofTheRuntime()) {
                add(trusted, known);
            }
            if (authority.isPresent()) {
                for (Certificate own : read(authority.get())) {
                    add(trusted, own);
                }
            }
            return new RemoteTrust(
                    SslContextBuilder.forClient().trustManager(factory(trusted)).build());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("TLS cannot be used", impossible);
        }
    }

    private static void add(KeyStore trusted, Certificate certificate) throws GeneralSecurityException {
        trusted.setCertificateEntry(Integer.toString(trusted.size()), certificate);
    }

    private static Collection<? extends Certificate> read(Path authority) throws IOException {
        String file = "headwater.remote.authority: " + authority;
        Collection<? extends Certificate> read;
        try (InputStream in = Files.newInputStream(authority)) {
            read = CertificateFactory.getInstance("X.509").generateCertificates(in);
        } catch (GeneralSecurityException strange) {
            throw new IOException(file + " cannot be used: " + strange.getMessage(), strange);
        } catch (NoSuchFileException missing) {
            throw new IOException(file + " does not exist", missing);
        } catch (IOException unreadable) {
            throw new IOException(file + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
        if (read.isEmpty()) {
            throw new IOException(file + " has no certificate, expected a PEM file of authorities");
        }
        return read;
    }

    private static X509Certificate[] ofTheRuntime() throws GeneralSecurityException {
        for (TrustManager manager : factory(null).getTrustManagers()) {
            if (manager instanceof X509TrustManager known) {
                return known.getAcceptedIssuers();
            }
        }
        return new X509Certificate[0];
    }

    private static TrustManagerFactory factory(@Nullable KeyStore trusted) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory;
    }

    /** The client's side of a connection to {@code url}. */
    SslHandler handler(ByteBufAllocator allocator, RemoteUrl url) {
        SslHandler handler = context.newHandler(allocator, url.host(), url.port());
        SSLParameters parameters = handler.engine().getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        handler.engine().setSSLParameters(parameters);
        return handler;
    }
}
