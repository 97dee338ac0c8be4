package io.headwater.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What viewers of one stream take: resident memory as it is under the load, then live objects after a collection and Netty's
 * direct memory, and of these two what each further viewer adds.
 */
final class MemoryUse {
    private static final int SETTLE_SECONDS = 10;

    private final Servers servers;

    MemoryUse(Servers servers) {
        this.servers = servers;
    }

    void run(Options options) throws Exception {
        System.out.println(
                "protocol viewers  rss MB  live heap MB  direct MB  KB of heap and direct for each further viewer");
        for (String protocol : options.words("protocol", "http-flv,rtmp")) {
            measure(protocol, options.numbers("viewers", "1,1000,2000"), options.number("settle", SETTLE_SECONDS));
        }
    }

    private void measure(String protocol, List<Integer> counts, int settleSeconds) throws Exception {
        int port = Servers.freePort();
        try (Stage stage = Stage.oneStream(servers.headwater(Map.of("headwater.http.port", Integer.toString(port))))) {
            NodeMemory before = null;
            int joined = 0;
            for (int viewers : counts) {
                stage.join(protocol, Stage.STREAM, viewers - joined, 0, 0, viewers);
                stage.warmUp();
                stage.forSeconds(settleSeconds);
                NodeMemory now = NodeMemory.of(stage.server, port);
                System.out.println(String.format(
                        Locale.ROOT,
                        "%-8s %7d %7.0f %13.1f %10.1f  %s",
                        protocol,
                        viewers,
                        now.rssMib(),
                        now.heapMib(),
                        now.directMib(),
                        before == null
                                ? "-"
                                : String.format(Locale.ROOT, "%.1f", now.perFurtherKib(before, viewers - joined))));
                before = now;
                joined = viewers;
            }
        }
    }
}
