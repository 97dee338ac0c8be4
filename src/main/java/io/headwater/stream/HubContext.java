package io.headwater.stream;

import io.headwater.net.Counters;
import io.headwater.topology.NodeId;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * What all hubs of a node share.
 *
 * @param random where hubs get the randomness of their own from
 */
record HubContext(
        NodeId self,
        HubSettings settings,
        Directory directory,
        Upstream upstream,
        Counters counters,
        StreamEvents events,
        Timers timers,
        EncodedMemory memory,
        AtomicInteger viewers,
        AtomicInteger relays,
        RandomGenerator random) {}
