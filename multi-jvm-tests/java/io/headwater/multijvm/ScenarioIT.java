package io.headwater.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.demo.ClipPublisher;
import io.headwater.demo.FlvViewer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * The multi-level cluster on four real processes: who feeds whom, and that what players get is whole.
 *
 * <p>All tests share one cluster and have a stream each; after each of them no node holds anything any more.
 * {@code scripts/soak 20} runs all of it many times, to find what happens rarely.
 */
class ScenarioIT {
    private static final AtomicInteger STREAMS = new AtomicInteger();
    private static TestCluster cluster;

    private final List<AutoCloseable> open = new ArrayList<>();
    private String stream;

    @BeforeAll
    static void startTheCluster() {
        cluster = TestCluster.start(Map.of(
                "headwater.apps.default.linger", "1s",
                "headwater.apps.default.park", "15s",
                "headwater.apps.default.publisher-grace", "6s",
                // what ends soon, for the tests of endings
                "headwater.apps.brief.publisher-grace", "1s",
                "headwater.apps.brief.park", "1s",
                "headwater.apps.strict.on-conflict", "reject",
                "headwater.apps.strict.publisher-grace", "1s"));
    }

    @AfterAll
    static void stopTheCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @BeforeEach
    void nameAStream() {
        stream = "brief/stream" + STREAMS.incrementAndGet();
    }

    /** In reverse: players before publishers, as people leave. */
    @AfterEach
    void everybodyLeavesAndNothingIsLeft() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        cluster.nothingIsLeft();
    }

    private ClipPublisher publish(String node) {
        return opened(cluster.publish(node, stream));
    }

    private FlvViewer watch(String node) {
        return opened(cluster.watch(node, stream));
    }

    private <T extends AutoCloseable> T opened(T closeable) {
        open.add(closeable);
        return closeable;
    }

    private static void assertWhole(FlvViewer viewer) {
        FlvViewer.Seen seen = viewer.seen();
        assertEquals(0, seen.missing() + seen.repeated() + seen.falls() + seen.restarts(), seen::toString);
        assertTrue(seen.sounds() > 0, seen::toString);
    }

    @Test
    void playersOfTheScenarioAreFedThroughOneSecondaryOriginPerRegion() {
        publish("origin1");
        cluster.fed(stream, "origin1<publisher");

        FlvViewer on11 = watch("edge11");
        cluster.fed(stream, "edge11<origin1", "origin1<publisher");

        FlvViewer on21 = watch("edge21");
        cluster.fed(stream, "edge11<origin1", "edge21<origin1", "origin1<publisher");

        FlvViewer on22 = watch("edge22");
        cluster.fed(stream, "edge11<origin1", "edge21<origin1", "edge22<edge21", "origin1<publisher");

        for (NodeProcess node : cluster.all()) {
            JsonNode tree = cluster.topology(node.name(), stream, seen -> true);
            assertEquals("origin1", tree.path("mainOrigin").asText());
            assertEquals("region1", tree.path("homeGroup").asText());
            assertEquals("edge21", groupOf(tree, "region2").path("origin").asText());
            assertEquals("edge22", groupOf(tree, "region2").path("successor").asText());
            assertEquals("secondaryOrigin", nodeOf(tree, "edge21").path("role").asText());
            assertEquals("edge", nodeOf(tree, "edge22").path("role").asText());
            assertEquals("mainOrigin", nodeOf(tree, "origin1").path("role").asText());
        }
        assertEquals(List.of(), TestCluster.linksInto(cluster.node("origin1"), stream));
        assertEquals(List.of("origin1"), TestCluster.linksInto(cluster.node("edge11"), stream));
        assertEquals(List.of("origin1"), TestCluster.linksInto(cluster.node("edge21"), stream));
        assertEquals(List.of("edge21"), TestCluster.linksInto(cluster.node("edge22"), stream));
        for (FlvViewer viewer : List.of(on11, on21, on22)) {
            TestCluster.sees(viewer, 50, "goes on");
            assertWhole(viewer);
        }
    }

    @Test
    void theFirstPlayerOfARegionMakesItsNodeTheSecondaryOriginWhicheverItIs() {
        publish("origin1");
        FlvViewer on22 = watch("edge22");
        FlvViewer on21 = watch("edge21");
        cluster.fed(stream, "edge21<edge22", "edge22<origin1", "origin1<publisher");
        assertWhole(on22);
        assertWhole(on21);
    }

    @Test
    void aPublisherOfTheOtherRegionIsServedTheOtherWayRound() {
        publish("edge22");
        FlvViewer on11 = watch("edge11");
        FlvViewer on1 = watch("origin1");
        FlvViewer on21 = watch("edge21");
        cluster.fed(stream, "edge11<edge22", "edge21<edge22", "edge22<publisher", "origin1<edge11");
        assertEquals(
                "region2",
                cluster.topology("origin1", stream, tree -> true)
                        .path("homeGroup")
                        .asText());
        for (FlvViewer viewer : List.of(on11, on1, on21)) {
            assertWhole(viewer);
        }
    }

    @Test
    void aPlayerThatComesBeforeThePublisherIsServedWhenTheStreamStarts() {
        stream = "live/parked" + STREAMS.incrementAndGet();
        FlvViewer far = opened(cluster.play("edge22", stream));
        FlvViewer near = opened(cluster.play("edge11", stream));
        // both are on their nodes before the publisher is
        for (String node : List.of("edge22", "edge11")) {
            Await.until(
                    "the play is parked on " + node,
                    TestCluster.LIMIT,
                    () -> cluster.node(node)
                                    .self()
                                    .path("inUse")
                                    .path("liveConnections")
                                    .asInt()
                            == 1);
        }
        publish("origin1");
        TestCluster.sees(far, 25, "the parked player of region2");
        TestCluster.sees(near, 25, "the parked player of region1");
        assertWhole(far);
        assertWhole(near);
        cluster.fed(stream, "edge11<origin1", "edge22<origin1", "origin1<publisher");
    }

    @Test
    void aPlayerOfAStreamThatDoesNotComeIsToldNotFound() {
        FlvViewer player = opened(cluster.play("edge21", stream));
        String end =
                Await.value("an answer", TestCluster.LIMIT, () -> player.ended().getNow(""), word -> !word.isEmpty());
        assertTrue(end.contains("404"), end);
    }

    @Test
    void twoHundredPlayersAtOnceMakeOneTransferIntoEachRegionAndOnePullOfEachNode() {
        publish("origin1");
        Map<String, Long> startedBefore = pulls();
        Map<String, Long> switchedBefore = switches();
        List<FlvViewer> players = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            players.add(opened(cluster.play(cluster.all().get(i % 4).name(), stream)));
        }
        for (FlvViewer player : players) {
            TestCluster.sees(player, 1, "every player sees a picture");
        }
        JsonNode tree =
                cluster.topology("edge11", stream, seen -> seen.path("nodes").size() == 4);
        String secondary = groupOf(tree, "region2").path("origin").asText();
        String other = secondary.equals("edge21") ? "edge22" : "edge21";
        List<String> feeds = new ArrayList<>(
                List.of("edge11<origin1", secondary + "<origin1", other + "<" + secondary, "origin1<publisher"));
        feeds.sort(null);
        cluster.fed(stream, feeds.toArray(String[]::new));
        Map<String, Long> startedAfter = pulls();
        Map<String, Long> switchedAfter = switches();
        for (String node : List.of("edge11", "edge21", "edge22")) {
            // a cold node on a slow machine may take another for silent, which is counted
            long switched = switchedAfter.get(node) - switchedBefore.get(node);
            long opened = startedAfter.get(node) - startedBefore.get(node);
            assertTrue(
                    opened >= 1 && opened <= 1 + switched, node + " opened " + opened + " pulls, switches " + switched);
        }
        assertEquals(startedBefore.get("origin1"), startedAfter.get("origin1"), "pulls that origin1 opened");
        for (FlvViewer player : players) {
            assertWhole(player);
        }
    }

    private static Map<String, Long> pulls() {
        return counted(node -> node.counter("relay.pulls.opened"));
    }

    /** Pulls that were opened beside another one: because it was silent, and to come back from where it went then. */
    private static Map<String, Long> switches() {
        return counted(node -> node.counter("feed.beside.rescues") + node.counter("feed.beside.moves"));
    }

    private static Map<String, Long> counted(java.util.function.ToLongFunction<NodeProcess> counter) {
        Map<String, Long> counted = new java.util.TreeMap<>();
        cluster.all().forEach(node -> counted.put(node.name(), counter.applyAsLong(node)));
        return counted;
    }

    @Test
    void theLastPlayerLeavesAndANewOneStartsThePullAgain() {
        publish("origin1");
        FlvViewer on21 = watch("edge21");
        FlvViewer on22 = watch("edge22");
        on21.close();
        on22.close();
        cluster.fed(stream, "origin1<publisher");
        FlvViewer again = watch("edge22");
        cluster.fed(stream, "edge22<origin1", "origin1<publisher");
        assertWhole(again);
    }

    @Test
    void thePublisherLeavesAndPlayersEndCleanly() {
        ClipPublisher publisher = publish("origin1");
        List<FlvViewer> viewers = List.of(watch("origin1"), watch("edge11"), watch("edge21"), watch("edge22"));
        publisher.close();
        for (FlvViewer viewer : viewers) {
            String end = Await.value(
                    "the player ends", TestCluster.LIMIT, () -> viewer.ended().getNow(""), word -> !word.isEmpty());
            assertEquals("end of stream", end);
            assertWhole(viewer);
        }
    }

    @Test
    void aPublisherThatComesBackGoesOnOnTheSameConnections() {
        comesBackOn("origin1");
    }

    @Test
    void aPublisherThatComesBackOnAnotherNodeGoesOnOnTheSameConnections() {
        comesBackOn("edge11");
    }

    @Test
    void aPublisherThatComesBackInAnotherRegionGoesOnOnTheSameConnections() {
        comesBackOn("edge21");
    }

    private void comesBackOn(String node) {
        stream = "live/back" + STREAMS.incrementAndGet();
        ClipPublisher first = publish("origin1");
        List<FlvViewer> viewers = List.of(watch("origin1"), watch("edge11"), watch("edge21"), watch("edge22"));
        first.abort();
        publish(node);
        for (FlvViewer viewer : viewers) {
            TestCluster.sees(viewer, 75, "goes on after the publisher came back on " + node);
            FlvViewer.Seen seen = viewer.seen();
            assertEquals(1, seen.restarts(), seen::toString);
            assertEquals(0, seen.missing() + seen.repeated() + seen.falls(), seen::toString);
        }
        cluster.topology(
                "edge22", stream, tree -> tree.path("mainOrigin").asText().equals(node));
    }

    @Test
    void aSecondPublisherOfALiveKeyTakesOverAndPlayersStay() {
        ClipPublisher first = publish("origin1");
        List<FlvViewer> viewers = List.of(watch("edge11"), watch("edge21"), watch("edge22"));
        publish("edge21");
        Await.until(
                "the first publisher is told to stop",
                TestCluster.LIMIT,
                () -> first.ended().isDone());
        for (FlvViewer viewer : viewers) {
            TestCluster.sees(viewer, 75, "goes on with the second publisher");
            assertEquals(0, viewer.seen().falls(), () -> viewer.seen().toString());
        }
        cluster.fed(stream, "edge11<edge21", "edge21<publisher", "edge22<edge21");
    }

    @Test
    void aSecondPublisherIsRefusedWhereThePolicyIsReject() {
        stream = "strict/stream" + STREAMS.incrementAndGet();
        publish("origin1");
        FlvViewer viewer = watch("edge22");
        ClipPublisher second = opened(ClipPublisher.start(TestCluster.CLIP, cluster.url("edge21", stream)));
        String end = Await.value(
                "the second is refused", TestCluster.LIMIT, () -> second.ended().getNow(""), word -> !word.isEmpty());
        assertTrue(end.contains("BadName"), end);
        TestCluster.sees(viewer, 25, "goes on");
        assertWhole(viewer);
    }

    @Test
    void ffmpegPublishesAndFfmpegDecodesOnEveryNodeWithoutAnError() throws Exception {
        Ffmpeg.assumePresent();
        Ffmpeg.Run publisher =
                opened(Ffmpeg.publish("publish", cluster.node("origin1").rtmpUrl(stream)));
        cluster.fed(stream, "origin1<publisher");
        List<Ffmpeg.Run> players = List.of(
                opened(Ffmpeg.decode("play-edge11", cluster.node("edge11").flvUrl(stream), 4)),
                opened(Ffmpeg.decode("play-edge21", cluster.node("edge21").rtmpUrl(stream), 4)),
                opened(Ffmpeg.decode("play-edge22", cluster.node("edge22").flvUrl(stream), 4)));
        for (Ffmpeg.Run player : players) {
            assertTrue(player.ended(120), player::output);
            assertEquals(0, player.process().exitValue(), player::output);
            assertFalse(player.output().toLowerCase(java.util.Locale.ROOT).contains("error"), player::output);
        }
        publisher.interrupt();
        assertTrue(publisher.ended(30), publisher::output);
    }

    static boolean rtmpdumpIsInstalled() {
        try {
            new ProcessBuilder("rtmpdump", "-h")
                    .redirectErrorStream(true)
                    .start()
                    .destroyForcibly();
            return true;
        } catch (IOException e) {
            System.err.println("SKIPPED: rtmpdump is not installed");
            return false;
        }
    }

    @Test
    @EnabledIf("rtmpdumpIsInstalled")
    void rtmpdumpPlaysOverTwoHops() throws Exception {
        Ffmpeg.assumePresent();
        publish("origin1");
        watch("edge21");
        java.nio.file.Path file = java.nio.file.Files.createTempFile("headwater", ".flv");
        Process dump = new ProcessBuilder(
                        "rtmpdump", "-v", "-q", "-r", cluster.node("edge22").rtmpUrl(stream), "-o", file.toString())
                .inheritIO()
                .start();
        opened(dump::destroyForcibly);
        Await.until(
                "rtmpdump wrote some seconds",
                TestCluster.LIMIT,
                () -> file.toFile().length() > 200_000);
        // ends after a whole tag
        new ProcessBuilder("kill", "-INT", Long.toString(dump.pid()))
                .inheritIO()
                .start()
                .waitFor();
        assertTrue(dump.waitFor(60, java.util.concurrent.TimeUnit.SECONDS));
        Ffmpeg.Run decoded = opened(Ffmpeg.run(
                "decode-rtmpdump",
                "ffmpeg",
                List.of("-v", "error", "-xerror", "-i", file.toString(), "-f", "null", "-")));
        assertTrue(decoded.ended(60), decoded::output);
        assertEquals(0, decoded.process().exitValue(), decoded::output);
        assertEquals("", decoded.output());
        java.nio.file.Files.delete(file);
    }

    static boolean vlcIsInstalled() {
        return Vlc.isInstalled();
    }

    @Test
    @EnabledIf("vlcIsInstalled")
    void vlcPlaysOverTwoHopsByBothProtocols() throws Exception {
        Ffmpeg.assumePresent();
        publish("origin1");
        watch("edge21");
        java.nio.file.Path folder = java.nio.file.Files.createTempDirectory("headwater-vlc");
        NodeProcess edge22 = cluster.node("edge22");
        for (String url : List.of(edge22.flvUrl(stream), edge22.rtmpUrl(stream))) {
            java.nio.file.Path file = folder.resolve(url.substring(0, 4) + ".ts");
            Process vlc = Vlc.record(url, 4, file);
            opened(vlc::destroyForcibly);
            assertTrue(vlc.waitFor(120, java.util.concurrent.TimeUnit.SECONDS), "VLC ends");
            long pictures = Vlc.pictures(file);
            assertTrue(pictures >= 50, () -> pictures + " pictures of " + url + ", see " + file + ".log");
        }
    }

    @Test
    void aNodeChangesItsGroupAndItsPublisherAndPlayersStay() {
        stream = "live/group" + STREAMS.incrementAndGet();
        ClipPublisher publisher = publish("origin1");
        List<FlvViewer> viewers = List.of(watch("edge11"), watch("edge21"), watch("edge22"));
        NodeProcess edge11 = cluster.node("edge11");
        try {
            Rest.Answer answer = edge11.rest().post("/rest/v2/server-settings", "{\"nodeGroup\":\"region2\"}");
            assertEquals(200, answer.status(), () -> answer.body().toString());
            Await.until(
                    "edge11 is in region2",
                    TestCluster.LIMIT,
                    () -> edge11.self().path("nodeGroup").asText().equals("region2")
                            && edge11.rest().get("/rest/v2/readiness").status() == 200);
            cluster.fed(stream, "edge11<edge21", "edge21<origin1", "edge22<edge21", "origin1<publisher");
        } finally {
            edge11.rest().post("/rest/v2/server-settings", "{\"nodeGroup\":\"region1\"}");
            Await.until(
                    "edge11 is back in region1",
                    TestCluster.LIMIT,
                    () -> edge11.self().path("nodeGroup").asText().equals("region1")
                            && edge11.rest().get("/rest/v2/readiness").status() == 200);
        }
        cluster.fed(stream, "edge11<origin1", "edge21<origin1", "edge22<edge21", "origin1<publisher");
        assertFalse(publisher.ended().isDone());
        for (FlvViewer viewer : viewers) {
            TestCluster.sees(viewer, 25, "goes on");
            assertWhole(viewer);
        }
    }

    private static JsonNode groupOf(JsonNode tree, String group) {
        return named(tree.path("groups"), "nodeGroup", group);
    }

    private static JsonNode nodeOf(JsonNode tree, String node) {
        return named(tree.path("nodes"), "nodeId", node);
    }

    private static JsonNode named(JsonNode list, String key, String name) {
        for (JsonNode one : list) {
            if (one.path(key).asText().equals(name)) {
                return one;
            }
        }
        throw new AssertionError("no " + name + " in " + list);
    }
}
