package io.headwater.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets this node into a cluster, and then looks out for another cluster of the same name that formed while nodes could
 * not reach each other. The smaller cluster's nodes go over one by one.
 */
final class Joining extends AbstractBehavior<Joining.Command> {
    sealed interface Command {}

    /** How a node tells its cluster from another: an answer to {@link NodeAgent.Probe}, or the asker's own facts. */
    record Heard(ClusterFacts facts) implements Command {}

    private record Look() implements Command {}

    private record Viewed(Members members) implements Command {}

    private static final Logger LOG = LoggerFactory.getLogger(Joining.class);
    private static final Duration ROUND = Duration.ofMillis(500);
    private static final long JOIN_PATIENCE_MS = 6_000;
    private static final long STRANDED_MS = 30_000;

    private static final int MAX_PLACES = 64;
    private static final int SEEN_BEFORE_MOVING = 2;

    private final TimerScheduler<Command> timers;
    private final Cluster cluster;
    private final JoinPlan plan;
    private final Duration mergeInterval;
    private final Routes routes;
    private final Consumer<List<String>> startAgain;
    private final ActorRef<ClusterFacts> heard;
    private final String self;
    private final long startedNs = System.nanoTime();
    private final Map<String, ClusterFacts> answers = new HashMap<>();
    private final Map<String, Integer> foreign = new HashMap<>();
    private final Set<String> places;
    private Members members;
    private long roundStartedNs = System.nanoTime();
    private long joinSentNs;
    private long waitsSinceNs;
    private boolean moving;

    private Joining(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            JoinPlan plan,
            Duration mergeInterval,
            Routes routes,
            ActorRef<MembershipView.Command> membership,
            Consumer<List<String>> startAgain) {
        super(context);
        this.timers = timers;
        this.cluster = Cluster.get(context.getSystem());
        this.plan = plan;
        this.mergeInterval = mergeInterval;
        this.routes = routes;
        this.startAgain = startAgain;
        this.members = routes.members();
        this.self = plan.self();
        this.places = new LinkedHashSet<>(plan.candidates());
        this.heard = context.messageAdapter(ClusterFacts.class, Heard::new);
        membership.tell(new MembershipView.Watch(context.messageAdapter(Members.class, Viewed::new)));
        context.getSelf().tell(new Look());
    }

    /** @param startAgain told to leave this cluster for another one, and the places to try first */
    static Behavior<Command> create(
            JoinPlan plan,
            Duration mergeInterval,
            Routes routes,
            ActorRef<MembershipView.Command> membership,
            Consumer<List<String>> startAgain) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new Joining(context, timers, plan, mergeInterval, routes, membership, startAgain)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Look.class, look -> onLook())
                .onMessage(Heard.class, this::onHeard)
                .onMessage(Viewed.class, this::onViewed)
                .build();
    }

    private Behavior<Command> onLook() {
        if (members.joined()) {
            strangers().forEach(this::probe);
            leaveWreck();
            long jitteredMs =
                    mergeInterval.toMillis() * (80 + ThreadLocalRandom.current().nextInt(40)) / 100;
            timers.startSingleTimer(new Look(), Duration.ofMillis(jitteredMs));
            return this;
        }
        boolean roundOver = msSince(roundStartedNs) >= ROUND.toMillis();
        if (joinSentNs == 0 || msSince(joinSentNs) > JOIN_PATIENCE_MS) {
            step(roundOver);
        }
        if (!members.joined() && (roundOver || answers.isEmpty())) {
            answers.clear();
            roundStartedNs = System.nanoTime();
            LOG.debug("asks {} for a cluster", plan.candidates());
            plan.candidates().forEach(this::probe);
        }
        timers.startSingleTimer(new Look(), ROUND);
        return this;
    }

    /**
     * One that does not become a full member has joined what is left of a cluster whose other nodes died, or lost whom it
     * joined: it looks for a cluster anew.
     */
    private void leaveWreck() {
        if (moving || members.selfIsUp()) {
            waitsSinceNs = System.nanoTime();
        } else if (msSince(waitsSinceNs) > STRANDED_MS) {
            LOG.warn("became no full member of the cluster within {} s, looks for one anew", STRANDED_MS / 1000);
            moving = true;
            startAgain.accept(List.of());
        }
    }

    private void step(boolean roundOver) {
        JoinPlan.Step step = plan.next(answers, msSince(startedNs), roundOver);
        if (step instanceof JoinPlan.Step.Join join) {
            LOG.info("joins the cluster of {} through {}", members.self().group(), join.place());
            join(join.place());
        } else if (step instanceof JoinPlan.Step.Form) {
            LOG.info("forms a new cluster, nobody of {} is in one", plan.candidates());
            join(self);
        }
    }

    private void join(String place) {
        joinSentNs = System.nanoTime();
        cluster.manager().tell(Join.create(address(place)));
    }

    private Behavior<Command> onHeard(Heard heard) {
        ClusterFacts facts = heard.facts;
        if (!members.joined()) {
            if (plan.candidates().contains(facts.place())) {
                answers.put(facts.place(), facts);
                LOG.debug("heard of a cluster: {}", facts);
                if (joinSentNs == 0) {
                    step(false);
                }
            }
            return this;
        }
        ClusterFacts own = routes.facts(facts.uid());
        if (!facts.member() || facts.knowsAsker() || own.knowsAsker() || moving) {
            foreign.remove(facts.place());
            return this;
        }
        // where nobody made this node a full member all this time, somebody else has to
        boolean yields = own.member() ? own.yieldsTo(facts) : msSince(waitsSinceNs) > JOIN_PATIENCE_MS;
        int seen = foreign.size() < MAX_PLACES ? foreign.merge(facts.place(), 1, Integer::sum) : 0;
        if (seen == 1) {
            LOG.warn(
                    "another cluster of {} nodes is at {}; this one has {} nodes and {}",
                    facts.size(),
                    facts.place(),
                    own.size(),
                    yields ? "goes over" : "waits for it");
        }
        if (seen >= SEEN_BEFORE_MOVING && yields) {
            moving = true;
            LOG.info("goes over to the cluster of {}", facts.place());
            startAgain.accept(List.of(facts.place()));
        }
        return this;
    }

    private Behavior<Command> onViewed(Viewed viewed) {
        boolean before = members.joined();
        members = viewed.members;
        members.nodes().forEach(node -> places.add(node.clusterAddress()));
        places.remove(self);
        while (places.size() > MAX_PLACES) {
            places.remove(places.iterator().next());
        }
        if (!before && members.joined()) {
            waitsSinceNs = System.nanoTime();
            timers.startSingleTimer(new Look(), mergeInterval);
        }
        return this;
    }

    /** Places where members were or should be, but none of this cluster is now. */
    private List<String> strangers() {
        Set<String> own =
                members.nodes().stream().map(ClusterNode::clusterAddress).collect(java.util.stream.Collectors.toSet());
        return places.stream()
                .filter(place -> !own.contains(place) || unreachable(place))
                .toList();
    }

    private boolean unreachable(String place) {
        return members.nodes().stream()
                .anyMatch(node -> node.clusterAddress().equals(place) && node.status() == NodeStatus.UNREACHABLE);
    }

    private void probe(String place) {
        ClusterFacts own = routes.facts(0);
        routes.agentAt(place).tell(new NodeAgent.Probe(own, heard));
    }

    private Address address(String place) {
        return AddressFromURIString.parse("pekko://" + getContext().getSystem().name() + "@" + place);
    }

    private static long msSince(long ns) {
        return (System.nanoTime() - ns) / 1_000_000;
    }
}
