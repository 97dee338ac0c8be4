package io.headwater.multijvm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.demo.ClipPublisher;
import io.headwater.demo.FlvViewer;
import io.headwater.multijvm.HlsClient.Listed;
import io.headwater.multijvm.HlsClient.Playlist;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** HLS from every node of two regions: the same bytes, and numbers that outlive every node. */
class HlsIT {
    private static final String STREAM = "live/segments";
    private static final int SEGMENTS = 4;
    /** Half a second is usual; all tests share the machine. */
    private static final Duration FIRST_WITHIN = Duration.ofSeconds(20);

    private static final int VLC_BYTES = 100_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private TestCluster cluster;
    private Process vlc;

    @BeforeEach
    void startTheCluster() {
        cluster = TestCluster.start(Map.of(
                "headwater.apps.default.publisher-grace", "30s",
                "headwater.apps.default.hls.segment", "1s"));
    }

    @AfterEach
    void stopTheCluster() {
        if (vlc != null) {
            vlc.destroyForcibly();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void aPlayerThatChangesItsNodeAtEveryRequestSeesEveryFrameOnceAndNumbersOutliveTheNodes() throws Exception {
        ClipPublisher publisher = cluster.publish("origin1", STREAM);
        try (FlvViewer viewer = cluster.watch("edge21", STREAM)) {
            assertFalse(viewer.ended().isDone());
        }
        for (NodeProcess node : cluster.all()) {
            assertEquals(0, node.self().findValue("hls.parts").asLong(), node + " works for HLS without being asked");
        }
        List<NodeProcess> edges = List.of(cluster.node("edge11"), cluster.node("edge22"), cluster.node("edge21"));
        coldEdge(cluster.node("edge22"));
        HlsClient player = new HlsClient(STREAM, edges);
        assertTrue(player.multivariant().contains("CODECS=\"avc1."), player::multivariant);
        Playlist last = playsOnEveryEdge(player, edges);
        viewersAreCountedWhereTheyWatch(edges);
        try (RoundRobin moved = new RoundRobin(edges);
                Ffmpeg.Run ffmpeg = Ffmpeg.decode("hls-moved", moved.url("/live/streams/segments.m3u8"), 600)) {
            transportStreamsOnEveryEdge(player, edges);
            Await.value(
                    "FFmpeg asks every edge",
                    LIMIT,
                    moved::media,
                    asked -> asked.size() == edges.size()
                            && asked.values().stream().allMatch(times -> times > 5));
            playedOn(ffmpeg);
            assertEquals(List.of(), moved.failures());
        }
        String plain =
                "http://" + edges.get(0).host() + ":" + edges.get(0).port("http") + "/live/streams/segments.m3u8";
        Ffmpeg.Run fragments = Ffmpeg.decode("hls-plain", plain, 600);
        Ffmpeg.Run transport = Ffmpeg.decode("hls-ts", plain + "?container=ts", 600);
        Path recorded = Files.createTempDirectory("vlc-hls").resolve("recorded.ts");
        if (Vlc.isInstalled()) {
            vlc = Vlc.record(plain, 600, recorded);
            Await.until("VLC begins", LIMIT, () -> recorded.toFile().length() > VLC_BYTES);
        }

        String secondary =
                TestCluster.linksInto(cluster.node("edge21"), STREAM).contains("origin1") ? "edge21" : "edge22";
        String other = secondary.equals("edge21") ? "edge22" : "edge21";
        // what it read before FFmpeg and VLC began may have left the window since
        Playlist now = player.playlist("");
        assertTrue(now.mediaSequence() >= last.mediaSequence(), last + " became " + now);
        last = now;
        cluster.node(secondary).signal("KILL");
        List<NodeProcess> left = List.of(cluster.node("edge11"), cluster.node(other));
        player.nodes(left);
        last = goesOn(player, last, SEGMENTS, 0);

        last = justEnded(player, last);
        cluster.node("origin1").signal("KILL");
        publisher.close();
        try (ClipPublisher back = cluster.publish(other, STREAM)) {
            last = goesOn(player, last, SEGMENTS, 1);
            Listed newest = last.segments().get(last.segments().size() - 2);
            assertArrayEquals(
                    player.get(left.get(0), "/" + newest.uri()).body(),
                    player.get(left.get(1), "/" + newest.uri()).body());
            assertFalse(back.ended().isDone());
            playedOn(fragments);
            playedOn(transport);
            if (vlc != null) {
                recordedOn(recorded);
            }
        }
    }

    /** The first request of all at a node of the other region that had nothing of the stream: there is something to play. */
    private static void coldEdge(NodeProcess far) {
        assertTrue(far.self().path("streams").isEmpty(), "it has the stream already");
        HlsClient first = new HlsClient(STREAM, List.of(far));
        long beginNanos = System.nanoTime();
        Playlist playlist = first.playlist("");
        Duration took = Duration.ofNanos(System.nanoTime() - beginNanos);
        assertTrue(took.compareTo(FIRST_WITHIN) < 0, "the first playlist came after " + took);
        assertTrue(playlist.segments().get(0).complete(), "no whole segment for a plain player: " + playlist);
        for (Listed segment : playlist.segments()) {
            segment.parts().forEach(first::file);
            first.file(segment.init());
            if (segment.complete()) {
                first.file(segment.uri());
            }
        }
    }

    /** Players on three edges of two regions, as another node tells them: by node, in sum, and gone when they are gone. */
    private void viewersAreCountedWhereTheyWatch(List<NodeProcess> edges) {
        Map<String, Integer> watching = Map.of("edge11", 2, "edge21", 1, "edge22", 3);
        ScheduledExecutorService players = Executors.newScheduledThreadPool(watching.size());
        try {
            for (NodeProcess edge : edges) {
                HlsClient player = new HlsClient(STREAM, List.of(edge));
                List<String> own = IntStream.range(0, watching.get(edge.name()))
                        .mapToObj(any -> player.multivariant())
                        .map(HlsIT::session)
                        .toList();
                players.scheduleWithFixedDelay(
                        () -> own.forEach(session -> player.get(edge, "/media.m3u8?s=" + session)),
                        0,
                        500,
                        TimeUnit.MILLISECONDS);
            }
            told(watching);
        } finally {
            players.shutdownNow();
        }
        told(Map.of("edge11", 0, "edge21", 0, "edge22", 0));
    }

    /** What the node of the publisher, which has links to others and no viewer, tells of the viewers of all. */
    private void told(Map<String, Integer> watching) {
        int all = watching.values().stream().mapToInt(count -> count).sum();
        Map<String, Integer> byNode = new TreeMap<>(watching);
        byNode.put("origin1", 0);
        cluster.topology("origin1", STREAM, tree -> {
            Map<String, Integer> now = new TreeMap<>();
            tree.path("nodes")
                    .forEach(node -> now.put(
                            node.path("nodeId").asText(), node.path("viewers").asInt()));
            return now.equals(byNode);
        });
        Await.value(
                "viewers in sum",
                LIMIT,
                () -> cluster.node("origin1")
                        .rest()
                        .get("/live/rest/v2/broadcasts/segments/broadcast-statistics")
                        .body(),
                sum -> sum.path("totalHLSWatchersCount").asInt() == all
                        && sum.path("totalHttpFlvWatchersCount").asInt() == 0
                        && sum.path("totalRTMPWatchersCount").asInt() == 0);
    }

    private static String session(String multivariant) {
        Matcher id = Pattern.compile("[?&]s=([A-Za-z0-9_-]{11})").matcher(multivariant);
        assertTrue(id.find(), multivariant);
        return id.group(1);
    }

    /** Plain players on a node that lived all the time have seen no error and play what was published last. */
    private static void playedOn(Ffmpeg.Run player) {
        try (player) {
            long before = pictures(player);
            Await.until(
                    player.log() + " goes on",
                    LIMIT,
                    () -> !player.process().isAlive() || pictures(player) > before + 50);
            // FFmpeg takes no notice of EXT-X-DISCONTINUITY: the times of another publisher surprise it, and its output
            String said = player.output()
                    .replaceAll("(?m)^[a-z_0-9]+=.*$\\n?", "")
                    .replaceAll("(?m)^.*(timestamp discontinuity|non monotonically increasing dts).*$\\n?", "");
            assertTrue(player.process().isAlive(), said);
            assertFalse(said.matches("(?is).*(error|invalid|corrupt|missing).*"), said);
        }
    }

    private static long pictures(Ffmpeg.Run player) {
        return player.output()
                .lines()
                .filter(line -> line.startsWith("frame="))
                .mapToLong(line -> Long.parseLong(line.substring(6).trim()))
                .max()
                .orElse(0);
    }

    /** VLC, which is given transport streams, plays on a node that lived all the time what was published last. */
    private void recordedOn(Path file) throws Exception {
        long before = Files.size(file);
        Await.until(
                "VLC goes on: " + file + ".log",
                LIMIT,
                () -> !vlc.isAlive() || file.toFile().length() > before + VLC_BYTES);
        assertTrue(vlc.isAlive(), () -> text(Path.of(file + ".log")));
        vlc.destroy();
        assertTrue(vlc.waitFor(60, TimeUnit.SECONDS), "VLC ends");
        assertTrue(Vlc.pictures(file) > 100, () -> text(Path.of(file + ".log")));
    }

    private static String text(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException gone) {
            return log + ": " + gone.getMessage();
        }
    }

    /** The plain playlist of transport streams: the same files on every edge, and all decode in a row. */
    private static void transportStreamsOnEveryEdge(HlsClient player, List<NodeProcess> edges) throws Exception {
        for (NodeProcess edge : edges) {
            assertTrue(new String(player.get(edge, ".m3u8?container=ts").body(), StandardCharsets.UTF_8)
                    .contains("segments/ts.m3u8?s="));
        }
        long first = player.playlist("/ts.m3u8", "").last().number();
        List<byte[]> bytes = new ArrayList<>();
        for (long number = first; number < first + SEGMENTS; number++) {
            long wanted = number;
            Playlist there = Await.value(
                    "segment " + number,
                    LIMIT,
                    () -> player.playlist("/ts.m3u8", ""),
                    now -> now.last().number() >= wanted);
            Listed segment = there.segments().get((int) (wanted - there.mediaSequence()));
            assertTrue(segment.init().isEmpty()
                    && segment.parts().isEmpty()
                    && segment.uri().endsWith(".ts"));
            bytes.add(sameEverywhere(player, edges, segment.uri()));
        }
        Path file = Files.write(Files.createTempFile("segments", ".ts"), HlsClient.joined(bytes));
        try (Ffmpeg.Run run = Ffmpeg.decode("ts-segments", file.toString(), 600)) {
            assertTrue(run.ended(60));
            assertEquals(0, run.process().exitValue(), run::output);
            assertTrue(pictures(run) > 20 * SEGMENTS, run::output);
            assertFalse(run.output().matches("(?is).*(error|corrupt|continuity).*"), run::output);
        } finally {
            Files.delete(file);
        }
    }

    /** Follows the stream part by part and compares every file of some segments. */
    private static Playlist playsOnEveryEdge(HlsClient player, List<NodeProcess> edges)
            throws IOException, InterruptedException {
        Playlist playlist = player.playlist("");
        // the players that follow begin where this one does
        for (NodeProcess edge : edges) {
            assertEquals(200, player.get(edge, "/media.m3u8").status());
        }
        long first = playlist.last().number() + 1;
        List<byte[]> bytes = new ArrayList<>();
        String init = playlist.last().init();
        bytes.add(sameEverywhere(player, edges, init));
        for (long number = first; number < first + SEGMENTS; number++) {
            Listed segment = complete(player, number, playlist);
            assertEquals(init, segment.init());
            assertFalse(segment.discontinuity() || segment.gap());
            List<byte[]> parts = new ArrayList<>();
            for (String part : segment.parts()) {
                parts.add(sameEverywhere(player, edges, part));
            }
            byte[] whole = sameEverywhere(player, edges, segment.uri());
            assertArrayEquals(HlsClient.joined(parts), whole, "a segment is its parts");
            bytes.add(whole);
        }
        everyFrameOnce(HlsClient.joined(bytes));
        // an edge that began later lists less of the past until that has gone by
        Await.until(
                "every edge lists the same past",
                LIMIT,
                () -> edges.stream()
                                .mapToLong(edge -> HlsClient.parse(
                                                player.get(edge, "/media.m3u8").text())
                                        .mediaSequence())
                                .distinct()
                                .count()
                        == 1);
        return player.playlist("");
    }

    /** The segment of that number once it is complete, waited for part by part. */
    private static Listed complete(HlsClient player, long number, Playlist from) {
        Playlist playlist = from;
        long until = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < until) {
            for (Listed segment : playlist.segments()) {
                if (segment.number() == number && segment.complete()) {
                    return segment;
                }
            }
            playlist = player.playlist(playlist.next());
        }
        throw new AssertionError("segment " + number + " never came: " + playlist);
    }

    private static byte[] sameEverywhere(HlsClient player, List<NodeProcess> edges, String uri) {
        byte[] one = player.file(uri);
        for (NodeProcess edge : edges) {
            HlsClient.Answer answer = player.get(edge, "/" + uri);
            assertEquals(200, answer.status(), edge + " has no " + uri);
            assertArrayEquals(one, answer.body(), edge + " has other bytes in " + uri);
        }
        return one;
    }

    private static void everyFrameOnce(byte[] media) throws IOException, InterruptedException {
        Path file = Files.write(Files.createTempFile("segments", ".mp4"), media);
        try (Ffmpeg.Run probe = Ffmpeg.run(
                "ffprobe-segments",
                "ffprobe",
                List.of(
                        "-v",
                        "error",
                        "-select_streams",
                        "v:0",
                        "-show_entries",
                        "packet=dts_time",
                        "-of",
                        "csv=p=0",
                        file.toString()))) {
            assertTrue(probe.ended(60));
            List<Double> times = probe.output()
                    .lines()
                    .map(line -> Double.valueOf(line.replace(",", "")))
                    .toList();
            assertTrue(times.size() > 20 * SEGMENTS, probe::output);
            double step = times.get(1) - times.get(0);
            for (int i = 1; i < times.size(); i++) {
                double apart = times.get(i) - times.get(i - 1);
                assertEquals(step, apart, 0.003, "picture " + i);
            }
        } finally {
            Files.delete(file);
        }
    }

    /**
     * Waits for the moment in which a segment is complete and the next has begun, of which no node has a part yet: if the
     * stream breaks off now, that one is a gap, and FFmpeg (8.0), which does not know what a gap is, asks for it.
     */
    private static Playlist justEnded(HlsClient player, Playlist from) {
        Playlist playlist = from;
        long until = System.nanoTime() + LIMIT.toNanos();
        do {
            assertTrue(System.nanoTime() < until, "no segment ends: " + playlist);
            playlist = player.playlistOr(playlist, playlist.next());
        } while (!playlist.last().complete());
        return playlist;
    }

    /** Goes on until so many more segments came; numbers never fall and none is left out. */
    private static Playlist goesOn(HlsClient player, Playlist from, int segments, int discontinuities) {
        Playlist playlist = from;
        long until = System.nanoTime() + LIMIT.toNanos();
        long wanted = from.last().number() + segments;
        int breaks = 0;
        long counted = from.last().number();
        while (playlist.last().number() < wanted || breaks < discontinuities) {
            assertTrue(System.nanoTime() < until, "not within a minute: " + playlist);
            Playlist next = player.playlistOr(playlist, playlist.next());
            assertTrue(next.mediaSequence() >= playlist.mediaSequence(), playlist + " became " + next);
            assertTrue(next.discontinuitySequence() >= playlist.discontinuitySequence(), playlist + " became " + next);
            assertTrue(next.last().number() >= playlist.last().number() - 1, playlist + " became " + next);
            assertTrue(
                    next.mediaSequence() <= playlist.last().number(),
                    "numbers jumped: " + playlist + " became " + next);
            for (Listed segment : next.segments()) {
                if (segment.number() > counted) {
                    counted = segment.number();
                    breaks += segment.discontinuity() ? 1 : 0;
                }
            }
            playlist = next;
        }
        assertEquals(discontinuities, breaks);
        return playlist;
    }
}
