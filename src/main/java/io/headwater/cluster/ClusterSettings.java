package io.headwater.cluster;

import io.headwater.cluster.registry.RegistrySettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a node's control plane finds the others and how long it waits for them.
 *
 * @param bindHost the address remoting listens on
 * @param advertisedHost the address other nodes reach it at
 * @param port the TCP port of remoting; 0 takes any free one, once, and keeps it over restarts of the control plane
 * @param advertisedPort the port other nodes reach it at if that is another one (behind a port mapping)
 * @param seedNodes the nodes to join through; the first one forms the cluster. Without any (or with only this node in
 *     it) the node is a cluster of its own at once
 * @param downing who goes on when a group falls apart
 * @param heartbeatPause a member whose heartbeats stay away for longer is unreachable
 * @param stableAfter the membership must be unchanged for this long before unreachable members are removed
 * @param formAfter how long the first seed node waits for the others before it forms a cluster
 * @param aloneAfter how long any other node waits, nobody answering at all, before it forms a cluster; a third of
 *     that if it was in one with others before
 * @param mergeInterval how often nodes that are not members are asked whether they are another cluster
 * @param leaveWithin how long leaving may take before it is cut short
 * @param restartBackoffMax the longest pause between attempts to start the control plane again
 * @param restartWait how long a call waits while the control plane starts again
 * @param silence how long an answer of a stream's entity is waited for before the nodes are asked instead
 * @param publishWait how long a publisher waits for the entity before the node grants by itself
 * @param recoveryWait how long a starting entity waits for the nodes of its group
 * @param queryWait how long a question of the API waits for the nodes
 * @param maxWaitingCalls publishes and plays that wait for the cluster at once; more are refused
 * @param registry what is remembered of broadcasts
 * @param shards entities of one group are spread in this many pieces; the same on all nodes
 * @param trust what nodes prove to each other that they belong together with
 */
public record ClusterSettings(
        String bindHost,
        String advertisedHost,
        int port,
        Optional<Integer> advertisedPort,
        List<HostPort> seedNodes,
        Downing downing,
        Duration heartbeatPause,
        Duration stableAfter,
        Duration formAfter,
        Duration aloneAfter,
        Duration mergeInterval,
        Duration leaveWithin,
        Duration restartBackoffMax,
        Duration restartWait,
        Duration silence,
        Duration publishWait,
        Duration recoveryWait,
        Duration queryWait,
        int maxWaitingCalls,
        RegistrySettings registry,
        int shards,
        Trust trust) {

    /** The default port of remoting. */
    public static final int DEFAULT_PORT = 17355;

    /** Who goes on when the nodes of one group lose each other; see Pekko's split-brain resolver. */
    public enum Downing {
        /** The side with more nodes; of two equal ones the side with the lowest address. */
        KEEP_MAJORITY("keep-majority"),
        /** The side with the oldest node, unless that node is alone against several. */
        KEEP_OLDEST("keep-oldest");

        private final String strategy;

        Downing(String strategy) {
            this.strategy = strategy;
        }

        String strategy() {
            return strategy;
        }
    }

    /** A place to reach a node's remoting at. */
    public record HostPort(String host, int port) {
        /** Reads {@code host:port}; an IPv6 address stands in brackets. */
        public static Optional<HostPort> parse(String text) {
            int colon = text.lastIndexOf(':');
            if (colon <= 0 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
                return Optional.empty();
            }
            int port = Integer.parseInt(text.substring(colon + 1));
            String host = text.substring(0, colon);
            boolean bracketed = host.startsWith("[") && host.endsWith("]");
            boolean bare = host.matches("[A-Za-z0-9._-]+");
            return port > 0 && port < 65536 && (bracketed || bare)
                    ? Optional.of(new HostPort(host, port))
                    : Optional.empty();
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    public ClusterSettings {
        seedNodes = List.copyOf(seedNodes);
    }

    /** A cluster of one on the default port. */
    public static ClusterSettings defaults() {
        return new ClusterSettings(
                "0.0.0.0",
                "127.0.0.1",
                DEFAULT_PORT,
                Optional.empty(),
                List.of(),
                Downing.KEEP_MAJORITY,
                Duration.ofSeconds(3),
                Duration.ofSeconds(3),
                Duration.ofSeconds(3),
                Duration.ofSeconds(15),
                Duration.ofSeconds(5),
                Duration.ofSeconds(8),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofMillis(500),
                Duration.ofSeconds(3),
                Duration.ofMillis(300),
                Duration.ofSeconds(1),
                10_000,
                RegistrySettings.defaults(),
                128,
                new Trust.Anybody());
    }

    /** These settings at another place and with other seed nodes. */
    public ClusterSettings at(String bind, String advertised, int newPort, List<HostPort> seeds) {
        return new ClusterSettings(
                bind,
                advertised,
                newPort,
                advertisedPort,
                seeds,
                downing,
                heartbeatPause,
                stableAfter,
                formAfter,
                aloneAfter,
                mergeInterval,
                leaveWithin,
                restartBackoffMax,
                restartWait,
                silence,
                publishWait,
                recoveryWait,
                queryWait,
                maxWaitingCalls,
                registry,
                shards,
                trust);
    }

    /** These settings with another memory of broadcasts. */
    public ClusterSettings keeping(RegistrySettings other) {
        return new ClusterSettings(
                bindHost,
                advertisedHost,
                port,
                advertisedPort,
                seedNodes,
                downing,
                heartbeatPause,
                stableAfter,
                formAfter,
                aloneAfter,
                mergeInterval,
                leaveWithin,
                restartBackoffMax,
                restartWait,
                silence,
                publishWait,
                recoveryWait,
                queryWait,
                maxWaitingCalls,
                other,
                shards,
                trust);
    }

    /** These settings with something that has to be proven. */
    public ClusterSettings trusting(Trust other) {
        return new ClusterSettings(
                bindHost,
                advertisedHost,
                port,
                advertisedPort,
                seedNodes,
                downing,
                heartbeatPause,
                stableAfter,
                formAfter,
                aloneAfter,
                mergeInterval,
                leaveWithin,
                restartBackoffMax,
                restartWait,
                silence,
                publishWait,
                recoveryWait,
                queryWait,
                maxWaitingCalls,
                registry,
                shards,
                other);
    }
}
