package io.headwater.topology;

import java.util.Optional;

/**
 * What the entities of one stream tell each other from group to group. Any of them may be lost, delayed, doubled or
 * overtaken: each says how things stand rather than what changed, and what matters is repeated until it is answered.
 */
public sealed interface GroupMessage extends Event {
    /** The group whose entity sends it. */
    NodeGroup from();

    /** How the stream stands at its home. Sent to every other group at every change; answered by {@link Announced}. */
    record Announce(NodeGroup from, HomeStatus status) implements GroupMessage {}

    /**
     * Answers {@link Announce}.
     *
     * @param known the status the group goes by now, which is another than the announced one if that was stale
     * @param report who carries the stream in the group
     */
    record Announced(NodeGroup from, HomeStatus known, GroupReport report) implements GroupMessage {}

    /**
     * Tells the home who carries the stream in the group. Sent at every change; answered by {@link Registered}.
     *
     * @param epoch the publishing session the group goes by
     * @param doubt whether the group's origin lost the main origin and asks how that stands
     */
    record Register(NodeGroup from, long epoch, GroupReport report, boolean doubt) implements GroupMessage {}

    /**
     * Answers {@link Register}.
     *
     * @param epoch that of the request
     * @param status how the stream stands as far as the asked entity knows; empty if it knows nothing of the stream
     * @param recorded what is recorded of the asking group
     * @param doubt whether the main origin, asked because of a doubt, says that it is well; follows the answer to the
     *     request itself
     */
    record Registered(NodeGroup from, long epoch, Optional<HomeStatus> status, GroupReport recorded, boolean doubt)
            implements GroupMessage {}

    /** Asks whether the stream is published in the other group; answered by {@link Located}. */
    record Locate(NodeGroup from, long round) implements GroupMessage {}

    /**
     * Answers {@link Locate}.
     *
     * @param round that of the question
     * @param status set if the answering group is the stream's home
     * @param highestEpoch the highest epoch the answering entity knows of, 0 if none
     */
    record Located(NodeGroup from, long round, Optional<HomeStatus> status, long highestEpoch)
            implements GroupMessage {}
}
