package io.headwater.topology;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What each holder is told, given who has which role. */
final class Feeds {
    private Feeds() {}

    /**
     * The feed of one holder.
     *
     * <p>Candidates name nodes nearer to the publisher: main origin, group's origin, successor, the rest. So no circle can
     * stand, whichever of its candidates every node goes on with. The one exception is the secondary origin's last
     * resort, its own successor: that one is fed by it and turns to the main origin when it is asked in need. A peer that
     * the holder could not go on with comes last.
     */
    static Feed of(PlanState state, Holder holder) {
        HomeStatus known = state.known;
        if (!state.served()) {
            return new Feed.Nothing(Feed.Reason.ENDED);
        }
        if (known.origin().isEmpty()) {
            return new Feed.Held(known.epoch(), known.graceMs());
        }
        Peer main = known.origin().get();
        boolean home = state.at(PlanState.Phase.HOME);
        if (home && holder.node().equals(main.node())) {
            return new Feed.Publisher(known.epoch());
        }
        boolean secondary = !home && isOrigin(state, holder);
        List<Peer> candidates = new ArrayList<>();
        if (home) {
            candidates.add(main);
        }
        if (!home && !secondary) {
            state.origin.map(state.holders::get).map(Holder::peer).ifPresent(candidates::add);
        }
        Optional<Peer> successor = state.successor.map(state.holders::get).map(Holder::peer);
        if (!secondary && !isSuccessor(state, holder)) {
            successor.ifPresent(candidates::add);
        }
        if (!home) {
            candidates.add(main);
        }
        candidates.sort(Comparator.comparing(peer -> holder.avoids().contains(peer.node())));
        if (secondary) {
            successor.ifPresent(candidates::add);
        }
        return new Feed.Peers(known.epoch(), secondary ? Role.SECONDARY_ORIGIN : Role.EDGE, candidates);
    }

    private static boolean isOrigin(PlanState state, Holder holder) {
        return state.origin.filter(holder.node()::equals).isPresent();
    }

    private static boolean isSuccessor(PlanState state, Holder holder) {
        return state.successor.filter(holder.node()::equals).isPresent();
    }
}
