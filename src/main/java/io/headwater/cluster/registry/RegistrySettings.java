package io.headwater.cluster.registry;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What the cluster may remember.
 *
 * @param folder where this node keeps its copy; empty for memory only
 * @param most entries in the whole cluster; one more is refused
 * @param keepDeleted how long it is remembered that an entry was deleted: a node that was away for longer is not asked
 *     about what it still has
 */
public record RegistrySettings(Optional<Path> folder, int most, Duration keepDeleted) {

    /** In memory only. */
    public static RegistrySettings defaults() {
        return new RegistrySettings(Optional.empty(), 10_000, Duration.ofDays(30));
    }
}
