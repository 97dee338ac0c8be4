package io.headwater.cluster.registry;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.ddata.typed.javadsl.DistributedData;
import org.apache.pekko.cluster.ddata.typed.javadsl.Replicator;

/** Passes every change that arrives at this node's replicator on to the registry. */
final class RegistryWatch extends AbstractBehavior<RegistryWatch.Command> {
    sealed interface Command {}

    private record Told(int index, Replicator.SubscribeResponse<Bucket> what) implements Command {}

    private final Registry registry;

    private RegistryWatch(ActorContext<Command> context, Registry registry) {
        super(context);
        this.registry = registry;
        var replicator = DistributedData.get(context.getSystem()).replicator();
        for (int i = 0; i < BucketKey.COUNT; i++) {
            BucketKey key = BucketKey.of(i);
            replicator.tell(new Replicator.Subscribe<>(key, subscriber(context, i)));
        }
    }

    /** Each bucket has a subscriber of its own, since adapters are kept by class and the last one would win. */
    private static org.apache.pekko.actor.typed.ActorRef<Replicator.SubscribeResponse<Bucket>> subscriber(
            ActorContext<Command> context, int index) {
        return context.spawn(
                Behaviors.receiveMessage((Replicator.SubscribeResponse<Bucket> what) -> {
                    context.getSelf().tell(new Told(index, what));
                    return Behaviors.same();
                }),
                "bucket-" + index);
    }

    static Behavior<Command> create(Registry registry) {
        return Behaviors.setup(context -> new RegistryWatch(context, registry));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder().onMessage(Told.class, this::onTold).build();
    }

    private Behavior<Command> onTold(Told told) {
        if (told.what instanceof Replicator.Changed<Bucket> changed) {
            registry.seen(told.index, changed.get(BucketKey.of(told.index)));
        }
        return this;
    }
}
