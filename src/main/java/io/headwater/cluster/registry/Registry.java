package io.headwater.cluster.registry;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.topology.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.ddata.typed.javadsl.DistributedData;
import org.apache.pekko.cluster.ddata.typed.javadsl.Replicator;
import org.jspecify.annotations.Nullable;

/**
 * Texts under streams' keys that the whole cluster remembers, also when all its nodes were off.
 *
 * <p>Every node has all of them, in memory and on its disk. It outlives the control plane: while that starts again, what
 * was known last can be read, and changes are refused. Any thread.
 */
public final class Registry {
    /** What one text may take. */
    public static final int LONGEST_TEXT = 16 << 10;

    /** A message between nodes has at most 256 KiB. */
    private static final int FULL_BUCKET = 200 << 10;

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);

    private final NodeId node;
    private final RegistrySettings settings;
    private final Duration spreadWithin;
    private final Counters counters;
    private final LongSupplier clock;
    private final AtomicReferenceArray<Bucket> copy = new AtomicReferenceArray<>(BucketKey.COUNT);
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private volatile @Nullable ActorSystem<?> system;

    /** @param spreadWithin how long a change waits for all nodes to have it; it comes to the others later */
    public Registry(
            NodeId node, RegistrySettings settings, Duration spreadWithin, Counters counters, LongSupplier clock) {
        this.node = node;
        this.settings = settings;
        this.spreadWithin = spreadWithin;
        this.counters = counters;
        this.clock = clock;
        for (int i = 0; i < BucketKey.COUNT; i++) {
            copy.set(i, Bucket.EMPTY);
        }
    }

    /** Makes of a text the next one; nothing stands for "not there". Must be quick and have no effect. */
    public interface Edit {
        Optional<String> edit(Optional<String> before) throws Refusal;
    }

    /** A change that is not made, for a reason the caller is told. */
    public static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final Kind kind;

        /** Whose fault it is. */
        public enum Kind {
            /** Whoever asked for it. */
            CALLER,
            /** There is no place. */
            FULL,
            /** The cluster cannot take it now. */
            UNAVAILABLE
        }

        public Refusal(Kind kind, String reason) {
            this(kind, reason, null);
        }

        public Refusal(Kind kind, String reason, @Nullable Throwable cause) {
            super(reason, cause, false, false);
            this.kind = kind;
        }

        public Kind kind() {
            return kind;
        }
    }

    /** Carries a refusal out of the replicator, which knows no checked exceptions. */
    private static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient @Nullable Refusal refusal;

        Stop(@Nullable Refusal refusal) {
            super(refusal == null ? "unchanged" : refusal.getMessage(), null, false, false);
            this.refusal = refusal;
        }
    }

    /** What a change has changed. */
    public record Change(Optional<String> before, Optional<String> after) {}

    /** Uses the replicator of a new life of the control plane, and keeps what it has. */
    public void attach(ActorSystem<?> life) {
        system = life;
        life.systemActorOf(RegistryWatch.create(this), "registry", org.apache.pekko.actor.typed.Props.empty());
    }

    public void detach() {
        system = null;
    }

    /** Calls {@code watcher} whenever something may have changed. */
    public void watch(Runnable watcher) {
        watchers.add(watcher);
    }

    /** The text as it was known last, without asking. */
    public Optional<String> last(StreamKey key) {
        String name = key.toString();
        return copy.get(BucketKey.indexOf(name)).value(name);
    }

    /** All texts as they were known last, by their streams' keys in order. */
    public Map<StreamKey, String> last() {
        Map<StreamKey, String> all = new TreeMap<>(java.util.Comparator.comparing(StreamKey::toString));
        for (int i = 0; i < BucketKey.COUNT; i++) {
            for (Bucket.Entry entry : copy.get(i).entries()) {
                StreamKey.parse(entry.key()).ifPresent(key -> entry.value().ifPresent(text -> all.put(key, text)));
            }
        }
        return all;
    }

    /** How many there are. */
    public int size() {
        int live = 0;
        for (int i = 0; i < BucketKey.COUNT; i++) {
            live += copy.get(i).live();
        }
        return live;
    }

    /** The newest this node has. Never fails. */
    public CompletionStage<Optional<String>> find(StreamKey key) {
        return refresh(BucketKey.indexOf(key.toString())).thenApply(done -> last(key));
    }

    /** The newest this node has of all. Never fails. */
    public CompletionStage<Map<StreamKey, String>> all() {
        List<CompletableFuture<?>> asked = new ArrayList<>();
        for (int i = 0; i < BucketKey.COUNT; i++) {
            asked.add(refresh(i).toCompletableFuture());
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> last());
    }

    private CompletionStage<?> refresh(int index) {
        ActorSystem<?> life = system;
        if (life == null) {
            return CompletableFuture.completedFuture(false);
        }
        return AskPattern.<Replicator.Command, Replicator.GetResponse<Bucket>>ask(
                        replicator(life),
                        replyTo -> new Replicator.Get<>(BucketKey.of(index), Replicator.readLocal(), replyTo),
                        ANSWER_WITHIN,
                        life.scheduler())
                .handle((answer, failed) -> {
                    if (answer instanceof Replicator.GetSuccess<Bucket> found) {
                        seen(index, found.get(BucketKey.of(index)));
                    }
                    return true;
                });
    }

    /**
     * Changes one text. Done when all nodes that can be reached have it on their disks, or after a moment: then the others
     * get it later.
     *
     * @return fails with a {@link Refusal}
     */
    public CompletionStage<Change> change(StreamKey key, Edit edit) {
        return changeBucket(BucketKey.indexOf(key.toString()), Map.of(key, edit))
                .thenApply(changes -> changes.get(0));
    }

    /**
     * Changes many texts, those of one bucket at once. If it fails some may be changed.
     *
     * @return how many were changed; fails with the first {@link Refusal}
     */
    public CompletionStage<Integer> changeAll(Map<StreamKey, Edit> edits) {
        Map<Integer, Map<StreamKey, Edit>> byBucket = new TreeMap<>();
        edits.forEach((key, edit) -> byBucket.computeIfAbsent(
                        BucketKey.indexOf(key.toString()), index -> new java.util.LinkedHashMap<>())
                .put(key, edit));
        CompletionStage<Integer> sum = CompletableFuture.completedFuture(0);
        for (Map.Entry<Integer, Map<StreamKey, Edit>> bucket : byBucket.entrySet()) {
            sum = sum.thenCompose(before -> changeBucket(bucket.getKey(), bucket.getValue())
                    .thenApply(changes -> before
                            + (int) changes.stream()
                                    .filter(change -> !change.after().equals(change.before()))
                                    .count()));
        }
        return sum;
    }

    private CompletionStage<List<Change>> changeBucket(int index, Map<StreamKey, Edit> edits) {
        ActorSystem<?> life = system;
        if (life == null) {
            return refused(Refusal.Kind.UNAVAILABLE, "this node is in no cluster at the moment, try again");
        }
        AtomicReference<List<Change>> made = new AtomicReference<>(List.of());
        return AskPattern.<Replicator.Command, Replicator.UpdateResponse<Bucket>>ask(
                        replicator(life),
                        replyTo -> new Replicator.Update<>(
                                BucketKey.of(index),
                                Bucket.EMPTY,
                                new Replicator.WriteAll(spreadWithin),
                                replyTo,
                                bucket -> changed(bucket, edits, made)),
                        spreadWithin.plus(ANSWER_WITHIN),
                        life.scheduler())
                .handle(Answered::new)
                .thenCompose(answered -> outcome(answered, index, made));
    }

    private record Answered(
            Replicator.@Nullable UpdateResponse<Bucket> answer,
            @Nullable Throwable failed) {}

    private CompletionStage<List<Change>> outcome(Answered answered, int index, AtomicReference<List<Change>> made) {
        if (answered.answer instanceof Replicator.ModifyFailure<Bucket> stopped) {
            if (stopped.cause() instanceof Stop stop) {
                return stop.refusal == null
                        ? CompletableFuture.completedFuture(made.get())
                        : CompletableFuture.failedFuture(stop.refusal);
            }
            return CompletableFuture.failedFuture(stopped.cause());
        }
        if (answered.answer instanceof Replicator.StoreFailure<Bucket>) {
            return refused(Refusal.Kind.UNAVAILABLE, "this node cannot write to its disk; its log says more");
        }
        if (answered.answer == null) {
            return refused(Refusal.Kind.UNAVAILABLE, "this node's part of the cluster does not answer, try again");
        }
        // an update that has not reached all nodes in time is made, and spreads by itself
        return refresh(index).thenApply(done -> made.get());
    }

    private Bucket changed(Bucket bucket, Map<StreamKey, Edit> edits, AtomicReference<List<Change>> made) {
        List<Change> changes = new ArrayList<>();
        Bucket next = bucket;
        try {
            for (Map.Entry<StreamKey, Edit> edit : edits.entrySet()) {
                String name = edit.getKey().toString();
                Optional<String> before = next.value(name);
                Optional<String> after = edit.getValue().edit(before);
                changes.add(new Change(before, after));
                if (!after.equals(before)) {
                    next = with(next, name, before, after);
                }
            }
        } catch (Refusal refusal) {
            throw new Stop(refusal);
        }
        made.set(changes);
        if (next.equals(bucket)) {
            throw new Stop(null);
        }
        return next;
    }

    private Bucket with(Bucket bucket, String name, Optional<String> before, Optional<String> after) throws Refusal {
        if (before.isEmpty() && size() >= settings.most()) {
            counters.increment(Metric.BROADCASTS_REFUSED);
            throw new Refusal(
                    Refusal.Kind.FULL,
                    "there are " + settings.most() + " broadcasts already (headwater.cluster.max-broadcasts)");
        }
        long now = clock.getAsLong();
        Bucket next = bucket.with(name, after, node.name(), now)
                .forget(now - settings.keepDeleted().toMillis(), FULL_BUCKET, now);
        boolean tooLong = after.isPresent() && after.get().length() > LONGEST_TEXT;
        if (tooLong || (next.bytes() > FULL_BUCKET && next.bytes() > bucket.bytes() && after.isPresent())) {
            counters.increment(Metric.BROADCASTS_REFUSED);
            throw new Refusal(
                    Refusal.Kind.FULL,
                    tooLong
                            ? "the broadcast takes " + after.get().length() + " characters, expected at most "
                                    + LONGEST_TEXT
                            : "there is no place left for broadcasts beside this one: they take too many bytes");
        }
        return next;
    }

    private static <T> CompletionStage<T> refused(Refusal.Kind cause, String reason) {
        return CompletableFuture.failedFuture(new Refusal(cause, reason));
    }

    private static ActorRef<Replicator.Command> replicator(ActorSystem<?> life) {
        return DistributedData.get(life).replicator();
    }

    /** A bucket as the replicator has it. Answers may overtake each other, so it is merged and never replaced. */
    void seen(int index, Bucket bucket) {
        Bucket before;
        Bucket after;
        do {
            before = copy.get(index);
            after = before.merge(bucket);
        } while (!copy.compareAndSet(index, before, after));
        if (!after.equals(before)) {
            watchers.forEach(Runnable::run);
        }
    }
}
