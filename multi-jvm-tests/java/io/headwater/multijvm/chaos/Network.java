package io.headwater.multijvm.chaos;

import java.util.List;
import java.util.Map;

/** What lies between the nodes, and can be broken: without a FIN, without a word, as a pulled cable. Any thread. */
interface Network extends AutoCloseable {

    /** What it is, for the head of a report. */
    String description();

    /** Where the tests' clients reach a node. */
    String host(String node);

    /** Where other nodes reach a node: a host the seeds of its cluster are named by. */
    String advertised(String node);

    /** A port on that node that nothing uses. */
    int freePort(String node);

    /** What a node is started with to live in this network, its ports included. */
    Map<String, String> settings(String node, Map<String, Integer> ports);

    /** What runs a node's process, as {@code ip netns exec NAME}; empty for nothing. */
    List<String> runBy(String node);

    /** From now on nothing that {@code from} sends reaches {@code to}. The other way goes on. */
    void cutOneWay(String from, String to);

    void healOneWay(String from, String to);

    default void cut(String one, String other) {
        cutOneWay(one, other);
        cutOneWay(other, one);
    }

    default void heal(String one, String other) {
        healOneWay(one, other);
        healOneWay(other, one);
    }

    /** Leaves nothing behind. */
    @Override
    void close();

    /**
     * What lies between two groups.
     *
     * @param delayMs each way
     * @param jitterMs what a packet takes longer at most
     * @param lossPercent of the packets
     */
    record Wan(int delayMs, int jitterMs, double lossPercent) {
        static final Wan NONE = new Wan(0, 0, 0);

        boolean isNone() {
            return equals(NONE);
        }

        @Override
        public String toString() {
            return isNone()
                    ? "no delay between groups"
                    : delayMs + " ms each way between groups, jitter " + jitterMs + " ms, loss " + lossPercent + " %";
        }
    }
}
