package io.headwater.topology;

import java.util.Optional;

/**
 * Which nodes carry a stream in one group.
 *
 * @param version rises with every change that group's entity makes
 * @param origin the group's origin; empty if nobody there wants the stream
 * @param successor who takes over from it
 */
public record GroupReport(long version, Optional<NodeId> origin, Optional<NodeId> successor) {

    /** Nobody in the group wants the stream. */
    public static GroupReport none(long version) {
        return new GroupReport(version, Optional.empty(), Optional.empty());
    }

    /** Whether both name the same nodes. */
    public boolean agreesWith(GroupReport other) {
        return origin.equals(other.origin) && successor.equals(other.successor);
    }
}
