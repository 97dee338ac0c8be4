package io.headwater.cluster;

import io.headwater.media.StreamKey;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.Peer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/** Answers the questions of other nodes' APIs about this node. One on every node, at {@link #NAME}. */
final class Reporter extends AbstractBehavior<Reporter.Command> {
    sealed interface Command {}

    /** Asks for the streams whose names come after {@code after} (empty for the first). */
    record AskStreams(String after, ActorRef<Streams> replyTo) implements Command, ClusterMessage {}

    record AskStream(StreamKey key, ActorRef<OneStream> replyTo) implements Command, ClusterMessage {}

    record AskEvents(StreamKey key, ActorRef<Events> replyTo) implements Command, ClusterMessage {}

    /**
     * Takes this node out of service.
     *
     * @param withinMs -1 for what is configured
     */
    record TakeOut(long withinMs, ActorRef<TakenOut> replyTo) implements Command, ClusterMessage {}

    record TakenOut(String how) implements ClusterMessage {}

    /** Asks how the forwarding of this node's streams to other servers stands. */
    record AskForwards(ActorRef<Forwards> replyTo) implements Command, ClusterMessage {}

    record Forwards(List<Forward> all) implements ClusterMessage {}

    /** @param endpoint the id of the server's entry in the broadcast */
    record Forward(String endpoint, String status) implements ClusterMessage {}

    /** Asks for the players of a stream here. */
    record AskViewers(StreamKey key, ActorRef<Viewers> replyTo) implements Command, ClusterMessage {}

    record Viewers(List<ViewerReport> viewers) implements ClusterMessage {}

    /** Ends the player of that id, or all of the stream's. */
    record EndViewers(StreamKey key, Optional<String> id, ActorRef<ViewersEnded> replyTo)
            implements Command, ClusterMessage {}

    record ViewersEnded(int count) implements ClusterMessage {}

    /** Moves this node to another group. */
    record ChangeGroup(NodeGroup group, ActorRef<GroupOrder> replyTo) implements Command, ClusterMessage {}

    record AskNode(ActorRef<NodeReport> replyTo) implements Command, ClusterMessage {}

    /** @param more whether there are streams after the last of these */
    record Streams(List<StreamReport> streams, boolean more) implements ClusterMessage {}

    /** @param events oldest first; those of streams that ended are among them for a while */
    record Events(List<EventReport> events) implements ClusterMessage {}

    record OneStream(Optional<StreamReport> report) implements ClusterMessage {}

    /** The name under the guardian. */
    static final String NAME = "reporter";

    /** A message between nodes has at most 256 KiB, a report well under 1 KiB. */
    private static final int PAGE = 150;

    /** Of 50 bytes each, in one message. */
    private static final int MAX_FORWARDS = 4_000;

    /** Of 200 bytes each, in one message. */
    private static final int MAX_VIEWERS = 1_000;

    private static final int MAX_STREAMS = 100_000;

    private final Peer self;
    private final LocalState state;

    private Reporter(ActorContext<Command> context, Peer self, LocalState state) {
        super(context);
        this.self = self;
        this.state = state;
    }

    static Behavior<Command> create(Peer self, LocalState state) {
        return Behaviors.setup(context -> new Reporter(context, self, state));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(AskStreams.class, this::onAskStreams)
                .onMessage(AskStream.class, this::onAskStream)
                .onMessage(AskEvents.class, this::onAskEvents)
                .onMessage(AskNode.class, this::onAskNode)
                .onMessage(TakeOut.class, this::onTakeOut)
                .onMessage(ChangeGroup.class, this::onChangeGroup)
                .onMessage(AskForwards.class, this::onAskForwards)
                .onMessage(AskViewers.class, this::onAskViewers)
                .onMessage(EndViewers.class, this::onEndViewers)
                .build();
    }

    private Behavior<Command> onAskStreams(AskStreams ask) {
        List<StreamReport> page = state.streams(MAX_STREAMS).stream()
                .filter(hub -> hub.holding().key().toString().compareTo(ask.after) > 0)
                .sorted(Comparator.comparing(hub -> hub.holding().key().toString()))
                .limit(PAGE + 1)
                .map(hub -> StreamReport.of(self, hub))
                .toList();
        boolean more = page.size() > PAGE;
        ask.replyTo.tell(new Streams(more ? page.subList(0, PAGE) : page, more));
        return this;
    }

    private Behavior<Command> onAskStream(AskStream ask) {
        ask.replyTo.tell(new OneStream(state.stream(ask.key).map(hub -> StreamReport.of(self, hub))));
        return this;
    }

    private Behavior<Command> onAskEvents(AskEvents ask) {
        ask.replyTo.tell(new Events(state.events(ask.key).stream()
                .map(event -> EventReport.of(self, event))
                .toList()));
        return this;
    }

    private Behavior<Command> onTakeOut(TakeOut out) {
        Optional<Duration> within = out.withinMs < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(out.withinMs));
        out.replyTo.tell(new TakenOut(state.drain(within)));
        return this;
    }

    /** Answered from wherever the order completes: this actor ends with the membership that the node is about to leave. */
    private Behavior<Command> onChangeGroup(ChangeGroup change) {
        state.changeGroup(change.group).thenAccept(change.replyTo::tell);
        return this;
    }

    private Behavior<Command> onAskForwards(AskForwards ask) {
        ask.replyTo.tell(new Forwards(state.forwards().entrySet().stream()
                .limit(MAX_FORWARDS)
                .map(one -> new Forward(one.getKey(), one.getValue()))
                .toList()));
        return this;
    }

    private Behavior<Command> onAskViewers(AskViewers ask) {
        ask.replyTo.tell(new Viewers(state.viewers(ask.key, MAX_VIEWERS)));
        return this;
    }

    private Behavior<Command> onEndViewers(EndViewers end) {
        end.replyTo.tell(new ViewersEnded(state.endViewers(end.key, end.id)));
        return this;
    }

    private Behavior<Command> onAskNode(AskNode ask) {
        ask.replyTo.tell(state.node());
        return this;
    }
}
