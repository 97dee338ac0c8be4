package io.headwater.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The object scripts know as a broadcast. All of its fields are there, so that nobody stumbles over a missing one; those
 * this server has nothing to say about hold what the original says when it has nothing to say.
 */
final class Broadcast {
    private Broadcast() {}

    /** @param forwards how the forwarding to each endpoint stands, by the endpoints' ids */
    static Map<String, Object> json(BroadcastList.Shown shown, Map<String, String> forwards) {
        Map<String, Object> json = new LinkedHashMap<>();
        ClusterQueries.LiveStream stream = shown.live().orElseGet(() -> nothing(shown));
        identity(json, shown, stream);
        description(json);
        origin(json, stream);
        json.put("zombi", shown.registered().isEmpty());
        viewers(json, stream);
        ingest(json, stream);
        limits(json);
        json.put("updateTime", System.currentTimeMillis());
        empty(json, "role", "hlsParameters", "encoderSettingsList");
        json.put("autoStartStopEnabled", false);
        json.put("virtual", false);
        json.put("maxIdleTime", 0);
        json.put("anyoneWatching", watchers(stream) > 0);
        shown.registered().ifPresent(registered -> said(json, registered, forwards));
        return json;
    }

    /** What it shows of a stream that is nowhere. */
    private static ClusterQueries.LiveStream nothing(BroadcastList.Shown shown) {
        return new ClusterQueries.LiveStream(
                shown.registered().orElseThrow().key(), false, "", "", "", Map.of(), 0, 0, 0, 0, 0, List.of(), 0, 0);
    }

    /** What its creator said of it, secrets left out. */
    private static void said(Map<String, Object> json, Registered registered, Map<String, String> forwards) {
        json.replaceAll((field, value) -> BroadcastFields.isSaid(field)
                ? registered.said(field).<Object>map(node -> node).orElse(value)
                : value);
        registered.saidText("streamUrl").ifPresent(url -> json.put("streamUrl", Urls.shown(url)));
        if (!registered.endpoints().isEmpty()) {
            json.put("endPointList", Endpoints.json(registered, forwards));
        }
    }

    private static void identity(
            Map<String, Object> json, BroadcastList.Shown shown, ClusterQueries.LiveStream stream) {
        json.put("streamId", shown.id());
        // terminated_unexpectedly: the publisher is gone and its players are kept for it
        json.put("status", shown.status());
        json.put("playListStatus", null);
        json.put("type", "liveStream");
        json.put("publishType", stream.publisherProtocol().isEmpty() ? null : publishType(stream.publisherProtocol()));
        json.put("name", shown.registered().isPresent() ? null : shown.id());
        json.put("description", null);
        json.put("publish", true);
        json.put("date", shown.date());
        json.put("plannedStartDate", 0);
        json.put("plannedEndDate", 0);
        json.put("duration", stream.live() ? Math.max(0, System.currentTimeMillis() - stream.startedAtMs()) : 0);
    }

    private static void description(Map<String, Object> json) {
        empty(json, "endPointList", "playListItemList");
        json.put("publicStream", true);
        json.put("is360", false);
        empty(json, "listenerHookURL", "category", "ipAddr", "username", "password", "quality");
    }

    private static void origin(Map<String, Object> json, ClusterQueries.LiveStream stream) {
        json.put("speed", 1.0);
        json.put("streamUrl", null);
        json.put("originAdress", stream.originHost().isEmpty() ? null : stream.originHost());
        json.put("mp4Enabled", 0);
        json.put("webMEnabled", 0);
        json.put("seekTimeInMs", 0);
        json.put("subtracksLimit", -1);
        json.put("expireDurationMS", 0);
        json.put(
                "rtmpURL", stream.originHost().isEmpty() ? null : "rtmp://" + stream.originHost() + "/" + stream.key());
        // zombi: made by publishing, not by a call before it; known to the caller of this
        json.put("zombi", true);
        json.put("pendingPacketSize", 0);
    }

    private static void viewers(Map<String, Object> json, ClusterQueries.LiveStream stream) {
        json.put("hlsViewerCount", of(stream, "hls"));
        json.put("dashViewerCount", 0);
        json.put("webRTCViewerCount", of(stream, "webrtc"));
        json.put("rtmpViewerCount", of(stream, "rtmp"));
        json.put("httpFlvViewerCount", of(stream, "http-flv") + of(stream, "ws-flv"));
    }

    private static void ingest(Map<String, Object> json, ClusterQueries.LiveStream stream) {
        json.put("startTime", stream.startedAtMs());
        json.put("receivedBytes", stream.bytesIn());
        json.put("bitrate", stream.bitrate());
        json.put("width", stream.width());
        json.put("height", stream.height());
        json.put("encoderQueueSize", 0);
        json.put("dropPacketCountInIngestion", 0);
        json.put("dropFrameCountInEncoding", 0);
        json.put("packetLostRatio", 0.0);
        json.put("packetsLost", 0);
        json.put("jitterMs", 0);
        json.put("rttMs", 0);
        json.put("userAgent", "N/A");
        String address = stream.publisherAddress();
        json.put("remoteIp", address.isEmpty() ? null : address.replaceFirst(":[0-9]+$", ""));
        empty(json, "latitude", "longitude", "altitude", "mainTrackStreamId");
        json.put("absoluteStartTimeMs", 0);
    }

    private static void limits(Map<String, Object> json) {
        json.put("webRTCViewerLimit", -1);
        json.put("hlsViewerLimit", -1);
        json.put("dashViewerLimit", -1);
        json.put("subFolder", null);
        json.put("currentPlayIndex", 0);
        json.put("metaData", null);
        json.put("playlistLoopEnabled", true);
    }

    private static String publishType(String protocol) {
        return protocol.equals("webrtc") ? "WebRTC" : protocol.toUpperCase(Locale.ROOT);
    }

    private static int of(ClusterQueries.LiveStream stream, String protocol) {
        return stream.viewersByProtocol().getOrDefault(protocol, 0);
    }

    private static int watchers(ClusterQueries.LiveStream stream) {
        return stream.viewersByProtocol().values().stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    private static void empty(Map<String, Object> json, String... names) {
        for (String name : names) {
            json.put(name, null);
        }
    }
}
