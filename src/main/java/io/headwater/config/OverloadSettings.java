package io.headwater.config;

import io.headwater.observe.Overload;
import java.util.Map;

/**
 * When this node has enough players.
 *
 * @param limits 0 for no limit
 * @param redirect whether players are sent to other nodes then
 */
public record OverloadSettings(Map<Overload.Resource, Integer> limits, boolean redirect) {
    public OverloadSettings {
        limits = Map.copyOf(limits);
    }

    static OverloadSettings read(Values overload) {
        return new OverloadSettings(
                Map.of(
                        Overload.Resource.CPU, overload.integer("max-cpu", 0, 100),
                        Overload.Resource.MEMORY, overload.integer("max-memory", 0, 100),
                        Overload.Resource.VIEWERS, overload.integer("max-viewers", 0, 10_000_000)),
                overload.flag("redirect"));
    }
}
