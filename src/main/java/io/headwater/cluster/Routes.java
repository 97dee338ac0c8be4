package io.headwater.cluster;

import io.headwater.media.StreamKey;
import io.headwater.topology.Event;
import io.headwater.topology.GroupMessage;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityContext;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityRef;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;

/** The ways from this node to the others: agents by their members' addresses, entities by their streams. Any thread. */
final class Routes implements Wires, GroupRevival.Cluster {
    static final EntityTypeKey<StreamEntity.Command> STREAM =
            EntityTypeKey.create(StreamEntity.Command.class, "stream");

    /** No stream is called so: an application's name has no such character. */
    private static final String NO_STREAM = "~";

    private final ActorSystem<?> system;
    private final Peer self;
    private final String place;
    private final long uid;
    private final ClusterSettings settings;
    private final ClusterSharding sharding;
    private final ActorRefResolver resolver;
    private final Set<NodeGroup> proxied = ConcurrentHashMap.newKeySet();
    private final Set<StreamKey> hosted = ConcurrentHashMap.newKeySet();
    private volatile Members members;
    private volatile Members lastUp;

    Routes(ActorSystem<?> system, Peer self, ClusterSettings settings) {
        this.system = system;
        this.self = self;
        this.settings = settings;
        var own = Cluster.get(system).selfMember();
        this.place = NodeRoles.place(own.address());
        this.uid = own.uniqueAddress().longUid();
        this.sharding = ClusterSharding.get(system);
        this.resolver = ActorRefResolver.get(system);
        this.members = Members.nobody(self);
        this.lastUp = members;
    }

    /** Hosts entities of this node's group on this node. */
    void host(Function<EntityContext<StreamEntity.Command>, Behavior<StreamEntity.Command>> behavior) {
        proxied.add(self.group());
        sharding.init(
                Entity.of(STREAM, context -> isNoStream(context) ? StreamEntity.ofNoStream() : behavior.apply(context))
                        .withStopMessage(new StreamEntity.End()));
    }

    private static boolean isNoStream(EntityContext<StreamEntity.Command> context) {
        return context.getEntityId().equals(NO_STREAM);
    }

    /** How long an entity that starts waits for the nodes of its group. */
    Duration recoveryWait() {
        return settings.recoveryWait();
    }

    /**
     * Asks an entity of the own group that is no stream's. What the first message of all has to wait for (the group's
     * shard coordinator is found, this node is made known to it) is done when it answers; it costs up to seconds.
     *
     * @return never fails; completes after {@code limit} at the latest
     */
    CompletionStage<Void> reachEntities(Duration limit) {
        return sharding.entityRefFor(STREAM, NO_STREAM)
                .ask(StreamEntity.Inspect::new, limit)
                .handle((answer, failure) -> null);
    }

    @Override
    public Peer self() {
        return self;
    }

    /** {@code host:port} of this node's remoting. */
    String place() {
        return place;
    }

    /** The unique number of this control plane. */
    long uid() {
        return uid;
    }

    /** All nodes are told, from now on until this control plane ends, that this one takes no new work. */
    void drain() {
        agentAt(place).tell(new NodeAgent.Drain());
    }

    Members members() {
        return members;
    }

    /** Takes the newest membership, and opens the ways to the entities of groups that are new in it. */
    void changed(Members newMembers) {
        for (NodeGroup group : newMembers.groups()) {
            if (proxied.add(group)) {
                sharding.init(Entity.of(STREAM, Routes::neverHosted).withDataCenter(group.name()));
                sharding.entityRefFor(STREAM, NO_STREAM, group.name()).tell(new StreamEntity.Wake());
            }
        }
        members = newMembers;
        if (newMembers.selfIsUp()) {
            lastUp = newMembers;
        }
    }

    /** The membership when this node was last a full member: one that leaves or is downed sees all others go. */
    Members lastUp() {
        return lastUp;
    }

    /** The entity of this node's group for {@code key} lives on this node from now on. */
    void hosts(StreamKey key) {
        hosted.add(key);
    }

    void hostsNoMore(StreamKey key) {
        hosted.remove(key);
    }

    /** The streams whose entity is on this node, and the node that hands out the entities of this group. */
    EntityHosts entityHosts() {
        List<Member> inGroup = new ArrayList<>();
        Cluster.get(system).state().getMembers().forEach(member -> {
            if (member.dataCenter().equals(self.group().name())
                    && member.status().equals(MemberStatus.up())) {
                inGroup.add(member);
            }
        });
        Optional<NodeId> oldest = inGroup.stream()
                .min(Member.ageOrdering())
                .flatMap(NodeRoles::of)
                .map(NodeRoles::node);
        return new EntityHosts(
                oldest,
                hosted.stream()
                        .sorted(Comparator.comparing(StreamKey::toString))
                        .toList());
    }

    private static Behavior<StreamEntity.Command> neverHosted(EntityContext<StreamEntity.Command> context) {
        throw new IllegalStateException("an entity of another group was started here: " + context.getEntityId());
    }

    /** What this node says of its cluster to the node whose control plane has that number. */
    ClusterFacts facts(long askerUid) {
        return ClusterFacts.of(place, uid, members, askerUid);
    }

    EntityRef<StreamEntity.Command> entity(StreamKey key) {
        return sharding.entityRefFor(STREAM, key.toString());
    }

    @Override
    public void toEntity(StreamKey key, Event.OfNode event) {
        entity(key).tell(new StreamEntity.OfNode(event));
    }

    /** Sends to the stream's entity in another group; lost if that group has no node that can be reached. */
    void toGroup(StreamKey key, NodeGroup group, GroupMessage message) {
        if (members.view().reaches(group) && proxied.contains(group)) {
            sharding.entityRefFor(STREAM, key.toString(), group.name()).tell(new StreamEntity.OfGroup(message));
        }
    }

    /** What the stream's entity in {@code group} knows; fails if it does not say so in time. */
    CompletionStage<StreamEntity.Inspected> inspect(StreamKey key, NodeGroup group) {
        EntityRef<StreamEntity.Command> ref =
                group.equals(self.group()) ? entity(key) : sharding.entityRefFor(STREAM, key.toString(), group.name());
        return ref.ask(StreamEntity.Inspect::new, settings.queryWait());
    }

    /** The agent at {@code host:port}, whether it is a member or not. */
    ActorRef<NodeAgent.Command> agentAt(String where) {
        return resolver.resolveActorRef("pekko://" + system.name() + "@" + where + "/user/" + NodeAgent.NAME);
    }

    /** The agent of a node among {@code of}. */
    Optional<ActorRef<NodeAgent.Command>> agentOf(Members of, NodeId node) {
        return of.node(node).map(found -> agentAt(found.clusterAddress()));
    }

    @Override
    public List<Peer> askNodes(StreamKey key, Consumer<Holder> answer) {
        List<ClusterNode> others = members.reachable().stream()
                .filter(node -> !node.id().equals(self.node()))
                .toList();
        for (ClusterNode node : others) {
            this.<NodeAgent.Command, Holder>ask(
                            agentAt(node.clusterAddress()),
                            replyTo -> new NodeAgent.WhoHolds(key, replyTo),
                            settings.silence())
                    .thenAccept(holder -> holder.ifPresent(answer));
        }
        return others.stream().map(ClusterNode::peer).toList();
    }

    @Override
    public void tellSession(NodeId node, StreamKey key, long epoch) {
        agentOf(members, node).ifPresent(agent -> agent.tell(new NodeAgent.Session(key, self, epoch)));
    }

    /** Tells the nodes of a group whose entity is silent where the stream goes on. */
    void tellSession(NodeGroup group, StreamKey key, Peer publisher, long epoch) {
        for (ClusterNode node : members.reachable()) {
            if (node.peer().group().equals(group)) {
                agentAt(node.clusterAddress()).tell(new NodeAgent.Session(key, publisher, epoch));
            }
        }
    }

    /** Whether the node at {@code host:port} answers in time. */
    CompletionStage<Boolean> answers(String where) {
        return ask(reporterAt(where), Reporter.AskNode::new, settings.queryWait())
                .thenApply(Optional::isPresent);
    }

    @Override
    public CompletionStage<Optional<Boolean>> reaches(ClusterNode witness, ClusterNode lost) {
        return this.<NodeAgent.Command, NodeAgent.Reach>ask(
                        agentAt(witness.clusterAddress()),
                        replyTo -> new NodeAgent.AskReach(lost.clusterAddress(), replyTo),
                        settings.queryWait().multipliedBy(2))
                .thenApply(said -> said.map(NodeAgent.Reach::reached));
    }

    @Override
    public void takeOut(ClusterNode lost) {
        remove(lost.id());
    }

    /** Takes every member of that id out of the membership that cannot be reached. @return whether there was one */
    boolean remove(NodeId node) {
        boolean[] any = new boolean[1];
        Cluster cluster = Cluster.get(system);
        cluster.state().getUnreachable().forEach(member -> {
            if (NodeRoles.of(member).filter(roles -> roles.node().equals(node)).isPresent()) {
                any[0] = true;
                cluster.manager().tell(new Down(member.address()));
            }
        });
        return any[0];
    }

    /** Ends the stream on whichever node its publisher is connected to. */
    CompletionStage<Boolean> stopStream(StreamKey key) {
        return present(members.reachable().stream()
                        .map(node -> this.<NodeAgent.Command, NodeAgent.Stopped>ask(
                                agentAt(node.clusterAddress()),
                                replyTo -> new NodeAgent.StopStream(key, replyTo),
                                settings.queryWait()))
                        .toList())
                .thenApply(answers -> answers.stream().anyMatch(NodeAgent.Stopped::was));
    }

    /** Asks the reporter of every node that can be reached; those that do not answer in time are left out. */
    <T> CompletionStage<List<T>> fromAll(Function<ActorRef<T>, Reporter.Command> question) {
        return present(members.reachable().stream()
                .map(node -> fromOne(node, question))
                .toList());
    }

    /** Asks the reporter of one node; empty if it does not answer in time. */
    <T> CompletionStage<Optional<T>> fromOne(ClusterNode node, Function<ActorRef<T>, Reporter.Command> question) {
        return ask(reporterAt(node.clusterAddress()), question, settings.queryWait());
    }

    private ActorRef<Reporter.Command> reporterAt(String where) {
        return resolver.resolveActorRef("pekko://" + system.name() + "@" + where + "/user/" + Reporter.NAME);
    }

    private <C, T> CompletionStage<Optional<T>> ask(
            ActorRef<C> whom, Function<ActorRef<T>, ? extends C> question, Duration limit) {
        return AskPattern.<C, T>ask(whom, question::apply, limit, system.scheduler())
                .handle((answer, failure) -> failure == null ? Optional.of(answer) : Optional.empty());
    }

    private static <T> CompletionStage<List<T>> present(List<CompletionStage<Optional<T>>> answers) {
        CompletableFuture<?>[] all =
                answers.stream().map(CompletionStage::toCompletableFuture).toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(all)
                .thenApply(done -> answers.stream()
                        .flatMap(answer -> answer.toCompletableFuture().join().stream())
                        .toList());
    }
}
