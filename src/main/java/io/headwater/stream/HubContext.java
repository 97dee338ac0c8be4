package io.headwater.stream;

import io.headwater.net.Counters;
import io.headwater.topology.NodeId;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

/**
 * What all hubs of a node share.
 *
 * @param inForce the settings of hubs; each hub takes its application's when it begins
 * @param random where hubs get the randomness of their own from
 */
record HubContext(
        NodeId self,
        AtomicReference<HubSettings> inForce,
        Directory directory,
        Upstream upstream,
        Pulses pulses,
        Counters counters,
        StreamEvents events,
        Timers timers,
        EncodedMemory memory,
        AtomicInteger viewers,
        AtomicInteger relays,
        RandomGenerator random) {

    /** As they are now: they may change while the node runs. */
    HubSettings settings() {
        return Objects.requireNonNull(inForce.get());
    }
}
