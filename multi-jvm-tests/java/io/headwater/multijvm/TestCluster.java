package io.headwater.multijvm;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.demo.Clip;
import io.headwater.demo.ClipPublisher;
import io.headwater.demo.FlvViewer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The four nodes of the scenario: origin1 and edge11 in region1, edge21 and edge22 in region2. */
final class TestCluster implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(30);
    static final Clip CLIP = Clip.load();

    private final Map<String, NodeProcess> nodes = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> settingsOf = new LinkedHashMap<>();

    /** Starts them and waits until they are one cluster. */
    static TestCluster start(Map<String, String> settings) {
        TestCluster cluster = new TestCluster();
        Map<String, String> groups = new LinkedHashMap<>();
        groups.put("origin1", "region1");
        groups.put("edge11", "region1");
        groups.put("edge21", "region2");
        groups.put("edge22", "region2");
        String net = "127." + (10 + ProcessHandle.current().pid() % 200) + ".10.";
        int seedPort = freePort(net + 1);
        int number = 1;
        for (Map.Entry<String, String> node : groups.entrySet()) {
            String host = net + number;
            Map<String, String> own = new TreeMap<>(NodeProcess.at(node.getKey(), host));
            own.putAll(settings);
            own.put("headwater.node-group", node.getValue());
            own.put("headwater.cluster.secret", "a-secret-of-the-tests");
            own.put("headwater.cluster.seed-nodes.0", net + "1:" + seedPort);
            if (number == 1) {
                own.put("headwater.cluster.port", Integer.toString(seedPort));
            }
            cluster.settingsOf.put(node.getKey(), own);
            cluster.nodes.put(node.getKey(), NodeProcess.start(node.getKey(), host, own));
            number++;
        }
        try {
            cluster.nodes.values().forEach(NodeProcess::awaitReady);
            for (NodeProcess node : cluster.all()) {
                Await.value(
                        node + " knows all nodes",
                        NodeProcess.START_LIMIT,
                        () -> node.rest()
                                .get("/rest/v2/cluster/node-count")
                                .body()
                                .path("number")
                                .asInt(),
                        count -> count == groups.size());
            }
            return cluster;
        } catch (RuntimeException | AssertionError e) {
            cluster.close();
            throw e;
        }
    }

    /** Ends a node by SIGTERM and starts another process in its place. */
    NodeProcess restart(String name) {
        NodeProcess old = node(name);
        old.signal("TERM");
        int exit = old.awaitExit(Duration.ofSeconds(60));
        if (exit != 0) {
            throw new AssertionError(name + " ended with " + exit);
        }
        return started(name);
    }

    /** Starts a node whose process has ended. */
    NodeProcess started(String name) {
        return started(name, Map.of());
    }

    /** The same with other settings beside its own. */
    NodeProcess started(String name, Map<String, String> others) {
        Map<String, String> settings = new TreeMap<>(settingsOf.getOrDefault(name, Map.of()));
        settings.putAll(others);
        NodeProcess next = NodeProcess.start(name, node(name).host(), settings);
        nodes.put(name, next);
        return next.awaitReady();
    }

    static int freePort(String host) {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    NodeProcess node(String name) {
        return nodes.get(name);
    }

    List<NodeProcess> all() {
        return List.copyOf(nodes.values());
    }

    /** Publishes the clip and waits until the node takes it. */
    ClipPublisher publish(String node, String stream) {
        ClipPublisher publisher = ClipPublisher.start(CLIP, url(node, stream));
        Await.until(stream + " is published to " + node, LIMIT, () -> {
            if (publisher.ended().isDone()) {
                throw new AssertionError(
                        "publishing " + stream + ": " + publisher.ended().join());
            }
            return publisher.started().isDone() && publisher.pictures() > 0;
        });
        return publisher;
    }

    RtmpUrl url(String node, String stream) {
        return RtmpUrl.parse(node(node).rtmpUrl(stream)).orElseThrow();
    }

    FlvViewer play(String node, String stream) {
        NodeProcess at = node(node);
        return FlvViewer.start(CLIP, at.host(), at.port("live"), "/" + stream + ".flv");
    }

    /** Plays and waits for some pictures. */
    FlvViewer watch(String node, String stream) {
        FlvViewer viewer = play(node, stream);
        sees(viewer, 25, node + " shows " + stream);
        return viewer;
    }

    /** Waits until the viewer has that many more pictures. */
    static void sees(FlvViewer viewer, int more, String what) {
        long wanted = viewer.seen().pictures() + more;
        Await.value(
                what,
                LIMIT,
                () -> {
                    if (viewer.ended().isDone()) {
                        throw new AssertionError(what + ": " + viewer.ended().join() + " after " + viewer.seen());
                    }
                    return viewer.seen();
                },
                seen -> seen.pictures() >= wanted);
    }

    /** The tree as one node tells it, once it is as wanted. */
    JsonNode topology(String asked, String stream, Predicate<JsonNode> wanted) {
        String[] key = stream.split("/", 2);
        String path = "/" + key[0] + "/rest/v2/broadcasts/" + key[1] + "/topology";
        return Await.value(
                "topology of " + stream + " at " + asked,
                LIMIT,
                () -> node(asked).rest().get(path).body(),
                wanted);
    }

    /** {@code edge21<origin1} for every node that has the stream, in order of the names. */
    static List<String> feeds(JsonNode topology) {
        List<String> feeds = new java.util.ArrayList<>();
        topology.path("nodes")
                .forEach(node -> feeds.add(
                        node.path("nodeId").asText() + "<" + node.path("feed").asText()));
        return feeds.stream().sorted().toList();
    }

    /** Waits until every node tells the same tree. */
    void fed(String stream, String... feeds) {
        List<String> wanted = List.of(feeds);
        for (NodeProcess node : all()) {
            topology(node.name(), stream, tree -> feeds(tree).equals(wanted));
        }
    }

    /** The links that carry the stream into a node now, by where they come from, as the node's relay counts them. */
    static List<String> linksInto(NodeProcess node, String stream) {
        List<String> peers = new java.util.ArrayList<>();
        node.self().path("relayLinks").forEach(link -> {
            if (link.path("stream").asText().equals(stream)
                    && link.path("direction").asText().equals("in")) {
                peers.add(link.path("peer").asText());
            }
        });
        return peers.stream().sorted().toList();
    }

    /** Waits until nothing of any stream is left on any node: hubs, connections, links, buffers. */
    void nothingIsLeft() {
        for (NodeProcess node : all()) {
            Await.value(node + " holds nothing", LIMIT, () -> node.self(), self -> {
                boolean[] clean = {
                    self.path("streams").isEmpty()
                            && self.has("inUse")
                            && self.path("relayLinks").isEmpty()
                };
                self.path("inUse").forEach(count -> clean[0] &= count.asLong() == 0);
                return clean[0];
            });
        }
    }

    @Override
    public void close() {
        nodes.values().parallelStream().forEach(NodeProcess::close);
    }
}
