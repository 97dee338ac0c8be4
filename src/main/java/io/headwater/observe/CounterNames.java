package io.headwater.observe;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a counter of {@link io.headwater.net.Metric} is called on the metrics page.
 *
 * <p>{@code rtmp.players.started} is {@code headwater_rtmp_players_started_total}. Counters that differ in their reason
 * only are one family with a label, so that they can be summed; bytes and frames say which way they went.
 */
final class CounterNames {
    /** A family and its label, for every wire name that begins with {@code prefix}. */
    private record Family(String prefix, String name, String label) {}

    private static final List<Family> FAMILIES = List.of(
            new Family("relay.refused.", "relay_serves_refused", "reason"),
            new Family("subscriber.skipped.", "subscriber_skips", "reason"),
            new Family("subscriber.ended.", "subscriber_ended", "reason"),
            new Family("topology.conflicts.", "topology_conflicts", "outcome"));

    private static final Pattern WAY = Pattern.compile("(.+)\\.([a-z-]+)\\.(in|out)");
    private static final Map<String, String> WAYS = Map.of("in", "received", "out", "sent");

    /** Sums of what is shown by reason. */
    private static final List<String> LEFT_OUT = List.of("relay.refused");

    private CounterNames() {}

    /**
     * @param family the name without {@code _total}
     * @param label empty if there is none
     */
    record Name(String family, String label, String value) {}

    static boolean isShown(String wireName) {
        return !LEFT_OUT.contains(wireName);
    }

    static Name of(String wireName) {
        for (Family family : FAMILIES) {
            if (wireName.startsWith(family.prefix)) {
                return new Name(
                        "headwater_" + family.name, family.label, words(wireName.substring(family.prefix.length())));
            }
        }
        Matcher way = WAY.matcher(wireName);
        String name = way.matches() ? way.group(1) + "." + WAYS.get(way.group(3)) + "." + way.group(2) : wireName;
        return new Name("headwater_" + words(name), "", "");
    }

    private static String words(String wire) {
        return wire.replaceAll("[^A-Za-z0-9]", "_");
    }
}
