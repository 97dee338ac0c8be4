package io.headwater.cluster.registry;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.apache.pekko.cluster.ddata.Key;

/** The name of a bucket in the replicator and on disk. Which entry is in which bucket is wire format. */
final class BucketKey extends Key<Bucket> {
    private static final long serialVersionUID = 1;

    /** So many pieces: a change of an entry moves one of them between nodes, which has to fit into one message. */
    static final int COUNT = 128;

    static final String PREFIX = "broadcasts-";

    private BucketKey(int index) {
        super(PREFIX + index);
    }

    static BucketKey of(int index) {
        return new BucketKey(index);
    }

    static int indexOf(String entry) {
        CRC32 hash = new CRC32();
        hash.update(entry.getBytes(StandardCharsets.UTF_8));
        return (int) (hash.getValue() % COUNT);
    }
}
