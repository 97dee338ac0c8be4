package io.headwater.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.cli.Headwater;
import io.headwater.demo.ClipPublisher;
import io.headwater.demo.FlvViewer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Nodes that are taken out of service while others are watched: nobody there loses a picture. */
class DrainIT {
    private static final String STREAM = "live/programme";
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(60);

    private TestCluster cluster;

    @BeforeEach
    void startTheCluster() {
        cluster = TestCluster.start(Map.of(
                "headwater.drain.within", "15s",
                "headwater.apps.default.linger", "1s",
                "headwater.apps.default.publisher-grace", "20s"));
    }

    @AfterEach
    void stopTheCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    private static void assertWhole(FlvViewer viewer) {
        FlvViewer.Seen seen = viewer.seen();
        assertFalse(viewer.ended().isDone(), () -> "ended: " + viewer.ended().join());
        assertEquals(0, seen.missing() + seen.repeated() + seen.falls() + seen.restarts(), seen::toString);
    }

    private static void awaitState(NodeProcess node, String state) {
        Await.value(
                node + " is " + state,
                ENDS_WITHIN,
                () -> node.self().path("state").asText(),
                state::equals);
    }

    private static int status(String url) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(Duration.ofSeconds(20))
                    .GET()
                    .build();
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertTrue(
                    answer.headers().firstValue("retry-after").isPresent()
                            || answer.headers().firstValue("location").isPresent(),
                    answer::toString);
            return answer.statusCode();
        } catch (IOException e) {
            throw new AssertionError(url, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSecondaryOriginThatDrainsByRestCostsItsEdgesNothingAndTellsHowItIs() {
        ClipPublisher publisher = cluster.publish("origin1", STREAM);
        FlvViewer own = cluster.watch("edge21", STREAM);
        FlvViewer viewer = cluster.watch("edge22", STREAM);
        cluster.fed(STREAM, "edge21<origin1", "edge22<edge21", "origin1<publisher");
        NodeProcess draining = cluster.node("edge21");

        Rest.Answer answer = draining.rest().post("/rest/v2/node/drain?within=20s", "{}");
        assertTrue(answer.body().path("success").asBoolean(), answer::toString);
        Rest.Answer ready = draining.rest().get("/rest/v2/readiness");
        assertEquals(503, ready.status());
        assertTrue(ready.body().path("reason").asText().contains("draining"), ready::toString);
        for (NodeProcess node : cluster.all()) {
            Await.until(
                    node + " knows that edge21 drains",
                    TestCluster.LIMIT,
                    () -> stateOf(node, "edge21").equals("draining"));
        }
        assertEquals(307, status(draining.flvUrl(STREAM)), "the first player that comes is sent on already");
        assertEquals("draining", tableOf(cluster.node("origin1")).get("edge21"));
        assertEquals("draining", tableOf(draining).get("edge21"));
        cluster.topology("edge22", STREAM, tree -> TestCluster.feeds(tree).contains("edge22<origin1"));
        TestCluster.sees(viewer, 50, "edge22 goes on");
        assertWhole(viewer);
        // its own viewer stays for as long as it likes, within the bound
        assertWhole(own);
        own.close();
        awaitState(draining, "drained");
        assertEquals(200, draining.rest().get("/rest/v2/liveness").status());
        Await.until(
                "edge21 is no member any more",
                TestCluster.LIMIT,
                () -> stateOf(cluster.node("origin1"), "edge21").isEmpty());
        // out of the cluster it speaks of itself alone, since how the others are it does not know
        assertEquals(Map.of("edge21", "drained"), tableOf(draining));
        assertEquals(Map.of("edge11", "up", "edge22", "up", "origin1", "up"), tableOf(cluster.node("origin1")));
        TestCluster.sees(viewer, 50, "edge22 goes on");
        assertWhole(viewer);
        draining.signal("TERM");
        assertEquals(0, draining.awaitExit(ENDS_WITHIN));

        Rest.Answer events = cluster.node("origin1").rest().get("/live/rest/v2/broadcasts/programme/events");
        assertEquals(200, events.status());
        boolean moved = false;
        for (JsonNode event : events.body()) {
            moved |= event.path("kind").asText().equals("feedChanged")
                    && event.path("node").asText().equals("edge22")
                    && event.path("from").asText().equals("edge21")
                    && event.path("to").asText().equals("origin1")
                    && event.path("framesLost").asInt(-1) == 0;
        }
        assertTrue(moved, () -> events.body().toString());
        viewer.close();
        publisher.close();
    }

    /** The states in the table that {@code headwater status} prints. */
    private static Map<String, String> tableOf(NodeProcess asked) {
        StringWriter out = new StringWriter();
        CommandLine line = Headwater.commandLine();
        line.setOut(new PrintWriter(out, true));
        assertEquals(
                0, line.execute("status", "--url", "http://" + asked.host() + ":" + asked.port("http")), out::toString);
        Map<String, String> states = new TreeMap<>();
        out.toString().lines().skip(1).map(row -> row.split(" +")).forEach(row -> states.put(row[0], row[3]));
        return states;
    }

    private static String stateOf(NodeProcess asked, String node) {
        for (JsonNode one : asked.rest().get("/rest/v2/cluster/nodes/0/50").body()) {
            if (one.path("id").asText().equals(node)) {
                return one.path("state").asText();
            }
        }
        return "";
    }

    @Test
    void aRollingRestartOfAllNodesCostsTheViewersOfOtherNodesNothing() {
        ClipPublisher publisher = cluster.publish("origin1", STREAM);
        FlvViewer viewer = cluster.watch("edge22", STREAM);
        for (String name : new String[] {"edge11", "edge21"}) {
            FlvViewer before = cluster.watch(name, STREAM);
            before.close();
            cluster.restart(name);
            TestCluster.sees(viewer, 25, "edge22 goes on");
            assertWhole(viewer);
        }
        // a publisher that knows no reconnect request is sent away late, and comes back to another node
        FlvViewer far = cluster.watch("edge21", STREAM);
        NodeProcess origin = cluster.node("origin1");
        origin.signal("TERM");
        String why = publisher
                .ended()
                .orTimeout(60, java.util.concurrent.TimeUnit.SECONDS)
                .join();
        assertTrue(why.contains("closed"), why);
        ClipPublisher again = cluster.publish("edge11", STREAM);
        assertEquals(0, origin.awaitExit(ENDS_WITHIN));
        cluster.started("origin1");
        for (FlvViewer held : new FlvViewer[] {viewer, far}) {
            TestCluster.sees(held, 50, "goes on with the publisher that came back");
            assertFalse(held.ended().isDone());
            assertEquals(0, held.seen().falls(), () -> held.seen().toString());
        }
        viewer.close();
        cluster.restart("edge22");
        TestCluster.sees(far, 25, "edge21 goes on");
        assertFalse(far.ended().isDone());
        far.close();
        again.close();
    }

    @Test
    void allNodesOfAClusterEndAtOnceWithoutWaitingForEachOther() {
        long begin = System.nanoTime();
        cluster.all().forEach(node -> node.signal("TERM"));
        for (NodeProcess node : cluster.all()) {
            assertEquals(0, node.awaitExit(ENDS_WITHIN));
            assertEndsWell(node.log());
        }
        long tookMs = (System.nanoTime() - begin) / 1_000_000;
        assertTrue(tookMs < 30_000, () -> "took " + tookMs + " ms");
    }

    private static void assertEndsWell(String log) {
        String end = log.substring(Math.max(0, log.indexOf("told to end")));
        assertFalse(end.contains("goes with the process"), log);
        // a coordinator that begins anew asks others, and Pekko calls it an error if they are slow
        assertEquals(
                List.of(),
                end.lines()
                        .filter(line -> line.contains(" ERROR ") && !line.contains("unable to get an initial state"))
                        .toList(),
                log);
    }

    @Test
    void aSecondSignalEndsANodeAtOnce() {
        ClipPublisher publisher = cluster.publish("origin1", STREAM);
        FlvViewer viewer = cluster.watch("origin1", STREAM);
        NodeProcess node = cluster.node("origin1");
        node.signal("TERM");
        awaitState(node, "draining");
        node.signal("TERM");
        assertEquals(143, node.awaitExit(ENDS_WITHIN));
        viewer.close();
        publisher.close();
    }
}
