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
 * @param mainOriginOf streams whose publisher is connected to it; nodes of an older version do not say so
 * @param secondaryOriginOf streams that the other nodes of its group pull from it
 */
public record NodeReport(
        long usedMemoryMb,
        long maxMemoryMb,
        int cpuPercent,
        int streams,
        int viewers,
        long atMs,
        int livePort,
        boolean full,
        int mainOriginOf,
        int secondaryOriginOf)
        implements ClusterMessage {

    /** One that says nothing of where players go. */
    public NodeReport(long usedMemoryMb, long maxMemoryMb, int cpuPercent, int streams, int viewers, long atMs) {
        this(usedMemoryMb, maxMemoryMb, cpuPercent, streams, viewers, atMs, 0, false, 0, 0);
    }
}
