package io.headwater.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.demo.ClipPublisher;
import io.headwater.demo.FlvViewer;
import io.headwater.observe.PageReader;
import io.headwater.webhook.Receiver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What an operator sees and uses of a cluster that runs; the last test breaks it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OperationsIT {
    private static final Duration LIMIT = TestCluster.LIMIT;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private static Receiver receiver;
    private static TestCluster cluster;

    @BeforeAll
    static void startTheCluster() throws IOException {
        receiver = new Receiver("a-secret-of-the-test");
        cluster = TestCluster.start(Map.of(
                "headwater.webhooks.url", receiver.url(),
                "headwater.webhooks.secret", receiver.secret(),
                "headwater.webhooks.backoff-max", "1s",
                "headwater.overload.max-viewers", "2",
                "headwater.apps.default.linger", "1s",
                "headwater.apps.default.publisher-grace", "3s"));
    }

    @AfterAll
    static void stopTheCluster() {
        if (cluster != null) {
            cluster.close();
        }
        receiver.close();
    }

    private static void awaitTold(String id, String... actions) {
        // at least once: two survivors may both have seen a node go
        Await.value(
                "what is told of " + id,
                Duration.ofSeconds(90),
                () -> receiver.actions(id).stream().distinct().toList(),
                List.of(actions)::equals);
    }

    private static HttpResponse<String> get(String url) {
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(URI.create(url))
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(url, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String page(NodeProcess node) {
        HttpResponse<String> page = get("http://" + node.host() + ":" + node.port("http") + "/metrics");
        assertEquals(200, page.statusCode(), page::body);
        return page.body();
    }

    private static void awaitSample(NodeProcess node, String sample, double wanted) {
        Await.value(
                node + " shows " + sample + " " + wanted,
                LIMIT,
                () -> PageReader.read(page(node)).samples().getOrDefault(sample, -1.0),
                value -> value == wanted);
    }

    @Test
    @Order(1)
    void theMetricsPagesSayWhatTheTestCaused() throws Exception {
        try (ClipPublisher publisher = cluster.publish("origin1", "live/measured");
                FlvViewer one = cluster.watch("edge21", "live/measured")) {
            NodeProcess origin = cluster.node("origin1");
            NodeProcess edge = cluster.node("edge21");
            awaitSample(edge, "headwater_viewers{protocol=\"http-flv\"}", 1);
            awaitSample(edge, "headwater_stream_viewers{app=\"live\",stream=\"measured\"}", 1);
            awaitSample(edge, "headwater_relay_links{direction=\"in\",peer=\"origin1\"}", 1);
            awaitSample(origin, "headwater_relay_links{direction=\"out\",peer=\"edge21\"}", 1);
            awaitSample(origin, "headwater_publishers{protocol=\"rtmp\"}", 1);
            awaitSample(origin, "headwater_cluster_members{status=\"up\"}", 4);
            awaitSample(origin, "headwater_cluster_group_members{group=\"region2\"}", 2);
            awaitSample(origin, "headwater_node_ready", 1);
            PageReader read = PageReader.read(page(origin));
            assertEquals((double) origin.counter("publish.granted"), read.value("headwater_publish_granted_total"));
            assertEquals("", PageReader.complaintsOfPromtool(page(origin)));
            assertFalse(publisher.ended().isDone());
            assertFalse(one.ended().isDone());
        }
        awaitSample(cluster.node("edge21"), "headwater_viewers{protocol=\"http-flv\"}", 0);
    }

    @Test
    @Order(2)
    void aNodeThatHasEnoughSendsPlayersToItsNeighbourAndTheyPlay() {
        try (ClipPublisher publisher = cluster.publish("origin1", "live/crowded");
                FlvViewer one = cluster.watch("edge21", "live/crowded");
                FlvViewer two = cluster.watch("edge21", "live/crowded")) {
            NodeProcess full = cluster.node("edge21");
            NodeProcess neighbour = cluster.node("edge22");
            Rest.Answer ready = full.rest().get("/rest/v2/readiness");
            assertEquals(503, ready.status());
            assertEquals(
                    "the node has enough: viewers 2, the limit is 2",
                    ready.body().path("reasons").path(0).asText(),
                    ready::toString);
            HttpResponse<String> sent = Await.value(
                    "edge21 sends players on",
                    LIMIT,
                    () -> get(full.flvUrl("live/crowded").replace(".flv", ".flv?token=x")),
                    answer -> answer.statusCode() == 307);
            String place = sent.headers().firstValue("location").orElseThrow();
            assertEquals(neighbour.flvUrl("live/crowded") + "?token=x&redirected=1", place);
            assertEquals(
                    neighbour.rtmpUrl("live/crowded"),
                    full.rest()
                            .get("/live/rest/v2/broadcasts/crowded/place")
                            .body()
                            .path("rtmpUrl")
                            .asText());
            String sentTo = RedirectedPlayer.follow(
                    RtmpUrl.parse(full.rtmpUrl("live/crowded")).orElseThrow());
            assertEquals(neighbour.rtmpUrl("live/crowded") + "?redirected=1", sentTo);
            URI there = URI.create(place);
            try (FlvViewer three = FlvViewer.start(
                    TestCluster.CLIP, there.getHost(), there.getPort(), there.getPath() + "?" + there.getQuery())) {
                TestCluster.sees(three, 25, "the player that was sent on");
                assertTrue(full.counter("placement.redirected") >= 2);
            }
            // one that was sent here before is taken: nobody goes round
            try (FlvViewer sentBack = FlvViewer.start(
                    TestCluster.CLIP, full.host(), full.port("live"), "/live/crowded.flv?redirected=1")) {
                TestCluster.sees(sentBack, 25, "the player that was sent before");
            }
            assertFalse(publisher.ended().isDone()
                    || one.ended().isDone()
                    || two.ended().isDone());
        }
        Await.until(
                "edge21 takes players again",
                LIMIT,
                () -> cluster.node("edge21").rest().get("/rest/v2/readiness").status() == 200);
    }

    /** The node that has the stream dies while the receiver is out of order. */
    @Test
    @Order(9)
    void survivorsTellWhatHappenedThoughTheOriginDied() {
        ClipPublisher publisher = cluster.publish("origin1", "live/told");
        try (publisher;
                FlvViewer one = cluster.watch("edge22", "live/told")) {
            awaitTold("told", "liveStreamStarted", "secondaryOriginElected");
            assertFalse(one.ended().isDone());
            assertEquals(
                    List.of("edge22"),
                    receiver.taken().stream()
                            .filter(event -> event.path("id").asText().equals("told")
                                    && event.path("action").asText().equals("secondaryOriginElected"))
                            .map(event -> event.path("to").asText())
                            .toList());
            receiver.broken(true);
            cluster.node("origin1").kill();
            Await.until("somebody tries", Duration.ofSeconds(60), () -> receiver.refused() > 0);
            receiver.broken(false);
            awaitTold("told", "liveStreamStarted", "secondaryOriginElected", "liveStreamEnded");
            awaitTold("origin1", "nodeDown");
            assertEquals(List.of(), receiver.complaints());
        }
    }
}
