package io.headwater.topology;

import io.headwater.topology.PlanState.Phase;
import java.util.Optional;

/** Which of two statuses of one stream counts. */
final class Precedence {
    private Precedence() {}

    /**
     * Whether this home gives way to another.
     *
     * <p>The higher epoch wins. One epoch in two homes means that a publisher's node changed its group, and then the
     * home that has a publisher, and the one whose member the node is, keeps it; or, hardly ever, that two sides of a cut
     * gave the same number, and then the lower name keeps it.
     */
    static boolean yields(PlanState state, HomeStatus theirs) {
        HomeStatus ours = state.known;
        if (theirs.ended() || theirs.epoch() != ours.epoch()) {
            return !theirs.ended() && theirs.epoch() > ours.epoch();
        }
        if (theirs.live() != ours.live()) {
            return theirs.live();
        }
        if (theirs.live() && node(theirs).equals(node(ours))) {
            return !state.view.nodes().containsKey(node(ours).orElseThrow());
        }
        return theirs.home().compareTo(ours.home()) < 0;
    }

    /** Whether an entity that is not the home goes by {@code theirs} instead of what it goes by. */
    static boolean newer(PlanState state, HomeStatus theirs) {
        HomeStatus ours = state.known;
        boolean sameHome = theirs.home().equals(ours.home());
        if (theirs.epoch() == ours.epoch() && sameHome) {
            return theirs.version() > ours.version();
        }
        if (state.at(Phase.ABSENT)) {
            return !theirs.ended() || (ours.ended() && theirs.epoch() > ours.epoch());
        }
        if (theirs.epoch() != ours.epoch()) {
            return theirs.epoch() > ours.epoch();
        }
        if (theirs.ended() || !state.view.reaches(ours.home())) {
            return !theirs.ended();
        }
        return theirs.live() != ours.live() ? theirs.live() : theirs.home().compareTo(ours.home()) < 0;
    }

    private static Optional<NodeId> node(HomeStatus status) {
        return status.origin().map(Peer::node);
    }
}
