package io.headwater.multijvm.chaos;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every node in a network namespace of its own, every group behind a router of its own, and the routers behind one more.
 * The tests' clients stand beside the group's router, so that cuts and delays between nodes do not touch them.
 *
 * <p>Needs root and iproute2; delay, jitter and loss need the kernel's netem. A cut is a rule that drops on the router of
 * the sender: no FIN, no RST, no ICMP.
 */
final class NamespaceNetwork implements Network {
    private static final Pattern OURS = Pattern.compile("hw(\\d+)-\\S+");
    private static final String CORE = "core";
    private static final int CLUSTER_PORT = 17355;

    private final String prefix = "hw" + ProcessHandle.current().pid() + "-";
    private final String net = "10." + (100 + ProcessHandle.current().pid() % 100) + ".";
    private final Map<String, String> groupOf;
    private final Map<String, String> hosts = new LinkedHashMap<>();
    private final Set<String> spaces = new LinkedHashSet<>();
    private final Set<String> cuts = new LinkedHashSet<>();
    private final Wan wan;

    private NamespaceNetwork(Map<String, String> groupOf, Wan wan) {
        this.groupOf = Map.copyOf(groupOf);
        this.wan = wan;
    }

    /** Whether this machine lets us, and has what {@code wan} needs. */
    static boolean isPossible(Wan wan) {
        String probe = "hw" + ProcessHandle.current().pid() + "-probe";
        if (!Shell.succeeds("ip", "netns", "add", probe)) {
            return false;
        }
        try {
            return Shell.succeeds("ip", "-n", probe, "link", "add", "v0", "type", "veth", "peer", "name", "v1")
                    && Shell.succeeds("ip", "-n", probe, "rule", "add", "from", "192.0.2.1", "blackhole")
                    && (wan.isNone() || Shell.succeeds(netem(probe, "v0", wan)));
        } finally {
            Shell.succeeds("ip", "netns", "del", probe);
        }
    }

    /** @param groupOf the group of every node */
    static NamespaceNetwork open(Map<String, String> groupOf, Wan wan) {
        NamespaceNetwork network = new NamespaceNetwork(groupOf, wan);
        removeLeftovers();
        try {
            network.build();
            return network;
        } catch (RuntimeException | AssertionError e) {
            network.close();
            throw e;
        }
    }

    /** What a run that was killed could not remove. */
    private static void removeLeftovers() {
        for (String line : Shell.output("ip", "netns", "list").lines().toList()) {
            Matcher ours = OURS.matcher(line.strip());
            if (ours.lookingAt()
                    && ProcessHandle.of(Long.parseLong(ours.group(1))).isEmpty()) {
                Shell.succeeds("ip", "netns", "del", line.strip().split(" ", 2)[0]);
            }
        }
    }

    private void build() {
        space(CORE);
        int number = 1;
        for (String group :
                new LinkedHashSet<>(groupOf.values().stream().sorted().toList())) {
            group(group, number++);
        }
    }

    private void group(String group, int number) {
        String router = space(group);
        String subnet = net + number + ".";
        // to the other groups
        wire(
                prefix + CORE,
                "g" + number,
                net + "200." + (4 * number + 1),
                router,
                "core",
                net + "200." + (4 * number + 2));
        ip(prefix + CORE, "route", "add", subnet + "0/24", "via", net + "200." + (4 * number + 2));
        ip(router, "route", "add", "default", "via", net + "200." + (4 * number + 1));
        if (!wan.isNone()) {
            Shell.run(netem(router, "core", wan));
        }
        // to the clients of the tests, on this machine
        String here = prefix + "g" + number;
        Shell.run("ip", "link", "add", here, "type", "veth", "peer", "name", "clients", "netns", router);
        Shell.run("ip", "addr", "add", subnet + "254/30", "dev", here);
        Shell.run("ip", "link", "set", here, "up");
        ip(router, "addr", "add", subnet + "253/30", "dev", "clients");
        ip(router, "link", "set", "clients", "up");
        Shell.run("ip", "route", "add", subnet + "0/24", "via", subnet + "253");
        int place = 0;
        for (String node : groupOf.keySet().stream().sorted().toList()) {
            if (groupOf.get(node).equals(group)) {
                String own = space(node);
                String gateway = subnet + (4 * place + 1);
                String host = subnet + (4 * place + 2);
                wire(router, "n" + place, gateway, own, "eth0", host);
                ip(own, "route", "add", "default", "via", gateway);
                hosts.put(node, host);
                place++;
            }
        }
    }

    private String space(String name) {
        String space = prefix + name;
        Shell.run("ip", "netns", "add", space);
        spaces.add(space);
        ip(space, "link", "set", "lo", "up");
        Shell.run("ip", "netns", "exec", space, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
        return space;
    }

    private static void wire(String space, String device, String address, String peer, String there, String its) {
        ip(space, "link", "add", device, "type", "veth", "peer", "name", there, "netns", peer);
        ip(space, "addr", "add", address + "/30", "dev", device);
        ip(peer, "addr", "add", its + "/30", "dev", there);
        ip(space, "link", "set", device, "up");
        ip(peer, "link", "set", there, "up");
    }

    private static void ip(String space, String... words) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", space));
        command.addAll(List.of(words));
        Shell.run(command.toArray(String[]::new));
    }

    private static String[] netem(String space, String device, Wan wan) {
        return ("ip netns exec " + space + " tc qdisc add dev " + device + " root netem limit 100000 delay "
                        + wan.delayMs() + "ms " + wan.jitterMs() + "ms loss " + wan.lossPercent() + "%")
                .split(" ");
    }

    @Override
    public String description() {
        return "network namespaces, " + wan;
    }

    @Override
    public String host(String node) {
        return hosts.get(node);
    }

    @Override
    public String advertised(String node) {
        return host(node);
    }

    /** Nothing else lives there: the same on every node. */
    @Override
    public int port(String node, String which) {
        return switch (which) {
            case "rtmp" -> 1935;
            case "live" -> 8080;
            case "http" -> 5080;
            case "relay" -> 5000;
            case "cluster" -> CLUSTER_PORT;
            default -> throw new IllegalArgumentException(which);
        };
    }

    @Override
    public Map<String, String> settings(String node) {
        return Map.of(
                "headwater.bind-host",
                "0.0.0.0",
                "headwater.advertised-host",
                host(node),
                "headwater.http.write-from.0",
                net + "0.0/16");
    }

    @Override
    public List<String> runBy(String node) {
        return List.of("ip", "netns", "exec", prefix + node);
    }

    @Override
    public synchronized void cutOneWay(String from, String to, Plane plane) {
        if (cuts.add(from + ">" + to + ">" + plane)) {
            rule("add", from, to, plane);
        }
    }

    @Override
    public synchronized void healOneWay(String from, String to, Plane plane) {
        if (cuts.remove(from + ">" + to + ">" + plane)) {
            rule("del", from, to, plane);
        }
    }

    private void rule(String verb, String from, String to, Plane plane) {
        List<String> words = new ArrayList<>(List.of("rule", verb, "from", host(from), "to", host(to)));
        if (plane == Plane.CONTROL) {
            // nodes connect to each other both ways: what goes to the port is enough
            words.addAll(List.of("ipproto", "tcp", "dport", Integer.toString(CLUSTER_PORT)));
        }
        words.add("blackhole");
        ip(prefix + groupOf.get(from), words.toArray(String[]::new));
    }

    @Override
    public synchronized void close() {
        // its wires, addresses and routes go with a namespace
        spaces.forEach(space -> Shell.succeeds("ip", "netns", "del", space));
        spaces.clear();
    }
}
