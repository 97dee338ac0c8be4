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

    /** The port for {@code rtmp}, {@code live}, {@code http}, {@code relay} or {@code cluster} of that node. */
    int port(String node, String which);

    /** What a node is started with to live in this network, beside its ports. */
    Map<String, String> settings(String node);

    /** What runs a node's process, as {@code ip netns exec NAME}; empty for nothing. */
    List<String> runBy(String node);

    /** What of the traffic between nodes. */
    enum Plane {
        ALL,
        /** The cluster's remoting; media go on. */
        CONTROL
    }

    /** From now on nothing of that plane that {@code from} sends reaches {@code to}. The other way goes on. */
    void cutOneWay(String from, String to, Plane plane);

    void healOneWay(String from, String to, Plane plane);

    default void cut(String one, String other, Plane plane) {
        cutOneWay(one, other, plane);
        cutOneWay(other, one, plane);
    }

    default void heal(String one, String other, Plane plane) {
        healOneWay(one, other, plane);
        healOneWay(other, one, plane);
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
