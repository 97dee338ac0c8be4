package io.headwater.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Directory;
import io.headwater.stream.StreamEvent;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TracingTest {
    private static final StreamKey STREAM = new StreamKey("live", "one");
    private static final Map<String, String> NODE =
            Map.of("service.name", "headwater", "service.instance.id", "edge21");

    private final Counters counters = new Counters();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final List<String> types = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private HttpServer collector;

    @BeforeEach
    void collect() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
            types.add(exchange.getRequestHeaders().getFirst("Content-Type"));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        collector.start();
    }

    @AfterEach
    void stop() {
        collector.stop(0);
    }

    private Tracing tracing(int percent) {
        String url = "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces";
        return new Tracing(new TracingSettings(url, percent), NODE, counters, System::currentTimeMillis);
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static StreamEvent failover() {
        return StreamEvent.of(StreamEvent.Kind.FEED_CHANGED, "silent")
                .between("edge22", "origin1")
                .costing(250, 3);
    }

    @Test
    void aCollectorIsToldOfPlaysThatWereResolvedAndOfFailovers() {
        try (Tracing tracing = tracing(100)) {
            Asked directory = new Asked();
            CompletionStage<Feed> answer = tracing.traced(directory).play(STREAM, 1_000);
            assertEquals(0, counters.get(Metric.TRACING_SPANS), "it is still looked for");
            directory.feed.complete(new Feed.Publisher(7));
            assertEquals(new Feed.Publisher(7), answer.toCompletableFuture().join());
            tracing.record(STREAM, failover());
            // the first feed of a stream, and what is no failover
            tracing.record(STREAM, StreamEvent.of(StreamEvent.Kind.FEED_CHANGED, "first"));
            tracing.record(
                    STREAM, StreamEvent.of(StreamEvent.Kind.ENDED, "over").costing(5, 5));
            assertEquals(2, counters.get(Metric.TRACING_SPANS));
        }
        await(() -> counters.get(Metric.TRACING_EXPORTED) == 2);
        String said = String.join("", bodies);
        for (String word : List.of(
                "resolve play",
                "Publisher",
                "failover",
                "feedChanged",
                "edge22",
                "origin1",
                "3 frames lost",
                "edge21",
                "live",
                "one")) {
            assertTrue(said.contains(word), word);
        }
        assertEquals("application/x-protobuf", types.get(0));
    }

    @Test
    void aCollectorThatIsOutOfOrderCostsNobodyAnythingAndIsCounted() {
        status = 500;
        try (Tracing tracing = tracing(100)) {
            for (int i = 0; i < 5_000; i++) {
                tracing.record(STREAM, failover());
            }
            await(() -> counters.get(Metric.TRACING_FAILED) > 0);
            assertEquals(0, counters.get(Metric.TRACING_EXPORTED));
            assertEquals(5_000, counters.get(Metric.TRACING_SPANS));
        }
    }

    @Test
    void ofNoneNoneIsSent() {
        try (Tracing tracing = tracing(0)) {
            tracing.record(STREAM, failover());
        }
        assertEquals(List.of(), bodies);
        assertEquals(0, counters.get(Metric.TRACING_SPANS));
    }

    @Test
    void offItIsNotThere() {
        Directory directory = new Asked();
        try (Tracing tracing = new Tracing(new TracingSettings("", 100), NODE, counters, System::currentTimeMillis)) {
            assertSame(directory, tracing.traced(directory));
            tracing.record(STREAM, failover());
        }
        assertEquals(0, counters.get(Metric.TRACING_SPANS));
    }

    /** Answers a play when the test does. */
    private static final class Asked implements Directory {
        private final CompletableFuture<Feed> feed = new CompletableFuture<>();

        @Override
        public CompletionStage<Grant> publish(StreamKey key, OnConflict onConflict, long graceMs) {
            return CompletableFuture.completedFuture(new Grant.Granted(1));
        }

        @Override
        public CompletionStage<Grant> promote(StreamKey key, long lostEpoch, long graceMs) {
            return CompletableFuture.completedFuture(new Grant.Granted(1));
        }

        @Override
        public void unpublish(StreamKey key, long epoch, Departure departure) {}

        @Override
        public CompletionStage<Feed> play(StreamKey key, long parkMs) {
            return feed;
        }

        @Override
        public void released(StreamKey key) {}

        @Override
        public void lost(StreamKey key, long epoch, NodeId peer) {}

        @Override
        public void listen(Listener listener) {}
    }
}
