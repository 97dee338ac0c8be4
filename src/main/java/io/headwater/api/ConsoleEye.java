package io.headwater.api;

import io.headwater.media.StreamKey;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks the cluster what consoles show and puts it into their words. */
final class ConsoleEye implements ConsoleSampler.Eye {
    private final ClusterQueries cluster;

    ConsoleEye(ClusterQueries cluster) {
        this.cluster = cluster;
    }

    @Override
    public CompletionStage<ConsoleState> apply(Long number, Set<StreamKey> chosen) {
        CompletionStage<List<ClusterQueries.Member>> members = cluster.members();
        CompletionStage<List<ClusterQueries.LiveStream>> streams = cluster.streams();
        CompletionStage<Map<StreamKey, ConsoleState.Detail>> details = details(chosen);
        return members.thenCombine(streams, Sample::new)
                .thenCombine(details, (sample, known) -> state(number, sample, known));
    }

    private record Sample(List<ClusterQueries.Member> members, List<ClusterQueries.LiveStream> streams) {}

    private ConsoleState state(long number, Sample sample, Map<StreamKey, ConsoleState.Detail> details) {
        Map<String, Map<String, Object>> nodes = new LinkedHashMap<>();
        sample.members.forEach(member -> nodes.put(member.node().name(), node(member)));
        Map<String, Map<String, Object>> streams = new LinkedHashMap<>();
        sample.streams.stream()
                .sorted(Comparator.comparingInt(ConsoleEye::viewers)
                        .reversed()
                        .thenComparing(stream -> stream.key().toString()))
                .limit(ConsoleState.MOST_STREAMS)
                .forEach(stream -> streams.put(stream.key().toString(), stream(stream)));
        return new ConsoleState(number, cluster.notReady(), nodes, streams, sample.streams.size(), details);
    }

    private CompletionStage<Map<StreamKey, ConsoleState.Detail>> details(Set<StreamKey> chosen) {
        CompletionStage<Map<StreamKey, ConsoleState.Detail>> all = CompletableFuture.completedFuture(new HashMap<>());
        for (StreamKey key : chosen) {
            CompletionStage<ConsoleState.Detail> one = cluster.tree(key)
                    .thenCombine(
                            cluster.events(key),
                            (tree, events) -> new ConsoleState.Detail(
                                    tree.map(TopologyRoutes::json),
                                    events.stream().map(TopologyRoutes::json).toList()));
            all = all.thenCombine(one, (known, detail) -> {
                known.put(key, detail);
                return known;
            });
        }
        return all;
    }

    private static Map<String, Object> node(ClusterQueries.Member member) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", member.node().name());
        json.put("nodeGroup", member.group().name());
        json.put("host", member.host());
        json.put("httpPort", member.ports().http());
        json.put("state", member.state());
        json.put("version", member.version());
        json.put("cpu", member.cpuPercent());
        json.put("memoryMb", member.usedMemoryMb());
        json.put("memoryMaxMb", member.totalMemoryMb());
        json.put("streams", member.streams());
        json.put("viewers", member.viewers());
        json.put("roles", ClusterRoutes.roles(member));
        return json;
    }

    private static Map<String, Object> stream(ClusterQueries.LiveStream stream) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("key", stream.key().toString());
        json.put("app", stream.key().app());
        json.put("streamId", stream.key().streamId());
        json.put("live", stream.live());
        json.put("protocol", stream.publisherProtocol());
        json.put("startedAt", stream.startedAtMs());
        json.put("viewers", viewers(stream));
        json.put("viewersByProtocol", stream.viewersByProtocol());
        json.put("bitrate", stream.bitrate());
        json.put("width", stream.width());
        json.put("height", stream.height());
        json.put("fps", Math.round(stream.fps() * 10) / 10.0);
        json.put("tracks", stream.tracks());
        return json;
    }

    private static int viewers(ClusterQueries.LiveStream stream) {
        return stream.viewersByProtocol().values().stream()
                .mapToInt(Integer::intValue)
                .sum();
    }
}
