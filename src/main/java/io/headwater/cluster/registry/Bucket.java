package io.headwater.cluster.registry;

import io.headwater.cluster.ClusterMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.pekko.cluster.ddata.ReplicatedData;

/**
 * A share of the registry, and how two copies of it become one.
 *
 * <p>Of two versions of an entry the higher wins, then the one of the node with the higher name. A version is the wall
 * clock of the node that wrote it, but always above what that node knew of the entry: whoever saw a change and writes
 * after it wins, whatever the clocks say; of two that did not know of each other the later wins.
 *
 * <p>A deleted entry stays as an entry without a value, so that a copy which missed the deletion does not bring it back.
 * When those get old they are left out and {@code horizon} rises above them: what a copy with a lower horizon has below
 * the higher one, and the other has not, was deleted.
 *
 * @param horizon deletions below it are forgotten
 * @param entries in order of their keys
 */
record Bucket(long horizon, List<Entry> entries) implements ReplicatedData, ClusterMessage {
    static final Bucket EMPTY = new Bucket(0, List.of());

    /** Deletions younger than this are never forgotten: a change of that age may still be on its way. */
    private static final long ON_ITS_WAY_MS = 10 * 60_000;

    private static final int ENTRY_OVERHEAD = 48;

    Bucket {
        entries = List.copyOf(entries);
    }

    /**
     * @param by the node that wrote it
     * @param value nothing if it was deleted
     */
    record Entry(String key, long version, String by, Optional<String> value) implements ClusterMessage {
        private static final Comparator<Entry> AGE = Comparator.comparingLong(Entry::version)
                .thenComparing(Entry::by)
                .thenComparing(entry -> entry.value.orElse(""))
                .thenComparing(entry -> entry.value.isPresent());

        static Entry newer(Entry one, Entry other) {
            return AGE.compare(one, other) >= 0 ? one : other;
        }

        boolean isDeleted() {
            return value.isEmpty();
        }

        int bytes() {
            return ENTRY_OVERHEAD
                    + key.length()
                    + by.length()
                    + value.map(text -> text.getBytes(StandardCharsets.UTF_8).length)
                            .orElse(0);
        }
    }

    @Override
    public Bucket merge(ReplicatedData data) {
        Bucket that = (Bucket) data;
        if (equals(that)) {
            return this;
        }
        long top = Math.max(horizon, that.horizon);
        Map<String, Entry> merged = new TreeMap<>();
        addTo(merged, top);
        that.addTo(merged, top);
        return new Bucket(top, List.copyOf(merged.values()));
    }

    private void addTo(Map<String, Entry> merged, long top) {
        for (Entry entry : entries) {
            boolean young = entry.version >= top;
            if (young || (horizon == top && !entry.isDeleted())) {
                merged.merge(entry.key, entry, Entry::newer);
            }
        }
    }

    Optional<Entry> entry(String key) {
        return entries.stream().filter(entry -> entry.key.equals(key)).findFirst();
    }

    Optional<String> value(String key) {
        return entry(key).flatMap(Entry::value);
    }

    int live() {
        return (int) entries.stream().filter(entry -> !entry.isDeleted()).count();
    }

    int bytes() {
        return entries.stream().mapToInt(Entry::bytes).sum();
    }

    /** This bucket with another value at that key, or without it. */
    Bucket with(String key, Optional<String> value, String by, long nowMs) {
        long known = Math.max(horizon, entry(key).map(Entry::version).orElse(0L));
        List<Entry> changed = new ArrayList<>(entries);
        changed.removeIf(entry -> entry.key.equals(key));
        changed.add(new Entry(key, Math.max(nowMs, known + 1), by, value));
        changed.sort(Comparator.comparing(Entry::key));
        return new Bucket(horizon, changed);
    }

    /** Forgets deletions from before {@code old}, and younger ones, the oldest first, until no more than that many bytes are left. */
    Bucket forget(long old, int mostBytes, long nowMs) {
        long limit = nowMs - ON_ITS_WAY_MS;
        int bytes = bytes();
        long newHorizon = horizon;
        List<Entry> deleted = entries.stream()
                .filter(Entry::isDeleted)
                .sorted(Comparator.comparingLong(Entry::version))
                .toList();
        for (Entry entry : deleted) {
            if (entry.version < limit && (entry.version < old || bytes > mostBytes)) {
                bytes -= entry.bytes();
                newHorizon = Math.max(newHorizon, entry.version + 1);
            }
        }
        if (newHorizon == horizon) {
            return this;
        }
        long top = newHorizon;
        return new Bucket(
                top,
                entries.stream()
                        .filter(entry -> !entry.isDeleted() || entry.version >= top)
                        .toList());
    }
}
