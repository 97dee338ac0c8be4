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

    private static final String PROTOCOL = "protocol";

    private static final List<Family> FAMILIES = List.of(
            new Family("relay.refused.", "relay_serves_refused", "reason"),
            new Family("subscriber.skipped.", "subscriber_skips", "reason"),
            new Family("subscriber.ended.", "subscriber_ended", "reason"),
            new Family("player.writes.", "player_writes", PROTOCOL),
            new Family("player.frames.", "player_frames", PROTOCOL),
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
                String value = wireName.substring(family.prefix.length());
                // protocols are called as elsewhere on the page
                return new Name(
                        "headwater_" + family.name, family.label, family.label.equals(PROTOCOL) ? value : words(value));
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
