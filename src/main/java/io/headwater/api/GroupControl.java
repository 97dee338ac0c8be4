package io.headwater.api;

import io.headwater.topology.NodeGroup;
import java.util.concurrent.CompletionStage;

/** Moves this node into another group. */
public interface GroupControl {
    /**
     * Writes the group down and has the control plane leave and join again with it; publishers and players stay. Changes
     * are done one after another.
     *
     * @return what to tell the caller beside "done", empty if nothing; fails if the group could not be written down, and
     *     then nothing has changed
     */
    CompletionStage<String> change(NodeGroup group);
}
