package io.headwater.topology;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything an entity remembers. Changed only during a {@link Turn}, on a copy; its parts are immutable.
 *
 * <p>What nodes and groups are told is derived from it by {@link Settlement} after every event, so handlers change facts
 * and nothing else.
 */
final class PlanState {
    /** What the entity is to the stream. */
    enum Phase {
        /** Has just started and asks the group's nodes what they hold. */
        RECOVERING,
        /** Knows of no publisher. */
        ABSENT,
        /** The stream is published in this group, or was within the grace. */
        HOME,
        /** The same in another group. */
        AWAY
    }

    Phase phase = Phase.RECOVERING;
    ClusterView view = new ClusterView(new NodeGroup("none"), Map.of(), Set.of(), Set.of(), Set.of());
    /** The stream's status as the entity goes by it; epoch 0 and ended if it knows of none. */
    HomeStatus known = unknown(view.self());
    /** Rises with everything the entity tells. */
    long version;

    long highestEpoch;
    /** In the order in which they asked. */
    final Map<NodeId, Holder> holders = new LinkedHashMap<>();
    /** Who feeds the group: the main origin at home, the secondary origin elsewhere. */
    Optional<NodeId> origin = Optional.empty();

    Optional<NodeId> successor = Optional.empty();

    /** At home: the other groups. */
    final Map<NodeGroup, Link> links = new LinkedHashMap<>();
    /** At home: whether the main origin's node said that it publishes in this epoch, and how often it was asked. */
    boolean confirmed;

    int confirmAsks;

    /** Away: what the home is told, whether it has it, and which node lost the main origin. */
    GroupReport report = GroupReport.none(0);

    boolean registered = true;
    Optional<NodeId> doubter = Optional.empty();
    /** The number of the timer that runs until the home answers. */
    long doubtRound;

    int moves;

    /** Absent: the round of asking other groups (0 if none runs), who has not answered, and who waits for it. */
    long locateRound;

    final Set<NodeGroup> locating = new LinkedHashSet<>();
    final List<Event.Publish> publishes = new ArrayList<>();
    final List<Parked> parked = new ArrayList<>();
    long parkIds;

    /** Since recovering: who has not answered; while recovering: the answers, and what came meanwhile. */
    final Set<NodeId> unanswered = new LinkedHashSet<>();
    /** Members that could not be asked when the entity started, and were not since. */
    final Set<NodeId> unasked = new LinkedHashSet<>();

    final Map<NodeId, Claim> claims = new LinkedHashMap<>();
    final List<Event> stash = new ArrayList<>();

    /** Nodes that others lost and that are asked about it; and those that did not answer. */
    final Map<NodeId, Suspect> suspects = new LinkedHashMap<>();

    final Set<NodeId> silent = new LinkedHashSet<>();

    /** Whether the timer runs after which failed links are tried again. */
    boolean forgiving;

    /** Whether the retry timer runs, and how often it fired in a row. */
    boolean retrying;

    int retries;

    PlanState() {}

    PlanState(PlanState from) {
        phase = from.phase;
        view = from.view;
        known = from.known;
        version = from.version;
        highestEpoch = from.highestEpoch;
        holders.putAll(from.holders);
        origin = from.origin;
        successor = from.successor;
        links.putAll(from.links);
        confirmed = from.confirmed;
        confirmAsks = from.confirmAsks;
        report = from.report;
        registered = from.registered;
        doubter = from.doubter;
        doubtRound = from.doubtRound;
        moves = from.moves;
        locateRound = from.locateRound;
        locating.addAll(from.locating);
        publishes.addAll(from.publishes);
        parked.addAll(from.parked);
        parkIds = from.parkIds;
        unanswered.addAll(from.unanswered);
        unasked.addAll(from.unasked);
        claims.putAll(from.claims);
        stash.addAll(from.stash);
        suspects.putAll(from.suspects);
        silent.addAll(from.silent);
        forgiving = from.forgiving;
        retrying = from.retrying;
        retries = from.retries;
    }

    static HomeStatus unknown(NodeGroup self) {
        return new HomeStatus(self, 0, 0, Optional.empty(), 0, true);
    }

    NodeGroup self() {
        return view.self();
    }

    boolean at(Phase asked) {
        return phase == asked;
    }

    /** Whether the entity goes by a home, its own or another. */
    boolean served() {
        return phase == Phase.HOME || phase == Phase.AWAY;
    }

    boolean isMainOrigin(NodeId node) {
        return known.origin().filter(peer -> peer.node().equals(node)).isPresent();
    }

    /** Whether the node may be given a role: it is there to stay, and it can reach {@code from}. */
    boolean fit(Holder holder, NodeId from) {
        return view.reaches(holder.node())
                && !view.drains(holder.node())
                && !silent.contains(holder.node())
                && !holder.avoids().contains(from);
    }
}
