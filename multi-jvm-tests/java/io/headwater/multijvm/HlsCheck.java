package io.headwater.multijvm;

import io.headwater.codec.hls.PlaylistChecker;
import io.headwater.demo.ClipPublisher;
import io.headwater.multijvm.HlsClient.Answer;
import io.headwater.multijvm.HlsClient.Listed;
import io.headwater.multijvm.HlsClient.Playlist;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A long watch over HLS: {@code HlsCheck SECONDS}. Four nodes in two regions; a player goes to another of three edges at
 * every request and its playlists are checked by {@link PlaylistChecker}; every file it is told of is loaded from all three
 * and compared. Meanwhile the publisher comes again, is taken over, and nodes die and come back.
 */
public final class HlsCheck {
    private static final String STREAM = "live/checked";
    private static final int LEAST_SECONDS = 60;
    private static final int EVERYWHERE_EVERY_S = 2;
    /** A playlist that is older than half of CAN-SKIP-UNTIL is none to ask for updates of (RFC 8216bis, 6.3.7). */
    private static final long YOUNG_NANOS = TimeUnit.SECONDS.toNanos(6);

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final TestCluster cluster;
    private final Same same;
    private final HlsEverywhere everywhere = new HlsEverywhere(STREAM);
    private final PlaylistChecker checker = new PlaylistChecker();
    private final CountDownLatch over = new CountDownLatch(1);
    private final long startNanos = System.nanoTime();
    private final long endNanos;
    private volatile List<NodeProcess> edges = List.of();
    private String origin = "origin1";
    private ClipPublisher publisher;
    private int refused;
    private int unreachable;
    private int told;
    private long longestNanos;
    private long newestNanos;

    private HlsCheck(TestCluster cluster, int seconds) {
        this.cluster = cluster;
        this.same = new Same(new HlsClient(STREAM, List.of()));
        this.publisher = cluster.publish(origin, STREAM);
        this.endNanos = startNanos + seconds * 1_000_000_000L;
    }

    public static void main(String[] arguments) throws Exception {
        int seconds = arguments.length == 1 && arguments[0].matches("[0-9]{1,6}") ? Integer.parseInt(arguments[0]) : 0;
        if (seconds < LEAST_SECONDS) {
            System.err.println("hls-check: expected --seconds and a number from " + LEAST_SECONDS + " on");
            System.exit(2);
        }
        boolean good;
        try (TestCluster cluster = TestCluster.start(Map.of("headwater.apps.default.publisher-grace", "30s"))) {
            good = new HlsCheck(cluster, seconds).run();
        }
        System.exit(good ? 0 : 1);
    }

    private boolean run() throws InterruptedException {
        edges = List.of(cluster.node("edge11"), cluster.node("edge21"), cluster.node("edge22"));
        for (NodeProcess edge : edges) {
            long begin = System.nanoTime();
            Answer first = new HlsClient(STREAM, List.of()).get(edge, "/media.m3u8");
            says(edge + " answers its first request for the stream " + first.status() + " after "
                    + (System.nanoTime() - begin) / 1_000_000 + " ms");
        }
        awaitFullWindows(edges);
        Thread watching = new Thread(this::watch, "watch");
        watching.start();
        Thread asking = new Thread(this::askEverywhere, "everywhere");
        asking.start();
        try {
            while (rests()) {
                says("the publisher comes again");
                publisher.close();
                publisher = cluster.publish(origin, STREAM);
                if (rests()) {
                    takenOver(origin);
                }
                if (rests()) {
                    secondaryDies();
                }
                if (rests()) {
                    originDies();
                }
            }
        } finally {
            over.countDown();
            watching.join(LIMIT.toMillis());
            asking.join(LIMIT.toMillis());
            publisher.close();
        }
        System.out.printf(
                Locale.ROOT,
                "%d s: %d playlists up to segment %d, %d problems; longest wait for news %.1f s; "
                        + "%d answers without news, %d not answered by a node that died%n%s%n%s%n",
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos),
                checker.playlists(),
                checker.endSequence(),
                checker.problems().size(),
                longestNanos / 1e9,
                refused,
                unreachable,
                same.summary(),
                everywhere.summary());
        return checker.problems().isEmpty() && same.isGood() && everywhere.isGood();
    }

    /** Lets half a minute pass; false if the time is over. */
    private boolean rests() throws InterruptedException {
        long leftNanos = endNanos - System.nanoTime();
        return !over.await(Math.min(leftNanos, TimeUnit.SECONDS.toNanos(30)), TimeUnit.NANOSECONDS)
                && endNanos - System.nanoTime() > TimeUnit.SECONDS.toNanos(10);
    }

    private void takenOver(String node) {
        says("another publisher takes the stream over at " + node);
        ClipPublisher next = cluster.publish(node, STREAM);
        publisher.close();
        publisher = next;
        origin = node;
    }

    private void secondaryDies() throws InterruptedException {
        String secondary = TestCluster.linksInto(cluster.node("edge21"), STREAM).contains(origin) ? "edge21" : "edge22";
        says("the secondary origin " + secondary + " dies");
        dies(secondary);
        if (rests()) {
            returns(secondary);
        }
    }

    /** The publisher goes to the other region, and back when the node is there again. */
    private void originDies() throws InterruptedException {
        String dead = origin;
        says("the main origin " + dead + " dies, its publisher comes to edge22");
        dies(dead);
        publisher.close();
        origin = "edge22";
        publisher = cluster.publish(origin, STREAM);
        if (rests()) {
            cluster.started(dead);
            takenOver(dead);
        }
    }

    private void dies(String name) {
        NodeProcess node = cluster.node(name);
        node.signal("KILL");
        edges = edges.stream().filter(edge -> edge != node).toList();
        node.awaitExit(LIMIT);
    }

    /** It is asked by the player again when it lists as much as the others. */
    private void returns(String name) {
        NodeProcess node = cluster.started(name);
        List<NodeProcess> all = new ArrayList<>(edges);
        all.add(node);
        awaitFullWindows(all);
        edges = List.copyOf(all);
        says(name + " is back");
    }

    private static void awaitFullWindows(List<NodeProcess> nodes) {
        HlsClient client = new HlsClient(STREAM, List.of());
        Await.until("full windows of " + nodes, LIMIT, () -> {
            List<Playlist> playlists = new ArrayList<>();
            for (NodeProcess node : nodes) {
                Answer answer = client.get(node, "/media.m3u8");
                if (answer.status() == 200) {
                    playlists.add(HlsClient.parse(answer.text()));
                }
            }
            long complete = playlists.stream()
                    .filter(playlist -> playlist.segments().stream()
                                    .filter(Listed::complete)
                                    .count()
                            >= 10)
                    .count();
            return complete == nodes.size();
        });
    }

    private void askEverywhere() {
        try {
            do {
                everywhere.round(edges);
            } while (!over.await(EVERYWHERE_EVERY_S, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        HlsClient client = new HlsClient(STREAM, List.of());
        String query = "";
        newestNanos = System.nanoTime();
        for (int turn = 0; over.getCount() > 0; turn++) {
            List<NodeProcess> now = edges;
            NodeProcess node = now.get(turn % now.size());
            Answer answer = client.get(node, "/media.m3u8" + query);
            if (answer.status() == 200) {
                String text = answer.text();
                checker.playlist(text);
                longestNanos = Math.max(longestNanos, System.nanoTime() - newestNanos);
                newestNanos = System.nanoTime();
                same.compare(HlsClient.parse(text), edges);
            } else if (answer.status() == 0) {
                unreachable++;
            } else {
                refused++;
            }
            for (; told < checker.problems().size(); told++) {
                says("PROBLEM at " + node + ": " + checker.problems().get(told));
            }
            query = "?_HLS_msn=" + checker.endSequence() + "&_HLS_part=" + checker.growingParts()
                    + (turn % 2 == 0 && System.nanoTime() - newestNanos < YOUNG_NANOS ? "&_HLS_skip=YES" : "");
        }
    }

    private void says(String what) {
        System.out.printf(
                Locale.ROOT,
                "%6.1f s  segment %d  %s%n",
                (System.nanoTime() - startNanos) / 1e9,
                checker.endSequence(),
                what);
    }

    /** Whether the nodes have the same files. */
    private static final class Same {
        private static final int MOST_SEEN = 200;

        private final HlsClient client;
        private final LinkedHashSet<String> seen = new LinkedHashSet<>();
        private int files;
        private int answers;
        private int missing;
        private int different;

        Same(HlsClient client) {
            this.client = client;
        }

        /** Everything that is named here and was not compared before. */
        void compare(Playlist playlist, List<NodeProcess> nodes) {
            for (Listed segment : playlist.segments()) {
                List<String> names = new ArrayList<>(segment.parts());
                names.add(segment.init());
                if (segment.complete() && !segment.gap()) {
                    names.add(segment.uri());
                }
                for (String name : names) {
                    if (!name.isEmpty() && seen.add(name)) {
                        compare(name, nodes);
                    }
                }
            }
            while (seen.size() > MOST_SEEN) {
                seen.remove(seen.iterator().next());
            }
        }

        private void compare(String name, List<NodeProcess> nodes) {
            files++;
            String first = "";
            for (NodeProcess node : nodes) {
                Answer answer = client.get(node, "/" + name);
                if (answer.status() != 200) {
                    missing += answer.status() == 0 ? 0 : 1;
                    continue;
                }
                answers++;
                String sum = sha256(answer.body());
                if (!first.isEmpty() && !first.equals(sum)) {
                    different++;
                    System.out.println("DIFFERENT: " + name + " of " + node);
                }
                first = first.isEmpty() ? sum : first;
            }
        }

        private static String sha256(byte[] bytes) {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        boolean isGood() {
            return different == 0 && answers > files;
        }

        String summary() {
            return files + " files loaded from every edge that lived, " + answers + " answers compared by SHA-256, "
                    + different + " different, " + missing + " not found";
        }
    }
}
