package io.headwater.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Trust in the authorities of one PEM file and no others. */
final class Trust {
    private Trust() {}

    /** @throws IOException if the file cannot be used, in words for the operator */
    static SSLContext of(String file) throws IOException {
        String option = "--authority " + file;
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry(Integer.toString(trusted.size()), one);
            }
            if (trusted.size() == 0) {
                throw new IOException(option + " has no certificate, expected a PEM file of authorities");
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (NoSuchFileException | InvalidPathException missing) {
            throw new IOException(option + " does not exist", missing);
        } catch (GeneralSecurityException strange) {
            throw new IOException(option + " cannot be used: " + strange.getMessage(), strange);
        }
    }
}
