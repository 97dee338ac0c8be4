package io.headwater.access;

import io.headwater.media.StreamKey;
import io.headwater.stream.SharedNotes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Secrets that publishers use in the place of a stream's name, or beside it: the name is known to every player, the key is
 * not. One stream has one key; nodes know their hashes alone.
 */
public final class StreamKeys {
    private static final String PREFIX = "sk-";
    private static final int SECRET_BYTES = 21;
    private static final String GONE = "-";
    private static final String OF_HASH = "key/";
    private static final String OF_STREAM = "key-of/";

    private final SharedNotes notes;

    StreamKeys(SharedNotes notes) {
        this.notes = notes;
    }

    /** Gives the stream a new key, the old one ends; nothing if there are too many. The only time it is told. */
    public CompletionStage<Optional<String>> create(StreamKey stream) {
        String key = PREFIX + Secrets.random(SECRET_BYTES);
        String hash = Secrets.sha256(key);
        return remove(stream)
                .thenCompose(removed -> notes.put(OF_HASH + hash, stream.toString(), Verdict.NEVER))
                .thenCompose(taken -> taken
                        ? notes.put(OF_STREAM + stream, hash, Verdict.NEVER)
                        : CompletableFuture.completedFuture(false))
                .thenApply(taken -> taken ? Optional.of(key) : Optional.empty());
    }

    /** Takes the stream's key back; whoever publishes with it is ended. False if there is none. */
    public CompletionStage<Boolean> remove(StreamKey stream) {
        Optional<String> hash = notes.get(OF_STREAM + stream).filter(text -> !text.equals(GONE));
        if (hash.isEmpty()) {
            return CompletableFuture.completedFuture(false);
        }
        notes.put(OF_HASH + hash.get(), GONE, Verdict.NEVER);
        return notes.put(OF_STREAM + stream, GONE, Verdict.NEVER).thenApply(taken -> true);
    }

    public boolean has(StreamKey stream) {
        return notes.get(OF_STREAM + stream).filter(text -> !text.equals(GONE)).isPresent();
    }

    /** @param beside the key, if the publisher named the stream and brought the key beside it */
    Verdict check(StreamKey asked, Optional<String> beside) {
        String key = beside.orElse(asked.streamId());
        String name = OF_HASH + Secrets.sha256(key);
        Optional<StreamKey> stream = notes.get(name).flatMap(StreamKey::parse);
        boolean right = stream.isPresent()
                && stream.get().app().equals(asked.app())
                && (beside.isEmpty() || stream.get().equals(asked));
        return right
                ? new Verdict.Good(
                        stream.get(),
                        Verdict.NEVER,
                        Map.of(name, Optional.of(stream.get().toString())))
                : new Verdict.Bad("Invalid stream key");
    }
}
