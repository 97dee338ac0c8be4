package io.headwater.gateway.hls;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Who watches one stream on this node: whoever asked for its media playlist lately, told apart by an id in the playlist's
 * address. Not safe for threads.
 */
final class ViewerSessions {
    /** The name of the id in a query. */
    static final String PARAMETER = "s";

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{11}");

    private final int most;
    private final Map<String, Long> seenAtMs = new HashMap<>();

    /** @param most that are told apart; more are not counted */
    ViewerSessions(int most) {
        this.most = most;
    }

    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** A session asked for the playlist; false if it cannot be counted. */
    boolean seen(String id, long nowMs) {
        if (seenAtMs.size() >= most && !seenAtMs.containsKey(id)) {
            return false;
        }
        seenAtMs.put(id, nowMs);
        return true;
    }

    /** How many there are, without those that did not ask for {@code withinMs}. */
    int count(long nowMs, long withinMs) {
        seenAtMs.values().removeIf(at -> nowMs - at > withinMs);
        return seenAtMs.size();
    }
}
