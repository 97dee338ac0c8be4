package io.headwater.cluster;

import io.headwater.media.StreamKey;
import io.headwater.stream.HubSnapshot;
import java.util.List;
import java.util.Optional;

/** What the control plane tells other nodes about this one when they ask. Called from any thread; must not block. */
public interface LocalState {
    Optional<HubSnapshot> stream(StreamKey key);

    /** Every stream on this node, at most {@code limit}. */
    List<HubSnapshot> streams(int limit);

    NodeReport node();
}
