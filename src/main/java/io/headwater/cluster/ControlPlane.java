package io.headwater.cluster;

import io.headwater.cluster.registry.Registry;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.stream.Directory;
import io.headwater.stream.HubSnapshot;
import io.headwater.stream.SharedNotes;
import io.headwater.stream.StreamEvents;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.net.BindException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part of the cluster. May leave, change its group, be downed and start again inside the living process:
 * whoever publishes and plays on this node goes on, and calls made meanwhile wait a bounded time.
 *
 * <p>Made with {@link #create}, usable as {@link Directory} at once, connected by {@link #start}. Any thread.
 */
public final class ControlPlane implements Directory {
    private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);
    private static final long TICK_MS = 50;
    /** While nobody waits for anything; what begins meanwhile has nothing due before. */
    private static final long IDLE_TICK_MS = 250;

    private static final int MOST_NOTES = 10_000;

    private final NodeId node;
    private final Desk desk;
    private final ReplicatedNotes notes;
    private final ReplicatedNotes lastingNotes;
    private final LostNodes lost;
    private final Registry registry;
    private final ScheduledExecutorService clerk;
    private final Lives lives;
    private volatile LocalState state;

    private ControlPlane(NodeId node, ClusterSettings settings, Counters counters, StreamEvents events) {
        this.node = node;
        this.clerk = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "headwater-desk"));
        this.desk = new Desk(node, settings, counters, System::currentTimeMillis, this::call);
        this.notes = new ReplicatedNotes("notes", MOST_NOTES, counters, System::currentTimeMillis);
        this.lastingNotes = new ReplicatedNotes("lasting-notes", MOST_NOTES, counters, System::currentTimeMillis);
        this.registry =
                new Registry(node, settings.registry(), settings.queryWait(), counters, System::currentTimeMillis);
        this.state = new NothingYet();
        Members nobody = Members.nobody(new Peer(node, new NodeGroup("default"), settings.advertisedHost(), 0));
        this.lost = new LostNodes(notes, counters, System::currentTimeMillis, nobody);
        var entrance = new Entrance(settings.trust(), counters);
        var survivors = new Survivors(desk, notes, lastingNotes, registry, entrance);
        this.lives = new Lives(settings, counters, events, survivors, () -> state, nobody);
    }

    /** A control plane that is in no cluster yet and tells nobody what happens to streams. */
    public static ControlPlane create(NodeId node, ClusterSettings settings, Counters counters) {
        return create(node, settings, counters, StreamEvents.NONE);
    }

    /** @param events told what the entities on this node decide */
    public static ControlPlane create(NodeId node, ClusterSettings settings, Counters counters, StreamEvents events) {
        ControlPlane made = new ControlPlane(node, settings, counters, events);
        made.clerk.schedule(made::tick, TICK_MS, TimeUnit.MILLISECONDS);
        return made;
    }

    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Sets what other nodes are told about this one. To be called before {@link #start}. */
    public void reports(LocalState newState) {
        state = newState;
    }

    /**
     * Binds remoting and begins to join; see {@link #joined} for the end of that.
     *
     * @return the port that was bound; fails with a {@link BindException} if it could not be
     */
    public CompletionStage<Integer> start(Peer newSelf, int httpPort, String version) {
        return start(newSelf, httpPort, 0, version);
    }

    /** @param rtmpPort where the node takes publishers, for other nodes that send theirs here; 0 if it takes none */
    public CompletionStage<Integer> start(Peer newSelf, int httpPort, int rtmpPort, String version) {
        NodeRoles roles = new NodeRoles(
                newSelf.node(),
                newSelf.host(),
                newSelf.relayPort(),
                httpPort,
                rtmpPort,
                version,
                System.currentTimeMillis());
        return lives.start(newSelf, roles);
    }

    /** Completes when this node is a full member of the cluster and reaches its group's entities; at once if it does. */
    public CompletionStage<Void> joined() {
        return lives.joined();
    }

    /**
     * Goes over to another group: leaves the cluster and joins it again. Publishers and players stay.
     *
     * @return completes when this node is a member in the new group
     */
    public CompletionStage<Void> changeGroup(NodeGroup group) {
        return lives.changeGroup(group);
    }

    /**
     * Tells all nodes that this one is about to leave: its roles move to others and it is given no new ones. Stays so
     * until {@link #stop}, over restarts of the control plane too.
     */
    public void drain() {
        lives.drain();
    }

    /** The other nodes that take work: full members that can be reached and do not leave. */
    public List<ClusterNode> others() {
        return nodes().stream()
                .filter(other -> !other.id().equals(node) && other.status() == NodeStatus.UP)
                .toList();
    }

    /** Leaves the cluster for good. */
    public CompletionStage<Void> stop() {
        return lives.stop().thenAccept(done -> clerk.shutdown());
    }

    // The media plane's port.

    @Override
    public CompletionStage<Grant> publish(StreamKey key, OnConflict onConflict, long graceMs) {
        return desk.publish(key, onConflict, graceMs);
    }

    @Override
    public CompletionStage<Grant> promote(StreamKey key, long lostEpoch, long graceMs) {
        return desk.promote(key, lostEpoch, graceMs);
    }

    @Override
    public void unpublish(StreamKey key, long epoch, Departure departure) {
        desk.unpublish(key, epoch, departure);
    }

    @Override
    public CompletionStage<Feed> play(StreamKey key, long parkMs) {
        return desk.play(key, parkMs);
    }

    @Override
    public void released(StreamKey key) {
        desk.released(key);
    }

    @Override
    public void lost(StreamKey key, long epoch, NodeId peer) {
        desk.lost(key, epoch, peer);
    }

    @Override
    public void listen(Listener listener) {
        desk.listen(listener);
    }

    // What the API asks.

    /** Every node of the cluster as its membership shows it; while this node is in none, as it was seen last. */
    public List<ClusterNode> nodes() {
        return lives.seen().nodes();
    }

    /** Whether this node is a full member of the cluster now. */
    public boolean isUp() {
        return lives.isUp();
    }

    /** This node. */
    public NodeId node() {
        return node;
    }

    /** The group this node is in or goes over to. */
    public NodeGroup group() {
        return lives.seen().self().group();
    }

    /** Every node with what it says about itself. */
    public CompletionStage<List<NodeState>> nodeStates() {
        Routes routes = lives.routes();
        List<CompletableFuture<NodeState>> states = nodes().stream()
                .map(one -> {
                    CompletionStage<Optional<NodeReport>> report =
                            routes == null || one.status() == NodeStatus.UNREACHABLE
                                    ? CompletableFuture.completedFuture(Optional.empty())
                                    : routes.fromOne(one, Reporter.AskNode::new);
                    return report.thenApply(said -> new NodeState(one, said)).toCompletableFuture();
                })
                .toList();
        return CompletableFuture.allOf(states.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> states.stream().map(CompletableFuture::join).toList());
    }

    /** The nodes that were lost lately and are not back; no members, and what they said last is not known. */
    public List<NodeState> lostNodes() {
        return lost.besides(nodes()).stream()
                .map(one -> new NodeState(one.node(), Optional.of(new NodeReport(0, 0, -1, 0, 0, one.atMs()))))
                .toList();
    }

    /** Every stream on every node. */
    public CompletionStage<List<StreamReport>> streams() {
        Routes routes = lives.routes();
        return routes == null ? CompletableFuture.completedFuture(ownStreams()) : new StreamReports(routes).all();
    }

    /** One stream on every node that holds it. */
    public CompletionStage<List<StreamReport>> streams(StreamKey key) {
        Routes routes = lives.routes();
        return routes == null
                ? CompletableFuture.completedFuture(ownStreams().stream()
                        .filter(report -> report.key().equals(key))
                        .toList())
                : new StreamReports(routes).of(key);
    }

    /** The newest events of one stream on all nodes, oldest first. */
    public CompletionStage<List<EventReport>> events(StreamKey key) {
        Routes routes = lives.routes();
        return routes == null
                ? CompletableFuture.completedFuture(state.events(key).stream()
                        .map(event -> EventReport.of(lives.seen().self(), event))
                        .toList())
                : new StreamReports(routes).events(key);
    }

    /** Who feeds whom for one stream; empty if no node holds it. */
    public CompletionStage<Optional<StreamTopology>> topology(StreamKey key) {
        Routes routes = lives.routes();
        return routes == null
                ? CompletableFuture.completedFuture(Optional.empty())
                : new StreamReports(routes).topology(key);
    }

    /** What the nodes tell each other in short, for as long as one of them runs. */
    public SharedNotes notes() {
        return notes;
    }

    /** The same for what has no end. */
    public SharedNotes lastingNotes() {
        return lastingNotes;
    }

    /**
     * Ends the stream, wherever in the cluster its publisher is.
     *
     * @return whether there was one
     */
    public CompletionStage<Boolean> stopStream(StreamKey key) {
        Routes routes = lives.routes();
        return routes == null
                ? CompletableFuture.completedFuture(desk.listener().stop(key))
                : routes.stopStream(key);
    }

    /**
     * Takes a node out of the membership that cannot be reached, and out of the nodes that were lost.
     *
     * @return whether there was one of that id
     */
    public boolean remove(NodeId other) {
        Routes routes = lives.routes();
        long uid = routes == null ? 0 : routes.members().uids().getOrDefault(other, 0L);
        boolean takenOut = routes != null && routes.remove(other);
        if (takenOut) {
            lost.takenOut(other, uid);
        }
        return takenOut || lost.forget(other);
    }

    /** Takes a node out of service; nothing if there is none of that id, or it does not answer. */
    public CompletionStage<Optional<String>> drain(NodeId other, Optional<Duration> within) {
        if (other.equals(node)) {
            return CompletableFuture.completedFuture(Optional.of(state.drain(within)));
        }
        long withinMs = within.map(Duration::toMillis).orElse(-1L);
        return this.<Reporter.TakenOut>told(other, replyTo -> new Reporter.TakeOut(withinMs, replyTo))
                .thenApply(answer -> answer.map(Reporter.TakenOut::how));
    }

    /** Moves another node to another group; nothing if there is none of that id, or it does not answer. */
    public CompletionStage<Optional<GroupOrder>> changeGroup(NodeId other, NodeGroup group) {
        return told(other, replyTo -> new Reporter.ChangeGroup(group, replyTo));
    }

    private <T> CompletionStage<Optional<T>> told(NodeId other, Function<ActorRef<T>, Reporter.Command> order) {
        Routes routes = lives.routes();
        Optional<ClusterNode> found =
                nodes().stream().filter(one -> one.id().equals(other)).findFirst();
        return routes == null || found.isEmpty()
                ? CompletableFuture.completedFuture(Optional.empty())
                : routes.fromOne(found.get(), order);
    }

    /** Whether the node is a full member of that group, waited for at most that long. */
    public CompletionStage<Boolean> arrives(NodeId other, NodeGroup group, Duration limit) {
        return arrivesUntil(other, group, System.nanoTime() + limit.toNanos());
    }

    private CompletionStage<Boolean> arrivesUntil(NodeId other, NodeGroup group, long untilNanos) {
        boolean there = nodes().stream()
                .anyMatch(one -> one.id().equals(other)
                        && one.status() == NodeStatus.UP
                        && one.peer().group().equals(group));
        return there || System.nanoTime() - untilNanos > 0
                ? CompletableFuture.completedFuture(there)
                : CompletableFuture.supplyAsync(
                                () -> arrivesUntil(other, group, untilNanos),
                                CompletableFuture.delayedExecutor(TICK_MS, TimeUnit.MILLISECONDS))
                        .thenCompose(later -> later);
    }

    /** How the forwarding to other servers stands on all nodes, by the ids of the broadcasts' endpoints. */
    public CompletionStage<Map<String, String>> forwards() {
        Routes routes = lives.routes();
        return routes == null
                ? CompletableFuture.completedFuture(state.forwards())
                : routes.<Reporter.Forwards>fromAll(Reporter.AskForwards::new)
                        .thenApply(answers -> answers.stream()
                                .flatMap(answer -> answer.all().stream())
                                .collect(Collectors.toMap(
                                        Reporter.Forward::endpoint, Reporter.Forward::status, (one, other) -> one)));
    }

    /** The players of a stream on all nodes, those that came first first; of each node the first thousand. */
    public CompletionStage<List<ViewerReport>> viewers(StreamKey key) {
        Routes routes = lives.routes();
        CompletionStage<List<Reporter.Viewers>> all = routes == null
                ? CompletableFuture.completedFuture(
                        List.of(new Reporter.Viewers(state.viewers(key, Integer.MAX_VALUE))))
                : routes.<Reporter.Viewers>fromAll(replyTo -> new Reporter.AskViewers(key, replyTo));
        return all.thenApply(answers -> answers.stream()
                .flatMap(answer -> answer.viewers().stream())
                .sorted(Comparator.comparingLong(ViewerReport::sinceMs).thenComparing(ViewerReport::id))
                .toList());
    }

    /**
     * Ends one player of a stream, or all, on whichever nodes they are.
     *
     * @return how many there were on the nodes that answered
     */
    public CompletionStage<Integer> endViewers(StreamKey key, Optional<String> id) {
        Routes routes = lives.routes();
        return routes == null
                ? CompletableFuture.completedFuture(state.endViewers(key, id))
                : routes.<Reporter.ViewersEnded>fromAll(replyTo -> new Reporter.EndViewers(key, id, replyTo))
                        .thenApply(answers -> answers.stream()
                                .mapToInt(Reporter.ViewersEnded::count)
                                .sum());
    }

    /** This node's id. */
    public NodeId self() {
        return node;
    }

    /** What the cluster remembers over restarts. */
    public Registry registry() {
        return registry;
    }

    /** Where the entities of this node's group are. */
    public EntityHosts entityHosts() {
        Routes routes = lives.routes();
        return routes == null ? EntityHosts.NONE : routes.entityHosts();
    }

    /** Plays of this node that wait for a publisher now. */
    public int parkedPlays() {
        return desk.parkedPlays();
    }

    private List<StreamReport> ownStreams() {
        return state.streams(Integer.MAX_VALUE).stream()
                .map(hub -> StreamReport.of(lives.seen().self(), hub))
                .toList();
    }

    /** The running life, for tests that end it in ways nobody would wish for. */
    @Nullable
    Incarnation life() {
        return lives.current();
    }

    /** As if the process were killed. */
    CompletionStage<Void> kill() {
        return lives.kill().thenAccept(done -> clerk.shutdown());
    }

    private void tick() {
        try {
            desk.tick();
            lost.look(lives.seen());
        } catch (RuntimeException bug) {
            LOG.error("the desk failed", bug);
        }
        long nextMs = desk.isBusy() ? TICK_MS : IDLE_TICK_MS;
        try {
            clerk.schedule(this::tick, nextMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException ended) {
            // with the node
        }
    }

    private void call(Runnable call) {
        try {
            clerk.execute(() -> {
                try {
                    call.run();
                } catch (RuntimeException bug) {
                    LOG.error("a listener of the control plane failed", bug);
                }
            });
        } catch (RejectedExecutionException ended) {
            call.run();
        }
    }

    /** Until somebody says what this node holds, it holds nothing. */
    private static final class NothingYet implements LocalState {
        @Override
        public Optional<HubSnapshot> stream(StreamKey key) {
            return Optional.empty();
        }

        @Override
        public List<HubSnapshot> streams(int limit) {
            return List.of();
        }

        @Override
        public NodeReport node() {
            return new NodeReport(0, 0, -1, 0, 0, System.currentTimeMillis());
        }
    }
}
