package io.headwater.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.demo.ClipPublisher;
import io.headwater.demo.FlvViewer;
import io.headwater.observe.OpsFilesTest;
import io.headwater.observe.PageReader;
import io.headwater.webhook.Receiver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
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
                "headwater.apps.slow.max-lag", "1s",
                "headwater.apps.slow.slow-for", "15s",
                // so that who is behind is behind by time, not because its place in the ring is gone
                "headwater.hub.ring-time", "30s",
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

    /** What was told of a stream or a node, once for each event however often it was sent. */
    private static List<String> told(String id) {
        Map<String, String> byEvent = new LinkedHashMap<>();
        receiver.taken().stream()
                .filter(event -> event.path("id").asText().equals(id))
                .forEach(event -> byEvent.putIfAbsent(
                        event.path("eventId").asText(),
                        (event.path("action").asText() + " " + event.path("to").asText()).strip()));
        return List.copyOf(byEvent.values());
    }

    private static void awaitTold(String id, String... actions) {
        Await.value("what is told of " + id, Duration.ofSeconds(90), () -> told(id), List.of(actions)::equals);
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
                Duration.ofSeconds(90),
                () -> PageReader.read(page(node)).samples().getOrDefault(sample, -1.0),
                value -> value == wanted);
    }

    private static double grown(PageReader before, PageReader after, String sample) {
        return after.value(sample) - before.value(sample);
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
            for (String file : List.of("ops/alerts.yml", "ops/grafana-dashboard.json")) {
                Set<String> named = new TreeSet<>(OpsFilesTest.namesIn(file));
                named.removeAll(read.samples().keySet().stream()
                        .map(name -> name.replaceAll("\\{.*", ""))
                        .toList());
                assertEquals(Set.of(), named, file);
            }
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

    private static String originOf(String group) {
        String path = "/live/rest/v2/broadcasts/told/topology";
        for (JsonNode one : cluster.node("edge21").rest().get(path).body().path("groups")) {
            if (one.path("nodeGroup").asText().equals(group)) {
                return one.path("origin").asText();
            }
        }
        return "";
    }

    /** One player reads nothing and is sent away in the end; another one reads too slowly for a while and loses pictures. */
    @Test
    @Order(3)
    void whatSlowPlayersLoseIsOnThePageByReason() throws Exception {
        NodeProcess node = cluster.node("edge22");
        try (ClipPublisher publisher = cluster.publish("origin1", "slow/one");
                FlvViewer reads = cluster.watch("edge22", "slow/one")) {
            PageReader before = PageReader.read(page(node));
            try (SleepyPlayer slow = new SleepyPlayer(node, "/slow/one.flv?redirected=1");
                    SleepyPlayer never = new SleepyPlayer(node, "/slow/one.flv?redirected=1")) {
                slow.trickle();
                awaitSample(node, "headwater_viewers{protocol=\"http-flv\"}", 3);
                String jumps = "headwater_subscriber_skips_total{reason=\"time\"}";
                Await.until(
                        "the slow player jumps",
                        Duration.ofSeconds(90),
                        () -> grown(before, PageReader.read(page(node)), jumps) >= 1);
                slow.hurry();
                String ended = "headwater_subscriber_ended_total{reason=\"too_slow\"}";
                awaitSample(node, ended, before.value(ended) + 1);
                awaitSample(node, "headwater_viewers{protocol=\"http-flv\"}", 2);
                assertTrue(never.isAsleep() && !slow.isAsleep());
                PageReader after = PageReader.read(page(node));
                double lost = grown(before, after, "headwater_subscriber_frames_skipped_total");
                assertTrue(lost > 0);
                assertEquals(lost, after.value("headwater_stream_dropped_frames{app=\"slow\",stream=\"one\"}"));
                for (String reason : List.of("bytes", "ring")) {
                    String other = "headwater_subscriber_skips_total{reason=\"" + reason + "\"}";
                    assertEquals(0, grown(before, after, other), other);
                }
                assertEquals(before.value(ended) + 1, after.value(ended), "the slow one stays");
            }
            FlvViewer.Seen seen = reads.seen();
            assertEquals(0, seen.missing() + seen.repeated() + seen.falls() + seen.restarts(), seen::toString);
            assertFalse(publisher.ended().isDone());
        }
    }

    /**
     * The secondary origin dies and then the main origin, all while the receiver is out of order; each of them sent or might
     * have sent. The nodes' names are in the order in which they send.
     */
    @Test
    @Order(9)
    void survivorsTellWhatHappenedInOrderThoughNodesDiedWhileNobodyListened() {
        NodeProcess survivor = cluster.node("edge21");
        try (ClipPublisher publisher = cluster.publish("edge11", "live/told");
                FlvViewer elsewhere = cluster.watch("edge22", "live/told");
                FlvViewer one = cluster.watch("edge21", "live/told")) {
            cluster.topology(
                    "edge21",
                    "live/told",
                    tree -> TestCluster.feeds(tree).contains("edge21<edge22")
                            && TestCluster.feeds(tree).contains("edge22<edge11"));
            awaitTold("told", "liveStreamStarted edge11", "secondaryOriginElected edge22");
            String failovers = "headwater_failover_gap_seconds_count{kind=\"feedChanged\"}";
            double before = PageReader.read(page(survivor)).value(failovers);

            receiver.broken(true);
            cluster.node("edge22").kill();
            TestCluster.sees(one, 25, "edge21 goes on with the main origin");
            assertEquals(
                    0,
                    one.seen().missing() + one.seen().repeated(),
                    () -> one.seen().toString());
            awaitSample(survivor, failovers, before + 1);
            Await.until("somebody tries", Duration.ofSeconds(60), () -> receiver.refused() > 0);
            // the dead node decided about its group's streams, so this takes as long as until it is out of the cluster
            Await.until(
                    "edge21 is elected",
                    Duration.ofSeconds(90),
                    () -> originOf("region2").equals("edge21"));
            assertFalse(publisher.ended().isDone());
            cluster.node("edge11").kill();
            int tried = receiver.refused();
            Await.until("a survivor tries", Duration.ofSeconds(60), () -> receiver.refused() > tried + 1);
            receiver.broken(false);

            awaitTold(
                    "told",
                    "liveStreamStarted edge11",
                    "secondaryOriginElected edge22",
                    "secondaryOriginElected edge21",
                    "liveStreamEnded");
            awaitTold("edge22", "nodeDown");
            awaitTold("edge11", "nodeDown");
            Set<String> taken = receiver.taken().stream()
                    .map(event -> event.path("eventId").asText())
                    .collect(Collectors.toSet());
            assertTrue(taken.containsAll(receiver.refusedIds()), "what was refused came again with the same id");
            assertTrue(elsewhere.ended().isDone());
            assertEquals(List.of(), receiver.complaints());
        }
    }
}
