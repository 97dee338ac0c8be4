package io.headwater.cluster;

import io.headwater.net.Counters;
import io.headwater.net.Tls;
import io.headwater.net.TlsFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLEngine;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.remote.artery.tcp.SSLEngineProviderSetup;

/** Who may come in to remoting, for all lives of a control plane: what takes long to make is made once. */
final class Entrance {
    private static final String SECRET = "headwater.cluster.secret";

    private final Refusals refusals;
    private final Optional<SSLEngineProviderSetup> tls;

    /** Begins to make what is needed; {@link #tls} waits for it where it is used. */
    Entrance(Trust trust, Counters counters) {
        if (trust instanceof Trust.Secret known) {
            refusals = new Refusals("compare " + SECRET, counters);
            CompletableFuture<SecretTls> made =
                    CompletableFuture.supplyAsync(() -> new SecretTls(SecretIdentity.of(known.secret())));
            tls = Optional.of(SSLEngineProviderSetup.create(system -> new ClusterTls(system, made.join(), refusals)));
        } else if (trust instanceof Trust.Certificates certificates) {
            refusals = new Refusals("compare headwater.tls.cluster-authority", counters);
            tls = Optional.of(SSLEngineProviderSetup.create(
                    system -> new ClusterTls(system, read(system, certificates.files()), refusals)));
        } else {
            refusals = new Refusals("compare " + SECRET + ", of which this node has none", counters);
            tls = Optional.empty();
        }
    }

    /** How remoting speaks TLS; nothing if it does not. */
    Optional<SSLEngineProviderSetup> tls() {
        return tls;
    }

    Refusals refusals() {
        return refusals;
    }

    /** For each life anew, which starts with what the files say then. */
    private static ClusterTls.Engines read(ExtendedActorSystem system, TlsFiles files) {
        try {
            // the relay reads the same files, and counts
            Tls tls = Tls.load("headwater.tls", files, new Counters());
            system.registerOnTermination(tls::close);
            return new Certified(tls);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused.getMessage(), refused);
        }
    }

    private record Certified(Tls tls) implements ClusterTls.Engines {
        @Override
        public SSLEngine serverEngine() {
            return tls.serverEngine();
        }

        @Override
        public SSLEngine clientEngine() {
            return tls.clientEngine();
        }
    }
}
