package io.headwater.cluster;

import io.headwater.topology.StreamView;
import java.util.List;

/**
 * Who feeds whom for one stream.
 *
 * @param view what the stream's entity decided
 * @param nodes what the nodes that hold the stream report, in order of their ids
 */
public record StreamTopology(StreamView view, List<StreamReport> nodes) {}
