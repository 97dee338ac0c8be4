package io.headwater.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where a node's configuration comes from; what comes later here wins.
 *
 * @param conf the configuration file, if there is one
 * @param red5 where {@code nodeGroup} is kept; need not exist
 * @param environment environment variables; those that begin with {@code HEADWATER_} count
 * @param properties system properties; those that begin with {@code headwater.} count
 */
public record Sources(Optional<Path> conf, Path red5, Map<String, String> environment, Map<String, String> properties) {
    public Sources {
        environment = Map.copyOf(environment);
        properties = Map.copyOf(properties);
    }
}
