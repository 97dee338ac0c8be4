package io.headwater.topology;

import java.util.Optional;

/**
 * How a stream stands in the group it is published in, as that group's entity says it.
 *
 * <p>Of two statuses the one with the higher epoch counts; within an epoch and a home the one with the higher version.
 *
 * @param home the group whose entity says so
 * @param epoch the publishing session
 * @param version rises with every change that entity makes
 * @param origin the main origin; empty while its publisher is gone
 * @param graceMs how long the home waits for the publisher, from when it left
 * @param ended nobody waits for the publisher any more
 */
public record HomeStatus(NodeGroup home, long epoch, long version, Optional<Peer> origin, long graceMs, boolean ended) {

    /** Whether the stream has a publisher. */
    public boolean live() {
        return !ended && origin.isPresent();
    }
}
