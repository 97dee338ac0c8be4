package io.headwater.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What a node holds: the live objects of its heap, for which its JVM collects, and Netty's direct memory. Resident memory
 * beside it says how far the collector let the heap grow.
 */
record NodeMemory(double rssMib, double heapMib, double directMib) {
    private static final double MIB = 1 << 20;

    /** @param httpPort where its metrics are */
    static NodeMemory of(Servers.Running node, int httpPort) throws IOException, InterruptedException {
        double rss = node.rssKib() / 1024.0;
        return new NodeMemory(rss, liveHeapBytes(node.process().pid()) / MIB, directBytes(httpPort) / MIB);
    }

    /** Heap and direct memory that came since {@code before}, for each of {@code more}. */
    double perFurtherKib(NodeMemory before, int more) {
        return (heapMib + directMib - before.heapMib - before.directMib) * 1024 / more;
    }

    /** The total of a histogram of live objects. */
    private static long liveHeapBytes(long pid) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(pid),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        jcmd.waitFor();
        return said.lines()
                .filter(line -> line.startsWith("Total"))
                .mapToLong(line -> Long.parseLong(line.trim().split("\\s+", -1)[2]))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "jcmd said: " + said.lines().limit(3).toList()));
    }

    private static double directBytes(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith("headwater_direct_memory_bytes"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no headwater_direct_memory_bytes at /metrics"));
    }
}
