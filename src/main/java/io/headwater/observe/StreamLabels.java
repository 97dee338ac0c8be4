package io.headwater.observe;

import io.headwater.media.StreamKey;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which streams have series of their own: the first so many, each as long as it is on this node. The others are counted
 * together, so that a page does not grow with what peers make up.
 */
final class StreamLabels {
    private final int most;
    private final Set<StreamKey> shown = new LinkedHashSet<>();

    StreamLabels(int most) {
        this.most = most;
    }

    /** Told which streams there are now, before {@link #of} is asked about them. */
    void update(Collection<StreamKey> present) {
        shown.retainAll(Set.copyOf(present));
        present.stream().filter(key -> shown.size() < most).forEach(shown::add);
    }

    /** The stream, if it has series of its own. */
    Optional<StreamKey> of(StreamKey key) {
        return shown.contains(key) ? Optional.of(key) : Optional.empty();
    }
}
