package io.headwater;

import io.headwater.api.Operations;
import io.headwater.media.StreamKey;
import io.headwater.observe.MetricsPage;

/** Does what operators ask of this node over REST. */
final class NodeOperations implements Operations {
    private final MetricsPage metrics;
    private final SelfReport self;
    private final PlayerPlacement placement;

    NodeOperations(MetricsPage metrics, SelfReport self, PlayerPlacement placement) {
        this.metrics = metrics;
        this.self = self;
        this.placement = placement;
    }

    @Override
    public Text metrics() {
        return new Text(metrics.contentType(), metrics.text());
    }

    @Override
    public Serving serving(StreamKey key, String target) {
        return placement
                .better(key, PlayerPlacement.target(target))
                .map(place -> new Serving(false, place.host(), place.rtmpPort(), place.livePort(), place.httpPort()))
                .orElseGet(() -> new Serving(true, self.host(), port("rtmp"), port("live"), port("http")));
    }

    private int port(String name) {
        return self.ports().getOrDefault(name, 0);
    }
}
