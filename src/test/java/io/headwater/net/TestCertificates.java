package io.headwater.net;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** The certificates of {@code src/test/resources/tls}: {@code first} and {@code second} of one authority, {@code stranger} of another. */
public final class TestCertificates {
    private TestCertificates() {}

    public static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(TestCertificates.class.getResource("/tls/" + name))
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The files of one of them, as a node with or without an authority has them. */
    public static TlsFiles of(String name, boolean mutual) {
        return new TlsFiles(
                file(name + ".pem"), file(name + ".key"), mutual ? Optional.of(file("ca.pem")) : Optional.empty());
    }

    /** Copies one of them over what is in the folder. */
    public static TlsFiles copy(String name, Path folder, int time) throws IOException {
        for (String suffix : new String[] {".pem", ".key"}) {
            Path to = folder.resolve("node" + suffix);
            Files.copy(file(name + suffix), to, StandardCopyOption.REPLACE_EXISTING);
            Files.setLastModifiedTime(to, FileTime.fromMillis(time * 10_000L));
        }
        return new TlsFiles(folder.resolve("node.pem"), folder.resolve("node.key"), Optional.empty());
    }

    /** A client that trusts the authority, with or without a certificate of its own. */
    public static SSLContext client(Optional<String> certificate) throws IOException {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(file("ca.pem").toFile());
        if (certificate.isPresent()) {
            File own = file(certificate.get() + ".pem").toFile();
            builder = builder.keyManager(own, file(certificate.get() + ".key").toFile());
        }
        return ((JdkSslContext) builder.build()).context();
    }
}
