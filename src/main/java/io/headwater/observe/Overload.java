package io.headwater.observe;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Whether a node has enough: above a limit it has, until it is a tenth below it again, so that it does not change its mind
 * with every player. Not for threads.
 */
public final class Overload {
    /** What is limited. */
    public enum Resource {
        /** Percent of all cores. */
        CPU,
        /** Percent of the memory that may be used, heap or direct. */
        MEMORY,
        /** Players. */
        VIEWERS
    }

    private final Map<Resource, Integer> limits;
    private final Map<Resource, String> over = new EnumMap<>(Resource.class);

    /** @param limits 0 or nothing for no limit */
    public Overload(Map<Resource, Integer> limits) {
        this.limits = Map.copyOf(limits);
    }

    public boolean isLimited() {
        return limits.values().stream().anyMatch(limit -> limit > 0);
    }

    /** @param value what there is of it now; below 0 if that is unknown, then nothing changes */
    public Overload measured(Resource resource, int value) {
        int limit = limits.getOrDefault(resource, 0);
        if (limit <= 0 || value < 0) {
            return this;
        }
        if (value >= limit) {
            String unit = resource == Resource.VIEWERS ? "" : " percent";
            over.put(
                    resource,
                    resource.name().toLowerCase(Locale.ROOT) + " " + value + unit + ", the limit is " + limit + unit);
        } else if (value <= limit - Math.max(1, limit / 10)) {
            over.remove(resource);
        }
        return this;
    }

    /** One line for each limit that was reached; none if the node takes players. */
    public List<String> reasons() {
        return List.copyOf(over.values());
    }
}
