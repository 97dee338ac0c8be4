package io.headwater.topology;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/** Who reaches whom in a simulated cluster, and how long and how often messages take. */
final class Network {
    private final Clock clock;
    private final SplittableRandom random;
    private final Set<String> cuts = new HashSet<>();
    int lossPercent;
    int doublePercent;
    long maxDelayMs = 1;
    long messages;

    Network(Clock clock, SplittableRandom random) {
        this.clock = clock;
        this.random = random;
    }

    /** Cuts two nodes or groups from each other. */
    void cut(Object a, Object b) {
        cuts.add(pair(a, b));
    }

    void heal(Object a, Object b) {
        cuts.remove(pair(a, b));
    }

    void healAll() {
        cuts.clear();
    }

    boolean isCut(Object a, Object b) {
        return !a.toString().equals(b.toString()) && cuts.contains(pair(a, b));
    }

    static String pair(Object a, Object b) {
        String one = a.toString();
        String two = b.toString();
        return one.compareTo(two) < 0 ? one + " " + two : two + " " + one;
    }

    boolean connects(SimNode a, SimNode b) {
        return a == b || (a.answers() && b.answers() && !isCut("g:" + a.group, "g:" + b.group) && !isCut(a.id, b.id));
    }

    /** Delivers after a while, or never, or twice. */
    void send(Runnable arrival) {
        messages++;
        if (lossPercent > 0 && random.nextInt(100) < lossPercent) {
            return;
        }
        clock.after(delay(), arrival);
        if (doublePercent > 0 && random.nextInt(100) < doublePercent) {
            clock.after(delay(), arrival);
        }
    }

    private long delay() {
        return maxDelayMs <= 1 ? 1 : 1 + random.nextLong(maxDelayMs);
    }
}
