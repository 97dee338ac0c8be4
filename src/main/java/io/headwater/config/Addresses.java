package io.headwater.config;

import io.headwater.cluster.ClusterSettings;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a node listens and where it is reached.
 *
 * @param bindHost what players' and publishers' ports and REST listen on
 * @param clusterBindHost what the ports for other nodes listen on
 * @param advertisedHost what other nodes connect to
 * @param seedNodes where this node looks for the others
 */
public record Addresses(
        String bindHost, String clusterBindHost, String advertisedHost, List<ClusterSettings.HostPort> seedNodes) {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Set<String> EVERY = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    static Addresses read(Values values) {
        String host = "expected a host name or an address";
        String bind = values.text("bind-host", Addresses::isHost, host);
        String advertised = values.text("advertised-host", text -> text.isEmpty() || isHost(text), host);
        if (EVERY.contains(advertised)) {
            values.refuse("advertised-host", "expected an address that other nodes can connect to");
        }
        Values cluster = values.at("cluster");
        List<ClusterSettings.HostPort> seeds =
                cluster
                        .list(
                                "seed-nodes",
                                text -> ClusterSettings.HostPort.parse(text).isPresent(),
                                "host:port")
                        .stream()
                        .map(ClusterSettings.HostPort::parse)
                        .flatMap(Optional::stream)
                        .toList();
        if (!advertised.isEmpty()) {
            return new Addresses(bind, bind, advertised, seeds);
        }
        if (!EVERY.contains(bind)) {
            return new Addresses(bind, bind, bind, seeds);
        }
        boolean alone = seeds.isEmpty() && PartSettings.secret(cluster).isEmpty();
        return alone
                ? new Addresses(bind, LOOPBACK, LOOPBACK, seeds)
                : new Addresses(bind, bind, outside().orElse(LOOPBACK), seeds);
    }

    static boolean isHost(String text) {
        return text.matches("[A-Za-z0-9._:-]{1,253}");
    }

    /** An IPv4 address if there is one, since that is what most networks between nodes speak. */
    private static Optional<String> outside() {
        try {
            return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                    .filter(Addresses::isUp)
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                    .sorted(java.util.Comparator.comparing(address -> !(address instanceof Inet4Address)))
                    .map(InetAddress::getHostAddress)
                    .map(address -> address.replaceAll("%.*", ""))
                    .findFirst();
        } catch (SocketException unknown) {
            return Optional.empty();
        }
    }

    private static boolean isUp(NetworkInterface card) {
        try {
            return card.isUp() && !card.isLoopback();
        } catch (SocketException gone) {
            return false;
        }
    }
}
