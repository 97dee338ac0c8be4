package io.headwater.multijvm.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Asks every node again and again what it pulls, and notes for how long a stream of one round entered a region twice.
 * What a node that does not answer pulls, nobody knows, and a link that is cut brings nothing: they do not count. A thread for each node, so that none waits for
 * one that hangs.
 */
final class TransferWatch implements AutoCloseable {
    private static final long INTERVAL_MS = 1000;
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(3);

    private record Link(String stream, String from) {}

    private record Pulls(String group, List<Link> links, long atNanos) {}

    private final ChaosCluster cluster;
    private final String name;
    private final ScheduledExecutorService threads;
    private final Map<String, Pulls> pulls = new ConcurrentHashMap<>();
    private final Map<String, Long> since = new HashMap<>();
    private String longest = "";
    private long longestNanos;

    private TransferWatch(ChaosCluster cluster, String stream) {
        this.cluster = cluster;
        this.name = stream.substring(stream.indexOf('/'));
        this.threads = Executors.newScheduledThreadPool(ChaosCluster.names().size(), work -> {
            Thread thread = new Thread(work, "transfers");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** @param stream what the names of the round's streams begin with, in whatever application */
    static TransferWatch start(ChaosCluster cluster, String stream) {
        TransferWatch watch = new TransferWatch(cluster, stream);
        for (String node : ChaosCluster.names()) {
            watch.threads.scheduleWithFixedDelay(() -> watch.ask(node), 0, INTERVAL_MS, TimeUnit.MILLISECONDS);
        }
        return watch;
    }

    private void ask(String node) {
        JsonNode self;
        try {
            self = cluster.node(node).self();
        } catch (RuntimeException | AssertionError gone) {
            pulls.remove(node);
            return;
        }
        List<Link> links = new ArrayList<>();
        for (JsonNode link : self.path("relayLinks")) {
            String stream = link.path("stream").asText();
            if (stream.startsWith(name, stream.indexOf('/'))
                    && link.path("direction").asText().equals("in")) {
                links.add(new Link(stream, link.path("peer").asText()));
            }
        }
        pulls.put(node, new Pulls(self.path("nodeGroup").asText(), links, System.nanoTime()));
        count();
    }

    private synchronized void count() {
        long now = System.nanoTime();
        Map<String, Integer> transfers = new HashMap<>();
        pulls.forEach((node, one) -> {
            for (Link link : now - one.atNanos < FRESH_NANOS ? one.links : List.<Link>of()) {
                Pulls from = pulls.get(link.from);
                String fromGroup = from == null ? ChaosCluster.groupOf(link.from) : from.group;
                if (!one.group.equals(fromGroup) && !cluster.areApart(node, link.from)) {
                    transfers.merge(link.stream + " into " + one.group, 1, Integer::sum);
                }
            }
        });
        since.keySet().removeIf(what -> transfers.getOrDefault(what, 0) < 2);
        transfers.forEach((what, count) -> {
            if (count > 1) {
                long lasted = now - since.computeIfAbsent(what, first -> now);
                if (lasted >= longestNanos) {
                    longestNanos = lasted;
                    longest = count + " transfers of " + what;
                }
            }
        });
    }

    /**
     * The longest time for which a region was entered twice; it may be {@value #INTERVAL_MS} ms more, and 0 if none was seen. No
     * oftener: the nodes share the machine with this, and what they answer costs them more than the streams of a round.
     */
    synchronized double longestMs() {
        return longestNanos / 1e6;
    }

    synchronized Optional<String> longest() {
        return longest.isEmpty() ? Optional.empty() : Optional.of(longest + " for " + longestMs() + " ms");
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
