package io.headwater.cluster.registry;

import com.typesafe.config.Config;
import java.io.IOException;
import java.io.NotSerializableException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.cluster.ddata.DurableStore;
import org.apache.pekko.cluster.ddata.DurableStore.DurableDataEnvelope;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Keeps distributed data in files, one per key. Stands in for Pekko's store on LMDB, which needs native code that does not
 * exist for every system and unpacks itself into a folder from which programs may often not be run.
 *
 * <p>Made by Pekko with {@code pekko.cluster.distributed-data.durable}; {@code headwater.folder} there is where.
 */
public final class FileDurableStore extends AbstractActor {
    static final String FOLDER = "headwater.folder";

    private static final Logger LOG = LoggerFactory.getLogger(FileDurableStore.class);

    private final BucketFiles files;
    private final SerializerWithStringManifest serializer;
    private boolean failing;

    public FileDurableStore(Config durable) throws NotSerializableException {
        this.files = new BucketFiles(Path.of(durable.getString(FOLDER)));
        Serialization serialization = SerializationExtension.get(getContext().getSystem());
        this.serializer = (SerializerWithStringManifest) serialization.serializerFor(DurableDataEnvelope.class);
    }

    @Override
    public Receive createReceive() {
        return receiveBuilder()
                .match(DurableStore.LoadAll$.class, load -> load())
                .match(DurableStore.Store.class, this::store)
                .build();
    }

    private void load() {
        Map<String, DurableDataEnvelope> loaded = new HashMap<>();
        try {
            files.readAll().forEach((name, content) -> {
                try {
                    loaded.put(name, (DurableDataEnvelope) serializer.fromBinary(content.bytes(), content.manifest()));
                } catch (NotSerializableException | RuntimeException unreadable) {
                    files.putAside(name, "it cannot be understood: " + unreadable.getMessage());
                }
            });
        } catch (IOException unreadable) {
            LOG.warn("the kept broadcasts cannot be read, they are taken from other nodes: {}", unreadable.toString());
        }
        if (!loaded.isEmpty()) {
            getSender()
                    .tell(
                            new DurableStore.LoadData(
                                    scala.collection.immutable.Map.from(CollectionConverters.asScala(loaded))),
                            getSelf());
        }
        getSender().tell(DurableStore.LoadAllCompleted$.MODULE$, getSelf());
    }

    private void store(DurableStore.Store store) {
        boolean done = write(store);
        if (store.reply().isDefined()) {
            DurableStore.StoreReply reply = store.reply().get();
            // who waits for all nodes counts an answer by the address of its sender
            reply.replyTo().tell(done ? reply.successMsg() : reply.failureMsg(), getSelf());
        }
    }

    private boolean write(DurableStore.Store store) {
        try {
            DurableDataEnvelope data = store.data();
            files.write(store.key(), new BucketFiles.Content(serializer.manifest(data), serializer.toBinary(data)));
            failing = false;
            return true;
        } catch (IOException failed) {
            if (!failing) {
                LOG.error("broadcasts cannot be kept on disk, changes are refused: {}", failed.toString());
            }
            failing = true;
            return false;
        }
    }
}
