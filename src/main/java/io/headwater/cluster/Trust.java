package io.headwater.cluster;

import io.headwater.net.TlsFiles;
import java.util.Optional;

/** What nodes prove to each other before remoting listens to them. */
public sealed interface Trust {
    /** Nothing: whoever reaches the port is believed. */
    record Anybody() implements Trust {}

    /** That they know the cluster's secret. */
    record Secret(String secret) implements Trust {
        @Override
        public String toString() {
            return "Secret[not shown]";
        }
    }

    /** That they have a certificate of the cluster's authority. */
    record Certificates(TlsFiles files) implements Trust {}

    /** @param secret empty if there is none; certificates are asked for in its place where there are some */
    static Trust of(String secret, Optional<TlsFiles> certificates) {
        if (certificates.isPresent()) {
            return new Certificates(certificates.get());
        }
        return secret.isEmpty() ? new Anybody() : new Secret(secret);
    }
}
