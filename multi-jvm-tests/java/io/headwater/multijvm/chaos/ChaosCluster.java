package io.headwater.multijvm.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.multijvm.Await;
import io.headwater.multijvm.NodeProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Six nodes in three groups, one process each, in a {@link Network}; those that were killed can be started again. */
final class ChaosCluster implements AutoCloseable {
    /** Two, three and one: a group that can lose one, one that can lose two, one that has no successor. */
    static final Map<String, String> GROUPS = groups();

    private static final Duration WHOLE_WITHIN = Duration.ofMinutes(2);
    /** An application whose second publisher stands by, and whose primary takes the stream back. */
    static final String BACKUP_APP = "backed";

    static final List<String> PORTS = List.of("rtmp", "live", "http", "relay", "cluster");

    private final Network network;
    private final Map<String, Map<String, String>> settings = new LinkedHashMap<>();
    private final Map<String, Path> homes = new LinkedHashMap<>();
    private final Map<String, NodeProcess> nodes = new ConcurrentHashMap<>();

    private final Set<Set<String>> apart = ConcurrentHashMap.newKeySet();

    private ChaosCluster(Network network) {
        this.network = network;
    }

    private static Map<String, String> groups() {
        Map<String, String> groups = new LinkedHashMap<>();
        groups.put("a1", "region1");
        groups.put("a2", "region1");
        groups.put("b1", "region2");
        groups.put("b2", "region2");
        groups.put("b3", "region2");
        groups.put("c1", "region3");
        return groups;
    }

    /** Starts all nodes and waits until they are one cluster; the network is closed with it. */
    static ChaosCluster start(Network network, Map<String, String> more) {
        ChaosCluster cluster = new ChaosCluster(network);
        try {
            cluster.configure(more);
            // the first seed first: it forms the cluster, and the others need not wait for each other
            GROUPS.keySet().forEach(cluster::launch);
            GROUPS.keySet().forEach(name -> cluster.node(name).awaitReady());
            cluster.awaitWhole();
            return cluster;
        } catch (RuntimeException | AssertionError e) {
            cluster.close();
            throw e;
        }
    }

    private void configure(Map<String, String> more) {
        List<String> seeds = List.of("a1", "b1");
        for (String name : GROUPS.keySet()) {
            Map<String, String> own = new TreeMap<>(NodeProcess.at(name, network.host(name)));
            own.putAll(network.settings(name));
            PORTS.forEach(port -> own.put("headwater." + port + ".port", Integer.toString(network.port(name, port))));
            own.put("headwater.node-group", GROUPS.get(name));
            own.put("headwater.cluster.secret", "a-secret-of-the-tests");
            for (String seed : seeds) {
                own.put(
                        "headwater.cluster.seed-nodes." + seeds.indexOf(seed),
                        network.advertised(seed) + ":" + network.port(seed, "cluster"));
            }
            own.put("headwater.apps.default.end-on-unpublish", "on");
            own.put("headwater.apps.default.linger", "2s");
            own.put("headwater.apps." + BACKUP_APP + ".on-conflict", "backup");
            own.put("headwater.apps." + BACKUP_APP + ".backup-return", "on");
            own.put("headwater.drain.within", "8s");
            own.putAll(more);
            settings.put(name, own);
            homes.put(name, Path.of("target", "multi-jvm-homes", name + "-" + System.nanoTime()));
        }
    }

    private NodeProcess launch(String name) {
        NodeProcess node = NodeProcess.start(
                network.runBy(name), name, network.host(name), homes.get(name).toAbsolutePath(), settings.get(name));
        nodes.put(name, node);
        return node;
    }

    /** Starts a node that ended, as it was: its place, its home, its name. */
    NodeProcess startAgain(String name) {
        node(name).close();
        return launch(name);
    }

    /**
     * Starts every node that does not run, or has left the cluster for good or is about to, and waits until all are one
     * cluster again.
     */
    void repair() {
        for (String name : GROUPS.keySet()) {
            if (!node(name).isAlive()
                    || Set.of("draining", "drained")
                            .contains(node(name).self().path("state").asText())) {
                startAgain(name);
            }
        }
        awaitWhole();
    }

    Network network() {
        return network;
    }

    NodeProcess node(String name) {
        return nodes.get(name);
    }

    static String groupOf(String name) {
        return GROUPS.get(name);
    }

    static List<String> names() {
        return List.copyOf(GROUPS.keySet());
    }

    static List<String> inGroup(String group) {
        return names().stream().filter(name -> groupOf(name).equals(group)).toList();
    }

    /** Every node of one side loses every node of the other side. */
    void cut(List<String> side, List<String> otherSide, Network.Plane plane) {
        side.forEach(one -> otherSide.forEach(other -> {
            network.cut(one, other, plane);
            if (plane == Network.Plane.ALL) {
                apart.add(Set.of(one, other));
            }
        }));
    }

    /** Whether nothing gets from one of these nodes to the other now. */
    boolean areApart(String one, String other) {
        return !one.equals(other) && apart.contains(Set.of(one, other));
    }

    void heal(List<String> side, List<String> otherSide, Network.Plane plane) {
        side.forEach(one -> otherSide.forEach(other -> {
            network.heal(one, other, plane);
            apart.remove(Set.of(one, other));
        }));
    }

    static List<String> allBut(String... these) {
        return names().stream().filter(name -> !List.of(these).contains(name)).toList();
    }

    /** Moves a node to another group and waits until it is a member there. */
    void move(String name, String group) {
        var answer = node(name).rest().post("/rest/v2/server-settings", "{\"nodeGroup\":\"" + group + "\"}");
        if (answer.status() != 200) {
            throw new AssertionError("moving " + name + " to " + group + ": " + answer);
        }
        Await.until(
                name + " is in " + group,
                WHOLE_WITHIN,
                () -> node(name).self().path("nodeGroup").asText().equals(group)
                        && node(name).rest().get("/rest/v2/readiness").status() == 200);
    }

    /** The node of {@code group} that hosts the group's entity of the stream now, empty if none says so. */
    String entityHost(String group, String stream) {
        for (String name : inGroup(group)) {
            for (JsonNode here : node(name).self().path("entities").path("here")) {
                if (here.asText().equals(stream)) {
                    return name;
                }
            }
        }
        return "";
    }

    /** The node that hands out the group's entities, as that node sees it. */
    String coordinator(String asked) {
        return node(asked).self().path("entities").path("coordinator").asText();
    }

    /** The sum of a counter over all nodes that run. */
    long sum(String metric) {
        return nodes.values().stream()
                .filter(NodeProcess::isAlive)
                .mapToLong(node -> node.counter(metric))
                .sum();
    }

    /** Waits until every node is ready and sees every other alive in its own group. */
    void awaitWhole() {
        for (String name : names()) {
            node(name).awaitReady();
            Await.value(
                    name + " sees all nodes",
                    WHOLE_WITHIN,
                    () -> members(name),
                    members -> members.equals(GROUPS)
                            && node(name).rest().get("/rest/v2/readiness").status() == 200);
        }
    }

    /** The nodes that {@code asked} sees alive, with their groups. */
    Map<String, String> members(String asked) {
        Map<String, String> members = new TreeMap<>();
        for (JsonNode member :
                node(asked).rest().get("/rest/v2/cluster/nodes/0/50").body()) {
            if (member.path("status").asText().equals("alive")) {
                members.put(member.path("id").asText(), member.path("nodeGroup").asText());
            }
        }
        return members;
    }

    /** How many nodes of {@code group} are members for {@code asked}, heard or not. */
    long listed(String asked, String group) {
        return node(asked).rest().get("/rest/v2/cluster/nodes/0/50").body().findValuesAsText("nodeGroup").stream()
                .filter(group::equals)
                .count();
    }

    @Override
    public void close() {
        nodes.values().parallelStream().forEach(node -> {
            if (node.isAlive()) {
                // one that was stopped cannot end by itself
                node.signal("CONT");
            }
            node.close();
        });
        network.close();
    }
}
