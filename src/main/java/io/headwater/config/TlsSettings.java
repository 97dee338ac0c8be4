package io.headwater.config;

import io.headwater.net.TlsFiles;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where TLS is spoken.
 *
 * @param clients certificates of the ports below; nothing: they do not listen
 * @param cluster certificates of the relay and of remoting; nothing: both are plain TCP
 */
public record TlsSettings(
        Optional<TlsFiles> clients, int rtmpsPort, int livePort, int httpsPort, Optional<TlsFiles> cluster) {

    static TlsSettings read(Values tls) {
        Optional<Path> certificate = file(tls, "certificate");
        Optional<Path> key = file(tls, "key");
        Optional<Path> clusterCertificate = file(tls, "cluster-certificate");
        Optional<Path> clusterKey = file(tls, "cluster-key");
        Optional<Path> authority = file(tls, "cluster-authority");
        if (certificate.isPresent() != key.isPresent()) {
            tls.refuse("key", "expected a file beside headwater.tls.certificate, or both to be empty");
        }
        boolean all = clusterCertificate.isPresent() && clusterKey.isPresent() && authority.isPresent();
        boolean none = clusterCertificate.isEmpty() && clusterKey.isEmpty() && authority.isEmpty();
        if (!all && !none) {
            tls.refuse(
                    "cluster-certificate",
                    "expected all or none of cluster-certificate, cluster-key and cluster-authority");
        }
        return new TlsSettings(
                both(certificate, key, Optional.empty()),
                tls.port("rtmps-port"),
                tls.port("live-port"),
                tls.port("https-port"),
                all ? both(clusterCertificate, clusterKey, authority) : Optional.empty());
    }

    private static Optional<TlsFiles> both(Optional<Path> certificate, Optional<Path> key, Optional<Path> authority) {
        return certificate.isPresent() && key.isPresent()
                ? Optional.of(new TlsFiles(certificate.get(), key.get(), authority))
                : Optional.empty();
    }

    /** A file that may be left out. */
    static Optional<Path> file(Values tls, String key) {
        String name = tls.text(key, text -> text.indexOf(0) < 0, "expected a file's name, or nothing");
        return name.isEmpty() ? Optional.empty() : Optional.of(Path.of(name));
    }
}
