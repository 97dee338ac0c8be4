package io.headwater.relay;

import static io.headwater.relay.RelayMachine.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.Records;
import io.headwater.media.Frame;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Directory;
import io.headwater.stream.Entry;
import io.headwater.stream.HubSettings;
import io.headwater.stream.Ingest;
import io.headwater.stream.StreamHubs;
import io.headwater.stream.Streams;
import io.headwater.stream.SubscribeRequest;
import io.headwater.stream.Subscriber;
import io.headwater.stream.Subscription;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import io.headwater.topology.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real hubs in one JVM that pull from each other over real sockets. */
class RelayHubsTest {
    private static final StreamKey KEY = new StreamKey("live", "stream1");
    private static final NodeGroup GROUP = new NodeGroup("region1");
    private static final long EPOCH = 1L << 40;

    private final RelayMachine machine = new RelayMachine();

    private final Node origin = new Node("origin", () -> new Feed.Publisher(EPOCH));
    private final Node middle = new Node("middle", () -> peers(Role.SECONDARY_ORIGIN, origin));
    private final Node edge = new Node("edge", () -> peers(Role.EDGE, middle, origin));
    private final ExecutorService viewing = Executors.newSingleThreadExecutor();
    private long sent;

    @AfterEach
    void stop() {
        for (Node node : List.of(edge, middle, origin)) {
            node.hubs.close();
            node.server.close().toCompletableFuture().join();
            assertEquals(List.of(), node.hubs.snapshots(10));
            await("links of " + node.id, () -> node.upstream.links().isEmpty());
            await("balance of " + node.id, node::balanced);
        }
        machine.close();
        viewing.shutdown();
    }

    @Test
    void framesPassTwoNodesOnceInOrderAndUnchanged() {
        Ingest ingest = origin.publish();
        send(ingest, 5);
        Viewer viewer = edge.watch();
        sendUntil(ingest, "the first picture", () -> !viewer.frames().isEmpty());
        send(ingest, 95);
        await("the last frame", () -> viewer.lastSequence() == sent - 1);
        viewer.assertUnbroken();
        assertEquals(EPOCH, viewer.frames().get(0).epoch());
        assertEquals(
                List.of(origin.id, middle.id, edge.id),
                edge.hubs.snapshot(KEY).orElseThrow().path());
        assertEquals(1, origin.counters.get(Metric.RELAY_SERVES_OPENED), "one transfer leaves the origin");
        assertEquals(1, middle.counters.get(Metric.RELAY_SERVES_OPENED));
        assertEquals(1, edge.counters.get(Metric.RELAY_PULLS_OPENED));
    }

    @Test
    void manyViewersOfANodeAreOnePull() {
        Ingest ingest = origin.publish();
        List<Viewer> viewers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            viewers.add(edge.watch());
        }
        sendUntil(
                ingest,
                "a picture each",
                () -> viewers.stream().noneMatch(viewer -> viewer.frames().isEmpty()));
        assertEquals(1, edge.counters.get(Metric.RELAY_PULLS_STARTED));
        assertEquals(1, middle.counters.get(Metric.RELAY_PULLS_STARTED));
    }

    /** The node in the middle goes away: the edge resumes from the next candidate, nothing lost and nothing twice. */
    @Test
    void anEdgeResumesFromTheNextCandidateWithoutLosingAFrame() {
        Ingest ingest = origin.publish();
        Viewer viewer = edge.watch();
        sendUntil(ingest, "the first picture", () -> !viewer.frames().isEmpty());
        send(ingest, 40);
        middle.server.close();
        sendUntil(ingest, "the edge has resumed", () -> edge.counters.get(Metric.RELAY_PULLS_RESUMED) == 1);
        send(ingest, 40);
        await("the last frame", () -> viewer.lastSequence() == sent - 1);
        viewer.assertUnbroken();
        assertEquals(
                List.of(origin.id, edge.id),
                edge.hubs.snapshot(KEY).orElseThrow().path());
    }

    @Test
    void aPublisherThatComesBackGoesOnInTheSameLinks() {
        Ingest first = origin.publish();
        send(first, 30);
        Viewer viewer = edge.watch();
        sendUntil(first, "the first picture", () -> !viewer.frames().isEmpty());
        first.lost();
        Ingest second = origin.publish();
        sent = 0;
        sendUntil(second, "the new session's first picture", () -> viewer.lastEpoch() > EPOCH);
        send(second, 30);
        await("the last frame", () -> viewer.lastSequence() == sent - 1);
        assertEquals(1, edge.counters.get(Metric.RELAY_PULLS_STARTED));
        assertTrue(viewer.rises(), "timestamps rise over both sessions");
    }

    private void send(Ingest ingest, int count) {
        for (int i = 0; i < count; i++) {
            Frame frame = Media.frame(0, sent++, 3000);
            ingest.frame(frame.track(), frame.dtsUs(), frame.ptsUs(), frame.keyframe(), frame.payload());
        }
    }

    private static Feed peers(Role role, Node... nodes) {
        return new Feed.Peers(
                EPOCH, role, java.util.Arrays.stream(nodes).map(Node::peer).toList());
    }

    /** A node without a control plane: its directory answers what the test says. */
    private final class Node implements Directory {
        final NodeId id;
        final Counters counters = new Counters();
        final RelayUpstream upstream;
        final StreamHubs hubs;
        final RelayServer server;
        private final Supplier<Feed> feed;
        private long epoch = EPOCH;

        Node(String name, Supplier<Feed> feed) {
            this.id = new NodeId(name);
            this.feed = feed;
            RelaySettings settings =
                    RelaySettings.defaults().withBind("127.0.0.1", 0).withSecret("s");
            RelaySelf self = new RelaySelf(id, () -> GROUP);
            upstream = new RelayUpstream(machine.loops, settings, self, counters);
            // nobody is doubted because the machine is full: links are counted
            HubSettings patient = Records.with(HubSettings.defaults(), Map.of("suspectAfter", Duration.ofMinutes(1)));
            hubs = new StreamHubs(id, patient, this, upstream, counters);
            server = RelayServer.start(machine.loops, settings, self, hubs, counters)
                    .toCompletableFuture()
                    .join();
        }

        Peer peer() {
            return new Peer(id, GROUP, "127.0.0.1", server.port());
        }

        Ingest publish() {
            var answer = hubs.publish(KEY, new Streams.PeerInfo("test", "test"), reason -> {})
                    .toCompletableFuture()
                    .join();
            return ((Streams.PublishAnswer.Accepted) answer).ingest();
        }

        Viewer watch() {
            return new Viewer(hubs);
        }

        boolean balanced() {
            return counters.get(Metric.RELAY_PULLS_OPENED) == counters.get(Metric.RELAY_PULLS_CLOSED)
                    && counters.get(Metric.RELAY_SERVES_OPENED) == counters.get(Metric.RELAY_SERVES_CLOSED);
        }

        @Override
        public CompletionStage<Grant> publish(StreamKey key, OnConflict onConflict, long graceMs) {
            return CompletableFuture.completedFuture(new Grant.Granted(epoch++));
        }

        @Override
        public CompletionStage<Grant> promote(StreamKey key, long lostEpoch, long graceMs) {
            return publish(key, OnConflict.REJECT, graceMs);
        }

        @Override
        public void unpublish(StreamKey key, long ofEpoch, Departure departure) {}

        @Override
        public CompletionStage<Feed> play(StreamKey key, long parkMs) {
            return CompletableFuture.completedFuture(feed.get());
        }

        @Override
        public void released(StreamKey key) {}

        @Override
        public void lost(StreamKey key, long ofEpoch, NodeId peer) {}

        @Override
        public void listen(Listener listener) {}
    }

    /** Takes everything, and remembers it. */
    private final class Viewer implements Subscriber {
        private final List<Frame> frames = new ArrayList<>();
        private final List<Long> times = new ArrayList<>();
        private final CompletableFuture<Subscription> subscription = new CompletableFuture<>();

        Viewer(Streams streams) {
            subscription.complete(streams.subscribe(KEY, SubscribeRequest.viewer("test", "viewer"), viewing, this));
        }

        @Override
        public void onReadable() {
            Subscription from = subscription.join();
            for (Entry entry = from.poll(); entry != null; entry = from.poll()) {
                synchronized (this) {
                    frames.add(entry.frame());
                    times.add(entry.dtsUs());
                }
            }
        }

        @Override
        public void onEnd(End end) {}

        synchronized List<Frame> frames() {
            return List.copyOf(frames);
        }

        synchronized long lastSequence() {
            return frames.isEmpty() ? -1 : frames.get(frames.size() - 1).sequence();
        }

        synchronized long lastEpoch() {
            return frames.isEmpty() ? -1 : frames.get(frames.size() - 1).epoch();
        }

        synchronized boolean rises() {
            return java.util.stream.IntStream.range(1, times.size()).allMatch(i -> times.get(i) > times.get(i - 1));
        }

        void assertUnbroken() {
            List<Frame> got = frames();
            long first = got.get(0).sequence();
            assertEquals(
                    LongStream.range(first, first + got.size()).boxed().toList(),
                    got.stream().map(Frame::sequence).toList());
            for (Frame frame : got) {
                assertEquals(Media.frame(0, frame.sequence(), 3000).payload(), frame.payload());
                assertEquals(frame.sequence() * 40_000, frame.dtsUs());
            }
        }
    }

    /** A publisher goes on sending: a hub waits a moment for more tracks before it lets the first player start. */
    private void sendUntil(Ingest ingest, String what, BooleanSupplier condition) {
        await(what, () -> {
            send(ingest, 1);
            return condition.getAsBoolean();
        });
    }
}
