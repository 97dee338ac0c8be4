package io.headwater.stream;

import io.headwater.topology.NodeId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When each other node was heard last, over whichever link of this node. One silent stream of a node that is heard is not
 * the silence of a node.
 *
 * <p>Safe for all threads. Holds at most {@value #MOST} nodes; those beyond count as never heard.
 */
final class Pulses {
    private static final int MOST = 1024;
    private static final long FORGOTTEN_AFTER_MS = 60_000;

    private final Map<NodeId, Pulse> byNode = new ConcurrentHashMap<>();

    /** One node's. */
    static final class Pulse {
        private volatile long at = Long.MIN_VALUE;

        /** Something arrived from the node, at milliseconds of {@link Timers#nowMs}. */
        void heard(long nowMs) {
            at = nowMs;
        }

        /** Whether something arrived within the last {@code ms}. */
        boolean within(long ms, long nowMs) {
            long last = at;
            return last != Long.MIN_VALUE && nowMs - last <= ms;
        }
    }

    /** What is heard of {@code node}; the same for all links to it. */
    Pulse of(NodeId node, long nowMs) {
        if (byNode.size() >= MOST) {
            // nodes that left; a link that still holds one of them merely has it for itself
            byNode.values().removeIf(pulse -> !pulse.within(FORGOTTEN_AFTER_MS, nowMs));
        }
        return byNode.size() >= MOST ? new Pulse() : byNode.computeIfAbsent(node, any -> new Pulse());
    }
}
