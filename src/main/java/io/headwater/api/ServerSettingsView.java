package io.headwater.api;

import io.headwater.topology.NodeGroup;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings object that scripts know, with every field of it. Secrets are never in it. */
final class ServerSettingsView {
    private ServerSettingsView() {}

    /** @param logLevel of Headwater's own loggers */
    static Map<String, Object> of(LocalNode node, String logLevel) {
        Map<String, Integer> ports = node.ports();
        Map<String, Object> json = of(
                node.host(),
                node.group(),
                new ClusterQueries.Ports(
                        ports.getOrDefault("http", 0),
                        ports.getOrDefault("relay", 0),
                        ports.getOrDefault("rtmp", 0),
                        ports.getOrDefault("live", 0)));
        json.put("logLevel", logLevel);
        json.put("sslEnabled", ports.containsKey("https"));
        return json;
    }

    /** Of another node, whose log level and certificates are not known here: both are null. */
    static Map<String, Object> of(ClusterQueries.Member node) {
        return of(node.host(), node.group(), node.ports());
    }

    private static Map<String, Object> of(String host, NodeGroup group, ClusterQueries.Ports ports) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("allowedDashboardCIDR", "0.0.0.0/0");
        json.put("hostAddress", host);
        json.put("serverName", null);
        json.put("licenceKey", null);
        json.put("marketplace", null);
        json.put("buildForMarket", false);
        json.put("offlineLicense", false);
        json.put("logLevel", null);
        json.put("nativeLogLevel", "ERROR");
        json.put("webRTCLogLevel", "LS_ERROR");
        json.put("heartbeatEnabled", false);
        json.put("useGlobalIp", false);
        json.put("proxyAddress", null);
        json.put("nodeGroup", group.name());
        json.put("cpuMeasurementPeriodMs", 1000);
        json.put("cpuMeasurementWindowSize", 5);
        json.put("defaultHttpPort", ports.http());
        json.put("jwtServerControlEnabled", false);
        json.put("jwtServerSecretKey", null);
        json.put("jwksURL", null);
        json.put("originServerPort", ports.relay());
        // 0: this server does not listen for SRT
        json.put("srtPort", 0);
        json.put("rtmpPort", ports.rtmp());
        json.put("appIngestsSrtStreamsWithoutStreamId", null);
        json.put("sslEnabled", null);
        json.put("serverStatusWebHookURL", null);
        json.put("localLicenceServerIps", null);
        json.put("hostAddressFromEnvironment", null);
        return json;
    }
}
