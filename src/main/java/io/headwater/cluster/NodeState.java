package io.headwater.cluster;

import java.util.Optional;

/** A node of the cluster with what it says about itself; a node that did not answer in time has said nothing. */
public record NodeState(ClusterNode node, Optional<NodeReport> report) {}
