package io.headwater.api;

import io.headwater.codec.MalformedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Who watches: sums over all nodes, in the fields scripts know. */
final class StatisticsRoutes {
    /** What scripts read as "not known". */
    private static final int UNKNOWN = -1;

    private static final Map<String, String> VIDEO_CODECS =
            Map.of("H264", "H264", "HEVC", "H265", "AV1", "AV1", "VP9", "VP9");

    private final ClusterQueries cluster;
    private final BroadcastStore store;

    StatisticsRoutes(ClusterQueries cluster, BroadcastStore store) {
        this.cluster = cluster;
        this.store = store;
    }

    List<Route> routes() {
        return List.of(
                Route.get(BroadcastRoutes.BASE + "/{streamId}/broadcast-statistics", this::ofOne)
                        .saying("Viewers of one broadcast by protocol; -1 if nobody knows it"),
                Route.get(BroadcastRoutes.BASE + "/total-broadcast-statistics", this::total)
                        .saying("Viewers of all broadcasts by protocol, and how many are live"),
                Route.get(BroadcastRoutes.BASE + "/{streamId}/stream-info", this::info)
                        .saying("Size, codec and rate of what is published"));
    }

    private CompletionStage<Answer> ofOne(Call call) throws MalformedException {
        var key = BroadcastRoutes.key(call);
        return cluster.stream(key)
                .thenCombine(
                        store.find(key),
                        (live, created) -> live.map(stream -> Answer.ok(watchers(List.of(stream))))
                                .orElseGet(() -> Answer.ok(created.isPresent() ? watchers(List.of()) : nobodyKnows())));
    }

    private CompletionStage<Answer> total(Call call) throws MalformedException {
        return cluster.streams(BroadcastRoutes.app(call)).thenApply(streams -> {
            Map<String, Object> json = watchers(streams);
            json.put(
                    "activeLiveStreamCount",
                    streams.stream().filter(ClusterQueries.LiveStream::live).count());
            return Answer.ok(json);
        });
    }

    private static Map<String, Object> watchers(List<ClusterQueries.LiveStream> streams) {
        int http = sum(streams, "http-flv") + sum(streams, "ws-flv");
        Map<String, Object> json = statistics(sum(streams, "rtmp"), sum(streams, "hls"), sum(streams, "webrtc"), 0);
        json.put("totalHttpFlvWatchersCount", http);
        return json;
    }

    private static Map<String, Object> nobodyKnows() {
        return statistics(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN);
    }

    private static Map<String, Object> statistics(int rtmp, int hls, int webRtc, int dash) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("totalRTMPWatchersCount", rtmp);
        json.put("totalHLSWatchersCount", hls);
        json.put("totalWebRTCWatchersCount", webRtc);
        json.put("totalDASHWatchersCount", dash);
        return json;
    }

    private static int sum(List<ClusterQueries.LiveStream> streams, String protocol) {
        return streams.stream()
                .mapToInt(stream -> stream.viewersByProtocol().getOrDefault(protocol, 0))
                .sum();
    }

    /** One entry, since what is published is passed on as it came; none while nobody publishes. */
    private CompletionStage<Answer> info(Call call) throws MalformedException {
        return cluster.stream(BroadcastRoutes.key(call))
                .thenApply(found -> Answer.ok(found.filter(ClusterQueries.LiveStream::live).stream()
                        .map(StatisticsRoutes::info)
                        .toList()));
    }

    private static Map<String, Object> info(ClusterQueries.LiveStream stream) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("videoHeight", stream.height());
        json.put("videoWidth", stream.width());
        json.put("videoBitrate", Math.max(0, stream.bitrate() - stream.audioBitrate()));
        json.put("audioBitrate", stream.audioBitrate());
        json.put(
                "videoCodec",
                stream.tracks().stream()
                        .map(ClusterQueries.StreamTrack::codec)
                        .flatMap(codec -> Optional.ofNullable(VIDEO_CODECS.get(codec)).stream())
                        .findFirst());
        return json;
    }
}
