package io.headwater.multijvm;

import io.headwater.codec.flv.FlvReader;
import io.headwater.codec.flv.FlvTag;
import io.headwater.demo.ClipPublisher;
import io.headwater.demo.FlvViewer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures what {@code docs/measurements.md} shows, on the four nodes of the scenario as {@code scripts/node} runs them:
 * {@code scripts/measure [ROUNDS [hls]]}.
 */
final class Measure {
    private static final int DELAY_SECONDS = 30;
    private static final int IDLE_STREAMS = 40;
    private static final int VIEWERS = 2000;
    /** Half a round of the clip: the same picture seen by two viewers is never further apart. */
    private static final long SAME_PICTURE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int RUNS_FOR_PICTURES = 150;
    private static final Pattern INIT = Pattern.compile("#EXT-X-MAP:URI=\"([^\"]+)\"");

    private final TestCluster cluster;
    private final int rounds;

    private Measure(TestCluster cluster, int rounds) {
        this.cluster = cluster;
        this.rounds = rounds;
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
        System.setProperty(NodeProcess.AS_IN_PRODUCTION, "true");
        System.out.printf("%-58s %8s %8s %8s%n", "", "p50", "p99", "max");
        boolean hlsOnly = arguments.length > 1 && arguments[1].equals("hls");
        try (TestCluster cluster = TestCluster.start(Map.of(
                "headwater.apps.default.publisher-grace", "1s",
                "headwater.apps.default.linger", "1s",
                "headwater.apps.default.hls.linger", "1s"))) {
            Measure measure = new Measure(cluster, rounds);
            measure.firstSegments();
            if (!hlsOnly) {
                measure.firstPictures();
                measure.delays();
                measure.memory();
            }
        }
        System.exit(0);
    }

    private void firstPictures() {
        List<Double> waiting = new ArrayList<>();
        List<Double> cold = new ArrayList<>();
        List<Double> warm = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            String parked = "live/parked" + round;
            try (FlvViewer viewer = cluster.play("edge22", parked)) {
                Await.until("the play waits", TestCluster.LIMIT, () -> inUse("edge22", "liveConnections") == 1);
                long begin = System.nanoTime();
                try (ClipPublisher publisher = ClipPublisher.start(TestCluster.CLIP, cluster.url("origin1", parked))) {
                    viewer.firstPicture().join();
                    waiting.add((System.nanoTime() - begin) / 1e6);
                    publisher.abort();
                }
            }
            String stream = "live/cold" + round;
            try (ClipPublisher publisher = cluster.publish("origin1", stream);
                    FlvViewer near = cluster.watch("origin1", stream);
                    FlvViewer first = cluster.play("edge22", stream)) {
                cold.add((double) first.firstPicture().join());
                TestCluster.sees(first, 5, "runs");
                try (FlvViewer second = cluster.play("edge22", stream)) {
                    warm.add((double) second.firstPicture().join());
                }
                TestCluster.sees(near, 1, "the publisher's own node still plays");
                publisher.abort();
            }
            cluster.nothingIsLeft();
        }
        row("publisher connects -> first picture at a player that waits", "ms", waiting);
        row("player asks -> first picture, remote edge, cold", "ms", cold);
        row("player asks -> first picture, remote edge, warm", "ms", warm);
    }

    private void firstSegments() throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        Map<String, List<Double>> rows = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            String stream = "live/segments" + round;
            try (ClipPublisher publisher = cluster.publish("origin1", stream);
                    FlvViewer near = cluster.watch("origin1", stream)) {
                TestCluster.sees(near, RUNS_FOR_PICTURES + round * 8, "it runs for a while");
                asksForHls(http, stream, ".m3u8", "HLS, remote edge, cold", rows);
                asksForHls(http, stream, ".m3u8", "the same, warm", rows);
                asksForHls(http, stream, ".m3u8?container=ts", "as transport streams, the node has the frames", rows);
                publisher.abort();
            }
            cluster.nothingIsLeft();
        }
        rows.forEach((what, values) -> row(what, "ms", values));
    }

    /** As a player does: the playlist, the one it names, its init section if it has one, its last whole segment. */
    private void asksForHls(HttpClient http, String stream, String suffix, String what, Map<String, List<Double>> rows)
            throws Exception {
        NodeProcess node = cluster.node("edge22");
        String name = stream.substring(stream.indexOf('/') + 1);
        URI base = URI.create("http://" + node.host() + ":" + node.port("http") + "/live/streams/" + name + suffix);
        long begin = System.nanoTime();
        String[] names = {base.toString()};
        for (String step : List.of("first playlist", "media playlist", "first segment")) {
            String said = "";
            for (String one : names) {
                HttpResponse<String> answer = http.send(
                        HttpRequest.newBuilder(base.resolve(one)).build(),
                        BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
                if (answer.statusCode() != 200) {
                    throw new IllegalStateException(
                            base.resolve(one) + ": " + answer.statusCode() + " " + answer.body());
                }
                said = answer.body();
                base = base.resolve(one);
            }
            rows.computeIfAbsent(what + " -> " + step, key -> new ArrayList<>()).add((System.nanoTime() - begin) / 1e6);
            List<String> listed = said.lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .toList();
            Matcher init = INIT.matcher(said);
            if (!step.equals("first segment")) {
                String last = listed.get(listed.size() - 1);
                names = init.find()
                        ? new String[] {
                            base.resolve(init.group(1)).toString(),
                            base.resolve(last).toString()
                        }
                        : new String[] {last};
            }
        }
    }

    private void delays() throws Exception {
        try (ClipPublisher publisher = cluster.publish("origin1", "live/delay");
                Arrivals onOrigin = new Arrivals(cluster.node("origin1"), "live/delay");
                Arrivals onSecondary = new Arrivals(cluster.node("edge21"), "live/delay")) {
            cluster.fed("live/delay", "edge21<origin1", "origin1<publisher");
            try (Arrivals onEdge = new Arrivals(cluster.node("edge22"), "live/delay")) {
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(DELAY_SECONDS));
                row("added by one hop: secondary origin against main origin", "ms", onSecondary.after(onOrigin));
                row("added by the next hop: edge against secondary origin", "ms", onEdge.after(onSecondary));
                publisher.abort();
            }
        }
        cluster.nothingIsLeft();
    }

    private void memory() throws Exception {
        List<AutoCloseable> open = new ArrayList<>();
        Memory empty = memoryOf("origin1");
        for (int i = 0; i < IDLE_STREAMS; i++) {
            open.add(cluster.publish("origin1", "live/idle" + i));
        }
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(15));
        Memory streams = memoryOf("origin1");
        one(
                "per published stream without players (474 kbit/s), heap",
                "KB",
                (streams.heap - empty.heap) / 1e3 / IDLE_STREAMS);
        one("the same, resident", "KB", (streams.resident - empty.resident) / 1e3 / IDLE_STREAMS);
        NodeProcess node = cluster.node("origin1");
        open.add(Crowd.join(new InetSocketAddress(node.host(), node.port("live")), "/live/idle0.flv", VIEWERS));
        Await.until("all play", TestCluster.LIMIT, () -> inUse("origin1", "viewers") == VIEWERS);
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(15));
        Memory viewers = memoryOf("origin1");
        one("per HTTP-FLV player, heap", "KB", (viewers.heap - streams.heap) / 1e3 / VIEWERS);
        one("the same, resident", "KB", (viewers.resident - streams.resident) / 1e3 / VIEWERS);
        one("the node itself, heap", "MB", empty.heap / 1e6);
        one("the node itself, resident", "MB", empty.resident / 1e6);
        for (AutoCloseable part : open) {
            part.close();
        }
    }

    private int inUse(String node, String what) {
        return cluster.node(node).self().path("inUse").path(what).asInt();
    }

    private record Memory(long heap, long resident) {}

    /** After a full collection. */
    private Memory memoryOf(String name) throws Exception {
        NodeProcess node = cluster.node(name);
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        for (int i = 0; i < 2; i++) {
            new ProcessBuilder(jcmd, Long.toString(node.pid()), "GC.run")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        }
        long residentKb = Files.readAllLines(Path.of("/proc", Long.toString(node.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
        return new Memory(node.self().path("memory").path("heapUsed").asLong(), residentKb * 1024);
    }

    private static void row(String what, String unit, List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        System.out.printf(
                Locale.ROOT,
                "%-58s %8.1f %8.1f %8.1f %s (%d)%n",
                what,
                at(sorted, 0.5),
                at(sorted, 0.99),
                at(sorted, 1),
                unit,
                sorted.size());
    }

    private static void one(String what, String unit, double value) {
        System.out.printf(Locale.ROOT, "%-58s %8.1f %s%n", what, value, unit);
    }

    private static double at(List<Double> sorted, double share) {
        return sorted.isEmpty() ? Double.NaN : sorted.get((int) Math.ceil(share * (sorted.size() - 1)));
    }

    /** When each picture of the clip arrived at one player. */
    private static final class Arrivals implements AutoCloseable {
        private final Socket socket;
        private final Map<Integer, List<Long>> nanos = new TreeMap<>();

        Arrivals(NodeProcess node, String stream) throws IOException {
            socket = new Socket(node.host(), node.port("live"));
            socket.setTcpNoDelay(true);
            socket.getOutputStream()
                    .write(("GET /" + stream + ".flv HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            Thread thread = new Thread(this::read, "arrivals at " + node);
            thread.setDaemon(true);
            thread.start();
            Await.until("pictures arrive at " + node, TestCluster.LIMIT, () -> pictures() > 0);
        }

        private void read() {
            try {
                InputStream in = socket.getInputStream();
                int newlines = 0;
                while (newlines < 2) {
                    int b = in.read();
                    newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
                    if (b < 0) {
                        return;
                    }
                }
                FlvReader reader = new FlvReader(1 << 20);
                byte[] buffer = new byte[64 << 10];
                for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
                    long now = System.nanoTime();
                    ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, got);
                    for (Optional<FlvTag> tag = reader.read(bytes); tag.isPresent(); tag = reader.read(bytes)) {
                        arrived(tag.get(), now);
                    }
                }
            } catch (IOException closed) {
                // the measurement is over
            } catch (io.headwater.codec.MalformedException e) {
                throw new UncheckedIOException(new IOException(e));
            }
        }

        private synchronized void arrived(FlvTag tag, long now) {
            if (tag.type() == FlvTag.VIDEO && tag.body().length() > 5) {
                OptionalInt number = TestCluster.CLIP.pictureNumber(tag.body().from(5));
                number.ifPresent(
                        n -> nanos.computeIfAbsent(n, key -> new ArrayList<>()).add(now));
            }
        }

        private synchronized int pictures() {
            return nanos.size();
        }

        private synchronized Map<Integer, List<Long>> seen() {
            Map<Integer, List<Long>> copy = new TreeMap<>();
            nanos.forEach((number, times) -> copy.put(number, List.copyOf(times)));
            return copy;
        }

        /** How much later than there each picture came here, in milliseconds; the burst at the start is left out. */
        List<Double> after(Arrivals there) {
            Map<Integer, List<Long>> other = there.seen();
            long first = seen().values().stream()
                    .flatMap(List::stream)
                    .mapToLong(Long::longValue)
                    .min()
                    .orElse(0);
            List<Double> delays = new ArrayList<>();
            seen().forEach((number, times) -> times.stream()
                    .filter(time -> time - first > TimeUnit.SECONDS.toNanos(2))
                    .forEach(time -> other.getOrDefault(number, List.of()).stream()
                            .filter(reference -> Math.abs(reference - time) < SAME_PICTURE_NANOS)
                            .findFirst()
                            .ifPresent(reference -> delays.add((time - reference) / 1e6))));
            return delays;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
