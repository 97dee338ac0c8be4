package io.headwater.cluster;

import com.typesafe.config.Config;
import io.headwater.net.Counters;
import io.headwater.net.Tls;
import io.headwater.net.TlsFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.remote.artery.tcp.SSLEngineProvider;
import scala.Option;

/**
 * Mutual TLS for remoting: whoever has a certificate of the cluster's authority belongs to it, from whatever address. Made
 * by Pekko, by its class name.
 */
public final class ClusterTls implements SSLEngineProvider {
    private static final String SECTION = "headwater-cluster-tls";

    private final Tls tls;

    public ClusterTls(ActorSystem system) throws IOException {
        Config config = system.settings().config().getConfig(SECTION);
        TlsFiles files = new TlsFiles(
                Path.of(config.getString("certificate")),
                Path.of(config.getString("key")),
                Optional.of(Path.of(config.getString("authority"))));
        // the relay reads the same files, and counts
        tls = Tls.load("headwater.tls", files, new Counters());
        system.registerOnTermination(tls::close);
    }

    /** What remoting needs to know to use it. */
    static Map<String, Object> config(TlsFiles files) {
        Map<String, Object> values = new HashMap<>();
        values.put("pekko.remote.artery.transport", "tls-tcp");
        values.put("pekko.remote.artery.ssl.ssl-engine-provider", ClusterTls.class.getName());
        values.put(SECTION + ".certificate", files.certificate().toString());
        values.put(SECTION + ".key", files.key().toString());
        values.put(SECTION + ".authority", files.authority().map(Path::toString).orElse(""));
        return values;
    }

    @Override
    public SSLEngine createServerSSLEngine(String hostname, int port) {
        return tls.serverEngine();
    }

    @Override
    public SSLEngine createClientSSLEngine(String hostname, int port) {
        return tls.clientEngine();
    }

    @Override
    public Option<Throwable> verifyClientSession(String hostname, SSLSession session) {
        return Option.empty();
    }

    @Override
    public Option<Throwable> verifyServerSession(String hostname, SSLSession session) {
        return Option.empty();
    }
}
