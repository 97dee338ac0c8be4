package io.headwater.cluster;

/**
 * What a node says about its own state.
 *
 * @param cpuPercent of all cores, 0 to 100; -1 if unknown
 * @param streams streams it holds
 * @param viewers players it serves
 * @param atMs wall clock of the report, for display only
 * @param livePort where it serves players over HTTP; 0 if it does not say so, as nodes of an older version
 * @param full whether it has enough and sends players elsewhere; nodes of an older version do not say so
 */
public record NodeReport(
        long usedMemoryMb,
        long maxMemoryMb,
        int cpuPercent,
        int streams,
        int viewers,
        long atMs,
        int livePort,
        boolean full)
        implements ClusterMessage {

    /** One that says nothing of where players go. */
    public NodeReport(long usedMemoryMb, long maxMemoryMb, int cpuPercent, int streams, int viewers, long atMs) {
        this(usedMemoryMb, maxMemoryMb, cpuPercent, streams, viewers, atMs, 0, false);
    }
}
