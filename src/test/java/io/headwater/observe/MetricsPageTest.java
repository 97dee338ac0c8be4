package io.headwater.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.cluster.ClusterNode;
import io.headwater.cluster.NodeStatus;
import io.headwater.gateway.hls.HlsServer;
import io.headwater.media.StreamKey;
import io.headwater.media.Tracks;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.relay.RelayLinkSnapshot;
import io.headwater.stream.Directory;
import io.headwater.stream.HubSnapshot;
import io.headwater.stream.StreamEvent;
import io.headwater.stream.StreamHubs;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import io.headwater.topology.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@SuppressWarnings("EnumOrdinal") // only a number that every metric has another of
class MetricsPageTest {
    private static final StreamKey STREAM = new StreamKey("live", "one");
    private static final NodeGroup REGION = new NodeGroup("region1");

    private final Counters counters = new Counters();

    private MetricsPage page(int streams, List<HubSnapshot> hubs, List<RelayLinkSnapshot> links) {
        MetricsPage page = new MetricsPage(counters);
        page.shows(new Node(hubs, links), streams);
        return page;
    }

    @Test
    void prometheusReadsThePage() throws Exception {
        MetricsPage page = page(10, List.of(hub("one", 3)), List.of(link(RelayLinkSnapshot.Direction.OUT, 7, 1500)));
        page.events()
                .record(
                        STREAM,
                        StreamEvent.of(StreamEvent.Kind.FEED_CHANGED, "test").costing(120, 0));
        assertEquals("", PageReader.complaintsOfPromtool(page.text()));
        PageReader.read(page.text());
    }

    @Test
    void everyCounterIsOnThePageWithWhatWasCounted() {
        for (Metric metric : Metric.values()) {
            counters.add(metric, metric.ordinal() + 1);
        }
        PageReader read = PageReader.read(page(10, List.of(), List.of()).text());
        for (Metric metric : Metric.values()) {
            if (CounterNames.isShown(metric.wireName())) {
                CounterNames.Name name = CounterNames.of(metric.wireName());
                String label = name.label().isEmpty() ? "" : "{" + name.label() + "=\"" + name.value() + "\"}";
                assertEquals(metric.ordinal() + 1, read.value(name.family() + "_total" + label), metric.wireName());
            }
        }
    }

    @Test
    void countersThatDifferInTheirReasonAreOneFamily() {
        counters.add(Metric.SKIPPED_TIME, 2);
        counters.add(Metric.SKIPPED_BYTES, 3);
        counters.add(Metric.RTMP_BYTES_IN, 1000);
        PageReader read = PageReader.read(page(10, List.of(), List.of()).text());
        assertEquals(2, read.value("headwater_subscriber_skips_total{reason=\"time\"}"));
        assertEquals(3, read.value("headwater_subscriber_skips_total{reason=\"bytes\"}"));
        assertEquals(1000, read.value("headwater_rtmp_received_bytes_total"));
    }

    @Test
    void streamsBeyondTheLimitAreCountedTogether() {
        List<HubSnapshot> hubs =
                IntStream.range(0, 5).mapToObj(i -> hub("s" + i, i)).toList();
        PageReader read = PageReader.read(page(2, hubs, List.of()).text());
        assertEquals(0, read.value("headwater_stream_viewers{app=\"live\",stream=\"s0\"}"));
        assertEquals(1, read.value("headwater_stream_viewers{app=\"live\",stream=\"s1\"}"));
        assertEquals(2 + 3 + 4, read.value("headwater_stream_viewers{app=\"other\",stream=\"other\"}"));
        assertEquals(
                3,
                read.samples().keySet().stream()
                        .filter(name -> name.startsWith("headwater_stream_viewers"))
                        .count());
    }

    @Test
    void aStreamKeepsItsSeriesWhileItIsThereAndItsPlaceIsGivenOnAfterwards() {
        StreamLabels labels = new StreamLabels(1);
        StreamKey other = new StreamKey("live", "two");
        labels.update(List.of(STREAM));
        labels.update(List.of(other, STREAM));
        assertEquals(Optional.of(STREAM), labels.of(STREAM));
        assertEquals(Optional.empty(), labels.of(other));
        labels.update(List.of(other));
        assertEquals(Optional.of(other), labels.of(other));
    }

    @Test
    void theLagOfAHopIsWhatItsLinkHasNotSentYet() {
        PageReader read = PageReader.read(page(
                        10,
                        List.of(hub("one", 3)),
                        List.of(
                                link(RelayLinkSnapshot.Direction.OUT, 90, 1500),
                                link(RelayLinkSnapshot.Direction.IN, 100, 2500)))
                .text());
        assertEquals(10, read.value("headwater_relay_lag_frames{peer=\"edge1\"}"));
        assertEquals(0.0015, read.value("headwater_relay_round_trip_seconds{direction=\"out\",peer=\"edge1\"}"), 1e-9);
        assertEquals(1, read.value("headwater_relay_links{direction=\"in\",peer=\"edge1\"}"));
    }

    @Test
    void gapsAreMeasuredOnlyWhereTheFeedOrTheSessionChanged() {
        MetricsPage page = page(10, List.of(), List.of());
        StreamEvent gap = StreamEvent.of(StreamEvent.Kind.FEED_CHANGED, "test").costing(250, 0);
        page.events().record(STREAM, gap);
        page.events().record(STREAM, StreamEvent.of(StreamEvent.Kind.FEED_CHANGED, "the first feed"));
        page.events()
                .record(
                        STREAM,
                        StreamEvent.of(StreamEvent.Kind.FRAMES_MISSING, "test").costing(99, 1));
        PageReader read = PageReader.read(page.text());
        assertEquals(1, read.value("headwater_failover_gap_seconds_count{kind=\"feedChanged\"}"));
        assertEquals(0.25, read.value("headwater_failover_gap_seconds_sum{kind=\"feedChanged\"}"), 1e-9);
        assertEquals(0, read.value("headwater_failover_gap_seconds_bucket{kind=\"feedChanged\",le=\"0.2\"}"));
        assertEquals(1, read.value("headwater_failover_gap_seconds_bucket{kind=\"feedChanged\",le=\"0.3\"}"));
        assertEquals(0, read.value("headwater_failover_gap_seconds_count{kind=\"epochChanged\"}"));
    }

    @Test
    void requestsAreMeasuredByWhatWasAskedForAndTheClassOfTheirStatusAlone() {
        MetricsPage page = page(10, List.of(), List.of());
        page.answered("rest", 200, 30_000_000);
        page.answered("rest", 204, 40_000_000);
        page.answered("hls", 404, 3_000_000_000L);
        page.answered("a word of nobody's", 799, 1);
        PageReader read = PageReader.read(page.text());
        String of = "headwater_http_request_duration_seconds";
        assertEquals(2, read.value(of + "_count{kind=\"rest\",status=\"2xx\"}"));
        assertEquals(0.07, read.value(of + "_sum{kind=\"rest\",status=\"2xx\"}"), 1e-9);
        assertEquals(0, read.value(of + "_bucket{kind=\"rest\",status=\"2xx\",le=\"0.025\"}"));
        assertEquals(2, read.value(of + "_bucket{kind=\"rest\",status=\"2xx\",le=\"0.05\"}"));
        assertEquals(1, read.value(of + "_count{kind=\"hls\",status=\"4xx\"}"));
        assertEquals(1, read.value(of + "_count{kind=\"other\",status=\"other\"}"));
        assertEquals(0, read.value(of + "_count{kind=\"page\",status=\"2xx\"}"));
    }

    @Test
    void whatHlsHoldsIsThere() {
        PageReader read = PageReader.read(page(10, List.of(), List.of()).text());
        assertEquals(2, read.value("headwater_hls_packaged_streams"));
        assertEquals(3, read.value("headwater_hls_waiting_requests"));
        assertEquals(4_000, read.value("headwater_hls_segment_bytes"));
        assertEquals(0, read.value("headwater_viewers{protocol=\"hls\"}"));
    }

    @Test
    void theJvmAndTheProcessAreThere() {
        PageReader read = PageReader.read(page(10, List.of(), List.of()).text());
        assertTrue(read.value("jvm_memory_used_bytes{area=\"heap\"}") > 0);
        assertTrue(read.value("process_cpu_seconds_total") > 0);
        assertEquals(1, read.value("headwater_node{group=\"region1\",node=\"node1\",version=\"test\"}"));
        assertEquals(1, read.value("headwater_cluster_members{status=\"up\"}"));
        assertEquals(0, read.value("headwater_cluster_members{status=\"unreachable\"}"));
    }

    static HubSnapshot hub(String stream, int viewers) {
        return new HubSnapshot(
                new Directory.Holding(
                        new StreamKey("live", stream),
                        5,
                        Role.MAIN_ORIGIN,
                        true,
                        Optional.empty(),
                        100,
                        viewers,
                        1,
                        0,
                        false,
                        0),
                List.of(),
                Tracks.NONE,
                Optional.empty(),
                Map.of("rtmp", viewers),
                1000,
                8000,
                100,
                4,
                10,
                2000,
                0,
                25,
                0);
    }

    static List<RelayLinkSnapshot> links() {
        return List.of(link(RelayLinkSnapshot.Direction.OUT, 90, 1500), link(RelayLinkSnapshot.Direction.IN, 90, 1500));
    }

    private static RelayLinkSnapshot link(RelayLinkSnapshot.Direction direction, long sequence, long tripUs) {
        return new RelayLinkSnapshot(
                direction, new NodeId("edge1"), REGION, "127.0.0.1:1", STREAM, 5, sequence, 1, 1, 0, tripUs);
    }

    record Node(List<HubSnapshot> streams, List<RelayLinkSnapshot> relayLinks) implements NodeView {
        @Override
        public Map<String, String> info() {
            return Map.of("node", "node1", "group", "region1", "version", "test");
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public String state() {
            return "running";
        }

        @Override
        public boolean inCluster() {
            return true;
        }

        @Override
        public List<ClusterNode> members() {
            Peer peer = new Peer(new NodeId("node1"), REGION, "127.0.0.1", 5000);
            return List.of(new ClusterNode(peer, 5080, 1935, "test", 0, "127.0.0.1:1", NodeStatus.UP));
        }

        @Override
        public int entities() {
            return 0;
        }

        @Override
        public int parkedPlays() {
            return 0;
        }

        @Override
        public StreamHubs.Usage usage() {
            return new StreamHubs.Usage(streams.size(), 0, 0, 0, 0, 0);
        }

        @Override
        public HlsServer.Usage hls() {
            return new HlsServer.Usage(2, 3, 4_000);
        }

        @Override
        public int cpuPercent() {
            return 50;
        }
    }
}
