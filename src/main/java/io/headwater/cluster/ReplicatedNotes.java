package io.headwater.cluster;

import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.SharedNotes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.zip.CRC32;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ddata.Key;
import org.apache.pekko.cluster.ddata.LWWMap;
import org.apache.pekko.cluster.ddata.LWWMapKey;
import org.apache.pekko.cluster.ddata.LWWRegister;
import org.apache.pekko.cluster.ddata.typed.javadsl.DistributedData;
import org.apache.pekko.cluster.ddata.typed.javadsl.Replicator;
import org.jspecify.annotations.Nullable;

/**
 * Notes in Pekko's distributed data, spread over {@link #BUCKETS} maps; the nodes that can be reached are told of each at
 * once besides. What this node knows outlives the control plane: it is offered to the cluster again when that is back,
 * where a newer version of a note wins.
 */
final class ReplicatedNotes implements SharedNotes {
    /** A change moves one map between nodes, which has to fit into one message. */
    private static final int BUCKETS = 32;

    private static final int LONGEST = 512;
    /** A node that died and is not missed yet costs whoever writes this long. */
    private static final Duration SPREAD_WITHIN = Duration.ofMillis(400);

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);

    private static final LWWRegister.Clock<String> VERSIONS =
            (current, value) -> Note.of(value).version();

    private final String name;
    private final int most;
    private final Counters counters;
    private final LongSupplier clock;
    private final NoteCalls calls;
    private final ConcurrentMap<String, Note> known = new ConcurrentHashMap<>();
    private final List<Consumer<String>> watchers = new CopyOnWriteArrayList<>();
    private volatile @Nullable ActorSystem<?> system;

    /** @param name of these notes in the cluster; wire format */
    ReplicatedNotes(String name, int most, Counters counters, LongSupplier clock) {
        this.name = name;
        this.most = most;
        this.counters = counters;
        this.clock = clock;
        this.calls = new NoteCalls(name, counters);
    }

    /** One note; its text in the map is wire format. */
    private record Note(long version, long untilMs, String text) {
        static Note of(String written) {
            String[] parts = written.split(" ", 3);
            return new Note(Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts[2]);
        }

        boolean isAfter(@Nullable Note other) {
            return other == null
                    || version > other.version
                    || (version == other.version && text.compareTo(other.text) > 0);
        }

        @Override
        public String toString() {
            return version + " " + untilMs + " " + text;
        }
    }

    /** Uses the replicator of a new life of the control plane. */
    void attach(ActorSystem<?> life) {
        system = life;
        life.systemActorOf(watch(), "notes-" + name, Props.empty());
        calls.listen(life, (note, text) -> heard(note, Note.of(text)));
        Map<Integer, Map<String, Note>> buckets = new TreeMap<>();
        known.forEach((note, value) -> buckets.computeIfAbsent(bucketOf(note), added -> new TreeMap<>())
                .put(note, value));
        buckets.forEach((bucket, notes) -> keep(life, bucket, notes));
    }

    void detach() {
        system = null;
    }

    @Override
    public Optional<String> get(String note) {
        return Optional.ofNullable(known.get(note))
                .filter(value -> clock.getAsLong() < value.untilMs)
                .map(Note::text);
    }

    @Override
    public Map<String, String> startingWith(String prefix) {
        Map<String, String> found = new TreeMap<>();
        long now = clock.getAsLong();
        known.forEach((note, value) -> {
            if (note.startsWith(prefix) && now < value.untilMs) {
                found.put(note, value.text);
            }
        });
        return found;
    }

    @Override
    public CompletionStage<Boolean> put(String note, String text, long untilMs) {
        long now = clock.getAsLong();
        if (known.size() >= most) {
            forgetOld(now);
        }
        boolean full = known.size() >= most && !known.containsKey(note);
        if (full || note.length() + text.length() > LONGEST) {
            counters.increment(Metric.CLUSTER_NOTES_REFUSED);
            return CompletableFuture.completedFuture(false);
        }
        Note written = known.compute(
                note, (key, old) -> new Note(old == null ? now : Math.max(now, old.version + 1), untilMs, text));
        watchers.forEach(watcher -> watcher.accept(note));
        ActorSystem<?> life = system;
        if (life == null) {
            return CompletableFuture.completedFuture(true);
        }
        CompletionStage<Void> told = calls.tell(life, note, written.toString(), SPREAD_WITHIN);
        return keep(life, bucketOf(note), Map.of(note, written)).thenCombine(told, (kept, all) -> true);
    }

    @Override
    public void watch(Consumer<String> changed) {
        watchers.add(changed);
    }

    private void forgetOld(long now) {
        known.values().removeIf(value -> value.untilMs <= now);
    }

    /**
     * Gives notes to the distributed data of all nodes; that of nodes known to be away is not waited for, it catches up.
     *
     * @return never fails
     */
    private CompletionStage<Boolean> keep(ActorSystem<?> life, int bucket, Map<String, Note> written) {
        Key<LWWMap<String, String>> key = key(bucket);
        DistributedData data = DistributedData.get(life);
        long now = clock.getAsLong();
        return AskPattern.<Replicator.Command, Replicator.UpdateResponse<LWWMap<String, String>>>ask(
                        data.replicator(),
                        replyTo -> new Replicator.Update<>(
                                key,
                                LWWMap.create(),
                                NoteCalls.someAreGone(life)
                                        ? Replicator.writeLocal()
                                        : new Replicator.WriteAll(SPREAD_WITHIN),
                                replyTo,
                                map -> with(withoutOld(map, now, data), written, data)),
                        ANSWER_WITHIN,
                        life.scheduler())
                .handle((answer, failed) -> true);
    }

    private static LWWMap<String, String> with(
            LWWMap<String, String> map, Map<String, Note> written, DistributedData data) {
        LWWMap<String, String> changed = map;
        for (Map.Entry<String, Note> one : written.entrySet()) {
            String text = newer(map, one.getKey(), one.getValue());
            changed = changed.put(data.selfUniqueAddress(), one.getKey(), text, VERSIONS);
        }
        return changed;
    }

    /** The map's clock alone does not keep an older value out: it orders what two nodes wrote, not what one writes anew. */
    private static String newer(LWWMap<String, String> map, String note, Note value) {
        scala.Option<String> there = map.get(note);
        return there.isDefined() && !value.isAfter(Note.of(there.get())) ? there.get() : value.toString();
    }

    private static LWWMap<String, String> withoutOld(LWWMap<String, String> map, long now, DistributedData data) {
        LWWMap<String, String> left = map;
        for (Map.Entry<String, String> entry : map.getEntries().entrySet()) {
            if (Note.of(entry.getValue()).untilMs <= now) {
                left = left.remove(data.selfUniqueAddress(), entry.getKey());
            }
        }
        return left;
    }

    private Behavior<Replicator.SubscribeResponse<LWWMap<String, String>>> watch() {
        return Behaviors.setup(context -> {
            var replicator = DistributedData.get(context.getSystem()).replicator();
            for (int i = 0; i < BUCKETS; i++) {
                replicator.tell(new Replicator.Subscribe<>(key(i), context.getSelf()));
            }
            return Behaviors.receiveMessage(told -> {
                if (told instanceof Replicator.Changed<LWWMap<String, String>> changed) {
                    changed.get(changed.key()).getEntries().forEach((note, text) -> heard(note, Note.of(text)));
                }
                return Behaviors.same();
            });
        });
    }

    private void heard(String note, Note value) {
        if (value.untilMs <= clock.getAsLong()) {
            return;
        }
        boolean[] changed = new boolean[1];
        known.compute(note, (key, old) -> {
            changed[0] = value.isAfter(old);
            return changed[0] ? value : old;
        });
        if (changed[0]) {
            watchers.forEach(watcher -> watcher.accept(note));
        }
    }

    private Key<LWWMap<String, String>> key(int bucket) {
        return LWWMapKey.create(name + "-" + bucket);
    }

    private static int bucketOf(String note) {
        CRC32 hash = new CRC32();
        hash.update(note.getBytes(StandardCharsets.UTF_8));
        return (int) (hash.getValue() % BUCKETS);
    }
}
