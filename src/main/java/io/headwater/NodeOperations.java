package io.headwater;

import io.headwater.api.Operations;
import io.headwater.codec.MalformedException;
import io.headwater.config.ConfigException;
import io.headwater.media.StreamKey;
import io.headwater.observe.Logs;
import io.headwater.observe.MetricsPage;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Does what operators ask of this node over REST. */
final class NodeOperations implements Operations {
    private final MetricsPage metrics;
    private final SelfReport self;
    private final PlayerPlacement placement;
    private final Supplier<String> reload;

    /** @param reload reads the configuration again */
    NodeOperations(MetricsPage metrics, SelfReport self, PlayerPlacement placement, Supplier<String> reload) {
        this.reload = reload;
        this.metrics = metrics;
        this.self = self;
        this.placement = placement;
    }

    @Override
    public Text metrics() {
        return new Text(metrics.contentType(), metrics.text());
    }

    @Override
    public void answered(String kind, int status, long nanos) {
        // all that is mounted is HLS
        metrics.answered(kind.equals("mount") ? "hls" : kind, status, nanos);
    }

    @Override
    public Serving serving(StreamKey key, String target) {
        return placement
                .better(key, PlayerPlacement.target(target))
                .map(place -> new Serving(false, place.host(), place.rtmpPort(), place.livePort(), place.httpPort()))
                .orElseGet(() -> new Serving(true, self.host(), port("rtmp"), port("live"), port("http")));
    }

    @Override
    public Map<String, String> logLevels() {
        return Logs.levels();
    }

    @Override
    public void logLevel(String logger, String level) throws MalformedException {
        Optional<String> refused = Logs.set(logger, level);
        if (refused.isPresent()) {
            throw new MalformedException(refused.get());
        }
    }

    @Override
    public String reload() throws MalformedException {
        try {
            return reload.get();
        } catch (ConfigException refused) {
            throw new MalformedException(String.join("; ", refused.problems()));
        }
    }

    private int port(String name) {
        return self.ports().getOrDefault(name, 0);
    }
}
