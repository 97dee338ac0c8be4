package io.headwater.config;

import io.headwater.topology.NodeGroup;
import java.util.Optional;

/**
 * The node group a start ended up with.
 *
 * @param pinnedBy the environment variable or command-line property that set it: it wins over the file again at the next
 *     start, whatever REST wrote meanwhile
 */
public record GroupSetting(NodeGroup group, Optional<String> pinnedBy) {}
