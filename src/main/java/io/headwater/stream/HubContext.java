package io.headwater.stream;

import io.headwater.net.Counters;
import io.headwater.topology.NodeId;
import java.util.concurrent.atomic.AtomicInteger;

/** What all hubs of a node share. */
record HubContext(
        NodeId self,
        HubSettings settings,
        Directory directory,
        Upstream upstream,
        Counters counters,
        Timers timers,
        EncodedMemory memory,
        AtomicInteger viewers,
        AtomicInteger relays) {}
