package io.headwater.api;

import io.headwater.media.StreamKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The broadcasts that were created, the same on every node.
 *
 * <p>Reading never fails: a node that is in no cluster at the moment answers what it knew last. A change fails with a
 * {@link CallRefused}.
 */
public interface BroadcastStore {
    CompletionStage<Optional<Registered>> find(StreamKey key);

    /** All of all applications, in order of their keys. */
    CompletionStage<List<Registered>> all();

    /** Makes of the broadcast the next one; nothing stands for "there is none". @return the next one */
    CompletionStage<Optional<Registered>> change(StreamKey key, Edit edit);

    /** Puts many at once, those that are there too if {@code overwrite}. @return how many were put */
    CompletionStage<Integer> putAll(Map<StreamKey, Registered> broadcasts, boolean overwrite);

    /** What becomes of a broadcast. Must be quick and have no effect, since it may be asked more than once. */
    interface Edit {
        Optional<Registered> edit(Optional<Registered> before) throws CallRefused;
    }
}
