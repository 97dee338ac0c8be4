package io.headwater.cluster;

import io.headwater.stream.Directory;
import io.headwater.topology.Peer;
import java.util.Optional;

/** What one node answers to the question whether it holds a stream. */
record Holder(Peer node, Optional<Directory.Holding> holding) implements ClusterMessage {}
