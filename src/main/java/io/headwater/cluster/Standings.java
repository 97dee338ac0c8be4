package io.headwater.cluster;

import io.headwater.media.StreamKey;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * How this node stands to every stream. Streams it let go of are remembered for a while, the oldest forgotten first; those
 * it wants are never forgotten. Guarded by its {@link Desk}.
 */
final class Standings {
    static final int MOST_REMEMBERED = 10_000;
    /** How many are looked at for one to forget, so that a put costs little where most are wanted. */
    private static final int LOOKED_AT = 8;

    private final LinkedHashMap<StreamKey, Standing> byKey = new LinkedHashMap<>();

    Standing of(StreamKey key) {
        return byKey.getOrDefault(key, Standing.NONE);
    }

    boolean remembers(StreamKey key) {
        return byKey.containsKey(key);
    }

    void put(StreamKey key, Standing standing) {
        byKey.remove(key);
        byKey.put(key, standing);
        Iterator<Standing> oldest = byKey.values().iterator();
        for (int i = 0; byKey.size() > MOST_REMEMBERED && i < LOOKED_AT && oldest.hasNext(); i++) {
            if (!oldest.next().wants()) {
                oldest.remove();
            }
        }
    }

    /** The node is in another group now. */
    void elsewhere() {
        byKey.replaceAll((key, standing) -> standing.elsewhere());
    }

    void forEach(BiConsumer<StreamKey, Standing> each) {
        byKey.forEach(each);
    }

    Map<StreamKey, Standing> copy() {
        return new HashMap<>(byKey);
    }
}
