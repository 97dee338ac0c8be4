package io.headwater.multijvm;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.demo.ClipPublisher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * hls.js in its low-latency mode, in Chromium, on an edge of the other region: for a long while with nothing wrong, then
 * while the secondary origin and the main origin are killed. {@code scripts/browser-proof [--seconds N]} prints a row for
 * each and ends with 1 if one of them is not as it has to be.
 */
final class BrowserProof {
    private static final String STREAM = "live/proof";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int AFTER_A_DEATH_SECONDS = 30;
    private static final double MOST_DELAY_SECONDS = 2;

    private final BrowserTab tab;
    private boolean good = true;

    private BrowserProof(BrowserTab tab) {
        this.tab = tab;
    }

    public static void main(String[] arguments) throws Exception {
        int seconds = arguments.length == 2 && arguments[0].equals("--seconds") ? Integer.parseInt(arguments[1]) : 300;
        boolean good;
        try (TestCluster cluster = TestCluster.start(Map.of("headwater.apps.default.publisher-grace", "30s"));
                ClipPublisher publisher = cluster.publish("origin1", STREAM)) {
            cluster.watch("edge21", STREAM).close();
            NodeProcess edge = cluster.node("edge22");
            try (Chromium browser = Chromium.startOrSkip();
                    BrowserTab tab = browser.open("http://" + edge.host() + ":" + edge.port("http")
                            + "/play.html?app=live&id=proof&via=llhls")) {
                System.out.println(browser.version() + ", load " + load());
                System.out.printf(
                        "%-34s %7s %6s %7s %7s %6s %7s %6s %6s%n",
                        "", "seconds", "played", "frames", "stalls", "fatal", "dropped", "p50 s", "max s");
                good = new BrowserProof(tab).run(cluster, publisher, seconds);
                tab.screenshot("browser-proof", false);
            }
        }
        System.exit(good ? 0 : 1);
    }

    private boolean run(TestCluster cluster, ClipPublisher publisher, int seconds) {
        tab.awaitTrue(LIMIT, "window.headwater?.playing === true");
        row("nothing wrong", seconds, true);
        cluster.node("edge21").kill();
        row("secondary origin killed", AFTER_A_DEATH_SECONDS, false);
        cluster.node("origin1").kill();
        publisher.close();
        try (ClipPublisher back = cluster.publish("edge11", STREAM)) {
            row("main origin killed, publisher back", AFTER_A_DEATH_SECONDS + 15, false);
            return good && !back.ended().isDone();
        }
    }

    private void row(String what, int seconds, boolean withoutStalls) {
        JsonNode before = look();
        List<Double> delays = new ArrayList<>();
        long began = System.nanoTime();
        while (System.nanoTime() - began < TimeUnit.SECONDS.toNanos(seconds)) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            double delay = look().path("delay").asDouble(Double.NaN);
            if (!Double.isNaN(delay)) {
                delays.add(delay);
            }
        }
        JsonNode after = look();
        delays.sort(null);
        double played = more(before, after, "at");
        int stalls = (int) more(before, after, "stalls");
        int fatal = after.path("fatal").size() - before.path("fatal").size();
        System.out.printf(
                "%-34s %7d %6.0f %7.0f %7d %6d %7.0f %6.2f %6.2f%n",
                what,
                seconds,
                played,
                more(before, after, "frames"),
                stalls,
                fatal,
                more(before, after, "dropped"),
                delays.isEmpty() ? Double.NaN : delays.get(delays.size() / 2),
                delays.isEmpty() ? Double.NaN : delays.get(delays.size() - 1));
        if (fatal > 0 || stalls > 0 || more(before, after, "errors") > 0) {
            System.out.println("    " + after + ", load " + load());
        }
        boolean close = !delays.isEmpty() && delays.get(delays.size() / 2) <= MOST_DELAY_SECONDS;
        good &= fatal == 0 && played > seconds / 2.0 && ((stalls == 0 && close) || !withoutStalls);
    }

    private static double more(JsonNode before, JsonNode after, String name) {
        return after.path(name).asDouble() - before.path(name).asDouble();
    }

    private JsonNode look() {
        return tab.value("({...headwater, at: document.querySelector('video').currentTime})");
    }

    private static String load() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).trim();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
