package io.headwater.topology;

import io.headwater.topology.Action.Note.Kind;
import io.headwater.topology.PlanState.Phase;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A starting entity: learns from the nodes of its group what there is, and makes others wait until it knows. */
final class Recovery {
    private Recovery() {}

    static void start(Turn turn, Event.Started started) {
        PlanState state = turn.state;
        ClusterView view = started.view();
        state.view = view;
        state.known = PlanState.unknown(view.self());
        view.nodes().keySet().stream().sorted().forEach(node -> {
            boolean reached = view.reaches(node);
            (reached ? state.unanswered : state.unasked).add(node);
        });
        if (state.unanswered.isEmpty()) {
            finish(turn);
            return;
        }
        turn.act(new Action.AskHoldings(List.copyOf(state.unanswered), ++state.version));
        turn.set(Timer.Kind.RECOVER, started.waitMs());
    }

    /** Takes an event while recovering. @return whether recovery is over and the stash may be served */
    static boolean on(Turn turn, Event event) {
        PlanState state = turn.state;
        if (event instanceof Event.Claimed claimed) {
            NodeId node = claimed.claim().node().node();
            state.claims.put(node, claimed.claim());
            state.unanswered.remove(node);
        } else if (event instanceof Event.ViewChanged changed) {
            List<NodeId> back = changed.view().nodes().keySet().stream()
                    .filter(node -> changed.view().reaches(node)
                            && state.view.nodes().containsKey(node)
                            && !state.view.reaches(node))
                    .sorted()
                    .toList();
            state.view = changed.view();
            if (!back.isEmpty()) {
                state.unanswered.addAll(back);
                state.unasked.removeAll(back);
                turn.act(new Action.AskHoldings(back, ++state.version));
            }
            for (NodeId node : List.copyOf(state.unanswered)) {
                if (!state.view.reaches(node)) {
                    state.unanswered.remove(node);
                    state.unasked.add(node);
                }
            }
            state.unasked.retainAll(state.view.nodes().keySet());
        } else if (event instanceof Event.TimerFired fired) {
            return fired.timer().kind() == Timer.Kind.RECOVER;
        } else if (state.stash.size() < Limits.STASHED) {
            state.stash.add(event);
        } else {
            refuse(turn, event);
        }
        return state.unanswered.isEmpty();
    }

    private static void refuse(Turn turn, Event event) {
        if (event instanceof Event.Play play) {
            turn.refusePlay(play.node().node(), play.token(), Feed.Reason.UNAVAILABLE);
        } else if (event instanceof Event.Publish publish) {
            turn.act(new Action.Unavailable(publish.node().node(), publish.token(), "too many requests wait"));
        }
        turn.note(Kind.REFUSED, "-", "-", "too many requests wait for recovery");
    }

    static void finish(Turn turn) {
        PlanState state = turn.state;
        turn.cancel(Timer.Kind.RECOVER);
        state.phase = Phase.ABSENT;
        List<Claim> claims = List.copyOf(state.claims.values());
        state.claims.clear();
        claims.forEach(claim -> state.version = Math.max(state.version, claim.version()));
        rebuild(turn, claims);
    }

    /** Finds out from what nodes hold what the entity of an earlier life went by: the highest epoch says it. */
    static void rebuild(Turn turn, Collection<Claim> claims) {
        PlanState state = turn.state;
        List<Claim> holding = claims.stream()
                .filter(claim -> claim.holds() && epoch(claim) > 0)
                .toList();
        if (holding.isEmpty()) {
            return;
        }
        long top = holding.stream().mapToLong(Recovery::epoch).max().orElseThrow();
        state.highestEpoch = Math.max(state.highestEpoch, top);
        Optional<Claim> publisher = holding.stream()
                .filter(claim -> claim.published() && claim.epoch() == top)
                .min(Comparator.comparing(claim -> claim.node().node()));
        List<Feed.Peers> feeds = holding.stream()
                .filter(claim -> epoch(claim) == top)
                .flatMap(claim -> peers(claim).stream())
                .toList();
        Optional<Peer> far =
                feeds.stream().flatMap(feed -> far(state, feed).stream()).findFirst();
        holding.forEach(claim -> adopt(state, claim));
        if (publisher.isPresent()) {
            Publishers.become(turn, top, publisher.get().node(), Limits.GRACE_MS);
        } else if (far.isPresent()) {
            becomeAway(turn, top, far.get(), holding);
        } else {
            state.known = new HomeStatus(state.self(), top, state.version, Optional.empty(), Limits.GRACE_MS, false);
            if (!feeds.isEmpty() || !Search.askOthers(turn)) {
                holdOrphans(turn);
            }
        }
        holding.stream()
                .filter(claim ->
                        claim.published() && publisher.filter(claim::equals).isEmpty())
                .forEach(claim -> Publishers.fence(turn, claim.node().node(), claim.epoch(), top));
    }

    private static void becomeAway(Turn turn, long epoch, Peer main, List<Claim> holding) {
        PlanState state = turn.state;
        state.phase = Phase.AWAY;
        state.known = new HomeStatus(main.group(), epoch, 0, Optional.of(main), Limits.GRACE_MS, false);
        state.registered = false;
        state.origin = holding.stream()
                .filter(claim -> peers(claim)
                        .filter(feed -> feed.epoch() == epoch && feed.role() == Role.SECONDARY_ORIGIN)
                        .isPresent())
                .map(claim -> claim.node().node())
                .findFirst();
        state.successor = holding.stream()
                .flatMap(claim -> peers(claim).stream())
                .filter(feed -> feed.epoch() == epoch)
                .flatMap(feed -> feed.candidates().stream())
                .map(Peer::node)
                .filter(node -> state.holders.containsKey(node)
                        && state.origin.filter(node::equals).isEmpty())
                .findFirst();
        if (!state.view.groups().contains(main.group())) {
            Membership.homeGone(turn);
        }
        Search.served(turn);
    }

    /** Players without a publisher anybody knows of: it has a grace to turn up. */
    static void holdOrphans(Turn turn) {
        PlanState state = turn.state;
        state.phase = Phase.HOME;
        state.known = new HomeStatus(
                state.self(), state.known.epoch(), ++state.version, Optional.empty(), Limits.GRACE_MS, false);
        state.origin = Optional.empty();
        turn.set(Timer.Kind.GRACE, Limits.GRACE_MS);
        turn.note(Kind.HELD, "-", "-", "no publisher found");
        Search.served(turn);
    }

    static void adopt(PlanState state, Claim claim) {
        NodeId node = claim.node().node();
        if (!state.holders.containsKey(node) && state.holders.size() >= Limits.HOLDERS) {
            return;
        }
        Holder before = state.holders.get(node);
        Holder holder = before == null ? Holder.of(claim.node(), claim.token()) : before;
        Optional<Feed> standing = claim.published() ? Optional.of(new Feed.Publisher(claim.epoch())) : claim.standing();
        // The publish that was granted may be repeated still: it is no newer one.
        long publishToken = claim.published() ? Math.max(holder.publishToken(), claim.token()) : holder.publishToken();
        state.holders.put(
                node,
                new Holder(
                        claim.node(),
                        holder.token(),
                        publishToken,
                        standing,
                        claim.version(),
                        standing.isPresent(),
                        holder.waiting(),
                        holder.avoids()));
    }

    /** The highest epoch the claim speaks of. */
    static long epoch(Claim claim) {
        long standing = 0;
        if (claim.standing().isPresent()) {
            Feed feed = claim.standing().get();
            if (feed instanceof Feed.Peers peers) {
                standing = peers.epoch();
            } else if (feed instanceof Feed.Held held) {
                standing = held.epoch();
            } else if (feed instanceof Feed.Publisher publisher) {
                standing = publisher.epoch();
            }
        }
        return Math.max(claim.epoch(), standing);
    }

    private static Optional<Feed.Peers> peers(Claim claim) {
        return claim.standing().filter(Feed.Peers.class::isInstance).map(Feed.Peers.class::cast);
    }

    /** The main origin in another group, which is the last of the candidates from outside. */
    private static Optional<Peer> far(PlanState state, Feed.Peers feed) {
        return feed.candidates().stream()
                .filter(peer -> !peer.group().equals(state.self()))
                .reduce((first, second) -> second);
    }
}
