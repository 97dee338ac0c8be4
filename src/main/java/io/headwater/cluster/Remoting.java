package io.headwater.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The Pekko configuration of a control plane: {@code headwater-cluster.conf} with one node's settings over
 * it, and what {@code -Dpekko...} says over all.
 */
final class Remoting {
    /** The name of the actor system; nodes of another name do not talk to each other. */
    static final String SYSTEM = "headwater";

    private Remoting() {}

    static Config config(ClusterSettings settings, int port, String group, NodeRoles roles) {
        Map<String, Object> values = new HashMap<>();
        values.put("pekko.remote.artery.canonical.hostname", settings.advertisedHost());
        values.put(
                "pekko.remote.artery.canonical.port", settings.advertisedPort().orElse(port));
        values.put("pekko.remote.artery.bind.hostname", settings.bindHost());
        values.put("pekko.remote.artery.bind.port", port);
        values.put("pekko.cluster.roles", roles.toRoles());
        values.put("pekko.cluster.multi-data-center.self-data-center", group);
        values.put(
                "pekko.cluster.split-brain-resolver.active-strategy",
                settings.downing().strategy());
        values.put("pekko.cluster.split-brain-resolver.stable-after", settings.stableAfter());
        values.put("pekko.cluster.failure-detector.acceptable-heartbeat-pause", settings.heartbeatPause());
        values.put("pekko.cluster.sharding.number-of-shards", settings.shards());
        values.put(
                "pekko.cluster.distributed-data.durable.keys",
                settings.registry().folder().isPresent() ? List.of("broadcasts-*", "lasting-notes-*") : List.of());
        settings.registry()
                .folder()
                .ifPresent(folder -> values.put(
                        "pekko.cluster.distributed-data.durable.headwater.folder",
                        folder.toAbsolutePath().toString()));
        if (!(settings.trust() instanceof Trust.Anybody)) {
            values.put("pekko.remote.artery.transport", "tls-tcp");
        }
        ClassLoader loader = Remoting.class.getClassLoader();
        Config given = ConfigFactory.systemProperties();
        return (given.hasPath("pekko") ? given.withOnlyPath("pekko") : ConfigFactory.empty())
                .withFallback(ConfigFactory.parseMap(values))
                .withFallback(ConfigFactory.parseResources(loader, "headwater-cluster.conf"))
                .withFallback(ConfigFactory.defaultReferenceUnresolved(loader))
                .resolve();
    }
}
