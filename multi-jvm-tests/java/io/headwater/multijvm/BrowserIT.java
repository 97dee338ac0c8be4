package io.headwater.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.demo.ClipPublisher;
import io.headwater.demo.FlvViewer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The pages in a real browser, before a real cluster: the player plays in every way it has, and the console shows the tree
 * and what becomes of it when a node dies. What it looked like is under {@code target/screenshots}.
 */
class BrowserIT {
    private static final String STREAM = "live/seen";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static Chromium browser;
    private static TestCluster cluster;
    private static ClipPublisher publisher;

    @BeforeAll
    static void start() throws Exception {
        browser = Chromium.startOrSkip();
        cluster = TestCluster.start(Map.of("headwater.apps.default.hls.segment", "1s"));
        publisher = cluster.publish("origin1", STREAM);
    }

    @AfterAll
    static void stop() {
        for (AutoCloseable part : new AutoCloseable[] {browser, publisher, cluster}) {
            if (part != null) {
                assertClosed(part);
            }
        }
    }

    private static void assertClosed(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String page(String node, String pathAndQuery) {
        NodeProcess at = cluster.node(node);
        return "http://" + at.host() + ":" + at.port("http") + pathAndQuery;
    }

    @ParameterizedTest
    @ValueSource(strings = {"llhls", "hls", "flv", "ws"})
    void eachWayOfThePlayerPlays(String via) {
        try (BrowserTab player = browser.open(page("edge11", "/play.html?app=live&id=seen&via=" + via))) {
            player.await(via + " plays", LIMIT, "window.headwater ?? {}", report -> {
                assertTrue(report.path("fatal").isEmpty(), report::toString);
                return report.path("playing").asBoolean();
            });
            String seen =
                    "(({currentTime, videoWidth}, {totalVideoFrames}) => ({currentTime, videoWidth, totalVideoFrames}))"
                            + "(document.querySelector('video'), document.querySelector('video').getVideoPlaybackQuality())";
            JsonNode before = player.value(seen);
            JsonNode after = player.await(
                    via + " goes on",
                    LIMIT,
                    seen,
                    now -> now.path("currentTime").asDouble()
                                    > before.path("currentTime").asDouble() + 2
                            && now.path("totalVideoFrames").asInt()
                                    > before.path("totalVideoFrames").asInt() + 40);
            assertEquals(640, after.path("videoWidth").asInt());
            JsonNode report = player.value("headwater");
            assertEquals(via, report.path("via").asText());
            assertTrue(report.path("fatal").isEmpty(), report::toString);
            player.awaitTrue(LIMIT, "document.querySelector('#f-node').textContent.includes('edge11')");
            player.screenshot("player-" + via, false);
            assertEquals(List.of(), player.complaints());
        }
    }

    @Test
    void theConsoleShowsTheTreeAndWhatBecomesOfItWhenTheSecondaryOriginDies() {
        try (FlvViewer on11 = cluster.watch("edge11", STREAM);
                FlvViewer on21 = cluster.watch("edge21", STREAM);
                FlvViewer on22 = cluster.watch("edge22", STREAM);
                BrowserTab console = browser.open(page("origin1", "/"))) {
            shows(
                    console,
                    "edge11 edge<origin1",
                    "edge21 second<origin1",
                    "edge22 edge<edge21",
                    "origin1 main<publisher");
            console.awaitTrue(LIMIT, "document.querySelector('#sum-viewers').textContent === '3'");
            screenshots(console, "console");

            cluster.node("edge21").kill();
            console.await(
                    "edge22 takes over on the map",
                    LIMIT,
                    // one of two that die takes the other's membership along for a moment: it is not on the map then
                    "JSON.stringify({...document.querySelector('.card[data-node=edge22]')?.dataset})",
                    card -> card.asText().contains("\"role\":\"second\"")
                            && card.asText().contains("\"feed\":\"origin1\""));
            console.await(
                    "the events tell of it",
                    LIMIT,
                    "document.querySelector('#events').innerText",
                    told -> told.asText().contains("Feed lost")
                            && told.asText().contains("Secondary origin")
                            && told.asText().contains("edge22"));
            console.awaitTrue(LIMIT, "document.querySelector('.card[data-node=edge21]')?.dataset.state !== 'up'");
            screenshots(console, "console-after-edge21-died");
            TestCluster.sees(on11, 10, "edge11 goes on");
            TestCluster.sees(on22, 10, "edge22 goes on");
            assertTrue(on21.ended().isDone());
            assertEquals(List.of(), console.complaints());
        }
    }

    /** Each card as {@code node role<feed}. */
    private static void shows(BrowserTab console, String... cards) {
        console.await(
                "the tree is on the map",
                LIMIT,
                "[...document.querySelectorAll('.card')].map(({dataset: {node, role, feed}}) => `${node} ${role}<${feed}`)"
                        + ".sort().join(', ')",
                shown -> shown.asText().equals(String.join(", ", cards)));
    }

    private static void screenshots(BrowserTab console, String name) {
        console.size(1280, 900).prefers("dark").screenshot(name + "-dark", true);
        console.prefers("light").screenshot(name + "-light", true);
        console.size(390, 844).screenshot(name + "-small", true);
        console.size(1280, 900);
    }
}
