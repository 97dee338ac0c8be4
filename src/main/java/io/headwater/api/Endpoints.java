package io.headwater.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The servers a broadcast is forwarded to, as scripts know them. */
final class Endpoints {
    /** What is said of one while nobody publishes its stream. */
    private static final String IDLE = "created";

    private Endpoints() {}

    static List<Map<String, Object>> json(Registered registered, Map<String, String> forwards) {
        return registered.endpoints().stream()
                .map(endpoint -> {
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("status", forwards.getOrDefault(endpoint.id(), IDLE));
                    json.put("type", "generic");
                    json.put("endpointUrl", Urls.shownTarget(endpoint.url()));
                    json.put("endpointServiceId", endpoint.id());
                    return json;
                })
                .toList();
    }
}
