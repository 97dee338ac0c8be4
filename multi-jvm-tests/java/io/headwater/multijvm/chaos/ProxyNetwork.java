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
    private static final List<String> BETWEEN_NODES = List.of("relay", "cluster");

    private final Map<String, String> hosts = new LinkedHashMap<>();
    private final Map<String, String> fronts = new LinkedHashMap<>();
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
                seed, (from, to) -> groupOf.get(from).equals(groupOf.get(to)) ? Wan.NONE : wan, this::nodeAt);
    }

    static ProxyNetwork open(Map<String, String> groupOf, Wan wan, long seed) {
        return new ProxyNetwork(groupOf, wan, seed);
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
    public int freePort(String node) {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host(node)))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Map<String, String> settings(String node, Map<String, Integer> ports) {
        for (String port : BETWEEN_NODES) {
            proxy.forward(
                    node,
                    new InetSocketAddress(advertised(node), ports.get(port)),
                    new InetSocketAddress(host(node), ports.get(port)));
        }
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
    public void cutOneWay(String from, String to) {
        proxy.cut(from, to);
    }

    @Override
    public void healOneWay(String from, String to) {
        proxy.heal(from, to);
    }

    @Override
    public void close() {
        proxy.close();
    }
}
