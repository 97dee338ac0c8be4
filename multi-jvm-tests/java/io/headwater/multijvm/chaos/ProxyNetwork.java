package io.headwater.multijvm.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Plain loopback: every node has an address of its own, and what it advertises to the others is a {@link CuttingProxy}
 * that knows who connects by the source address. Needs nothing of the machine.
 */
final class ProxyNetwork implements Network {
    private final Map<String, String> hosts = new LinkedHashMap<>();
    private final Map<String, String> fronts = new LinkedHashMap<>();
    private final Map<String, Map<String, Integer>> ports = new LinkedHashMap<>();
    private final CuttingProxy proxy;
    private final Wan wan;

    private ProxyNetwork(Map<String, String> groupOf, Wan wan, long seed) {
        this.wan = wan;
        long block = 10 + ProcessHandle.current().pid() % 100;
        int number = 1;
        for (String node : groupOf.keySet().stream().sorted().toList()) {
            hosts.put(node, "127." + block + ".10." + number);
            fronts.put(node, "127." + block + ".20." + number);
            number++;
        }
        this.proxy = new CuttingProxy(
                seed,
                (from, to) -> from.isEmpty() || groupOf.get(from).equals(groupOf.get(to)) ? Wan.NONE : wan,
                this::nodeAt);
        for (String node : hosts.keySet()) {
            Map<String, Integer> own = new LinkedHashMap<>();
            ChaosCluster.PORTS.forEach(port -> own.put(port, freePort(host(node))));
            ports.put(node, own);
            forward(node, "relay", Plane.ALL);
            forward(node, "cluster", Plane.CONTROL);
            // a publisher that is asked to reconnect is told the address that the node advertises
            forward(node, "rtmp", Plane.ALL);
        }
    }

    static ProxyNetwork open(Map<String, String> groupOf, Wan wan, long seed) {
        return new ProxyNetwork(groupOf, wan, seed);
    }

    private void forward(String node, String which, Plane plane) {
        proxy.forward(
                new CuttingProxy.Front(node, plane, new InetSocketAddress(host(node), port(node, which))),
                new InetSocketAddress(advertised(node), port(node, which)));
    }

    private String nodeAt(InetAddress address) {
        return hosts.entrySet().stream()
                .filter(node -> node.getValue().equals(address.getHostAddress()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
    }

    @Override
    public String description() {
        return "loopback with a cutting proxy, " + wan;
    }

    @Override
    public String host(String node) {
        return hosts.get(node);
    }

    @Override
    public String advertised(String node) {
        return fronts.get(node);
    }

    @Override
    public int port(String node, String which) {
        return ports.get(node).get(which);
    }

    private static int freePort(String host) {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Map<String, String> settings(String node) {
        return Map.of(
                "headwater.bind-host", host(node),
                "headwater.advertised-host", advertised(node),
                "headwater.relay.outgoing-host", host(node),
                "pekko.remote.artery.advanced.tcp.outbound-client-hostname", host(node));
    }

    @Override
    public List<String> runBy(String node) {
        return List.of();
    }

    @Override
    public void cutOneWay(String from, String to, Plane plane) {
        proxy.cut(from, to, plane);
    }

    @Override
    public void healOneWay(String from, String to, Plane plane) {
        proxy.heal(from, to, plane);
    }

    @Override
    public void close() {
        proxy.close();
    }
}
