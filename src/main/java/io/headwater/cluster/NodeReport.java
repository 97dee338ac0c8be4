package io.headwater.cluster;

/**
 * What a node says about its own state.
 *
 * @param cpuPercent of all cores, 0 to 100; -1 if unknown
 * @param streams streams it holds
 * @param viewers players it serves
 * @param atMs wall clock of the report, for display only
 */
public record NodeReport(long usedMemoryMb, long maxMemoryMb, int cpuPercent, int streams, int viewers, long atMs)
        implements ClusterMessage {}
