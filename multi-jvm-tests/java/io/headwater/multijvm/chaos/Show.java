package io.headwater.multijvm.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.multijvm.Await;
import io.headwater.multijvm.NodeProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** One stream with all who publish and watch it from outside. */
final class Show implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);
    /** A picture every 40 ms. */
    static final int SECOND = NumberedPublisher.FPS;

    private static final AtomicInteger SESSIONS = new AtomicInteger();

    private final ChaosCluster cluster;
    private final Clients clients;
    private final String stream;
    private final List<NumberedPublisher> publishers = new ArrayList<>();
    private final List<Watcher> watchers = new ArrayList<>();

    Show(ChaosCluster cluster, Clients clients, String stream) {
        this.cluster = cluster;
        this.clients = clients;
        this.stream = stream;
    }

    String stream() {
        return stream;
    }

    /** Begins to publish there; what becomes of it, {@link #published} waits for. */
    NumberedPublisher begin(String node, String query) {
        RtmpUrl url = RtmpUrl.parse(cluster.node(node).rtmpUrl(stream) + query).orElseThrow();
        NumberedPublisher publisher = NumberedPublisher.start(clients.publishing(), url, SESSIONS.incrementAndGet());
        publishers.add(publisher);
        return publisher;
    }

    /** Publishes there as one that goes where it is asked to go, and waits until the node takes it. */
    NumberedPublisher publishObeying(String node) {
        RtmpUrl url = RtmpUrl.parse(cluster.node(node).rtmpUrl(stream)).orElseThrow();
        NumberedPublisher publisher = NumberedPublisher.obeying(clients.publishing(), url, SESSIONS::incrementAndGet);
        publishers.add(publisher);
        published(publisher, node);
        return publisher;
    }

    /** Waits until an obeying publisher was asked to go elsewhere, and is there. */
    NumberedPublisher moved(NumberedPublisher publisher) {
        NumberedPublisher moved = Await.value(
                        stream + ": its publisher is asked to reconnect",
                        LIMIT,
                        publisher::successor,
                        Optional::isPresent)
                .orElseThrow();
        publishers.add(moved);
        published(moved, "the place it was asked to go to");
        return moved;
    }

    /** Publishes there and waits until the node takes it. */
    NumberedPublisher publish(String node) {
        NumberedPublisher publisher = begin(node, "");
        published(publisher, node);
        return publisher;
    }

    void published(NumberedPublisher publisher, String node) {
        Await.until(stream + " is published to " + node, LIMIT, () -> {
            if (!publisher.ended().isEmpty()) {
                throw new AssertionError("publishing " + stream + " to " + node + ": " + publisher.ended());
            }
            return publisher.sent() > 0;
        });
    }

    Watcher play(String node, Watcher.Protocol protocol) {
        Watcher watcher = Watcher.start(clients.watching(), cluster.node(node), stream, protocol);
        watchers.add(watcher);
        return watcher;
    }

    /** Plays there and waits for the first picture. */
    Watcher watch(String node, Watcher.Protocol protocol) {
        Watcher watcher = play(node, protocol);
        goesOn(List.of(watcher), 1, "plays at " + node);
        return watcher;
    }

    /** Both kinds of players on each of the nodes, one node after another. */
    void watchAt(Collection<String> nodes) {
        for (String node : nodes) {
            watch(node, Watcher.Protocol.HTTP_FLV);
            play(node, Watcher.Protocol.RTMP);
        }
    }

    /** All players that were started, those whose connection is over included. */
    List<Watcher> watchers() {
        return List.copyOf(watchers);
    }

    List<Watcher> watchersAt(Collection<String> nodes) {
        return watchers.stream().filter(one -> nodes.contains(one.node())).toList();
    }

    /** Forgets the players of a node that is about to die: they go with it. */
    void forget(String node) {
        watchers.stream().filter(one -> one.node().equals(node)).forEach(Watcher::close);
        watchers.removeIf(one -> one.node().equals(node));
    }

    /** Waits until each of them has so many more pictures. */
    static void goesOn(Collection<Watcher> these, int pictures, String what) {
        Map<Watcher, Long> wanted = new java.util.LinkedHashMap<>();
        these.forEach(one -> wanted.put(one, one.seen().pictures() + pictures));
        wanted.forEach((one, count) -> Await.value(
                what + ": " + one.node() + " shows " + pictures + " more pictures",
                LIMIT,
                () -> {
                    if (!one.ended().isEmpty()) {
                        throw new AssertionError(what + ": " + one);
                    }
                    return one.seen();
                },
                seen -> seen.pictures() >= count));
    }

    /** Waits until each of them shows that session. */
    static void shows(Collection<Watcher> these, NumberedPublisher publisher) {
        for (Watcher one : these) {
            Await.value(
                    one.node() + " shows session " + publisher.number(),
                    LIMIT,
                    () -> {
                        if (!one.ended().isEmpty()) {
                            throw new AssertionError(one.toString());
                        }
                        return one.check().session();
                    },
                    session -> session == publisher.number());
        }
    }

    /** Who feeds whom as the nodes with that name tell it. */
    JsonNode topology(String asked) {
        String[] key = stream.split("/", 2);
        return cluster.node(asked)
                .rest()
                .get("/" + key[0] + "/rest/v2/broadcasts/" + key[1] + "/topology")
                .body();
    }

    /** The node that pulls for the group, empty if there is none. */
    String originOf(String asked, String group) {
        return ofGroup(asked, group, "origin");
    }

    String successorOf(String asked, String group) {
        return ofGroup(asked, group, "successor");
    }

    /** The node that feeds {@code name}, {@code publisher}, or nothing. */
    String feedOf(String asked, String name) {
        for (JsonNode one : topology(asked).path("nodes")) {
            if (one.path("nodeId").asText().equals(name)) {
                return one.path("feed").asText("");
            }
        }
        return "";
    }

    private String ofGroup(String asked, String group, String what) {
        for (JsonNode one : topology(asked).path("groups")) {
            if (one.path("nodeGroup").asText().equals(group)) {
                return one.path(what).asText("");
            }
        }
        return "";
    }

    /**
     * Links that carry the stream into each group from outside now, as the nodes' relays count them.
     *
     * @param groupOf where the nodes are now
     */
    Map<String, Integer> transfers(Map<String, String> groupOf) {
        Map<String, Integer> transfers = new TreeMap<>();
        for (String name : ChaosCluster.names()) {
            NodeProcess node = cluster.node(name);
            if (!node.isAlive()) {
                continue;
            }
            for (JsonNode link : node.self().path("relayLinks")) {
                String from = groupOf.getOrDefault(link.path("peer").asText(), "");
                if (link.path("stream").asText().equals(stream)
                        && link.path("direction").asText().equals("in")
                        && !from.equals(groupOf.get(name))) {
                    transfers.merge(groupOf.get(name), 1, Integer::sum);
                }
            }
        }
        return transfers;
    }

    List<NumberedPublisher> publishers() {
        return List.copyOf(publishers);
    }

    @Override
    public void close() {
        watchers.forEach(Watcher::close);
        publishers.forEach(NumberedPublisher::close);
    }
}
