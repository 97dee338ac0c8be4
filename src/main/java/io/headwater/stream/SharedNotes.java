package io.headwater.stream;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Short texts under names that every node of the cluster has within a moment, each until its time is over. Bounded; what
 * two nodes write at once ends as one of the two on all nodes. Any thread.
 */
public interface SharedNotes {
    /** The text as this node knows it. */
    Optional<String> get(String name);

    /** All notes whose names start like that, as this node knows them. */
    Map<String, String> startingWith(String prefix);

    /**
     * Writes a note in the place of another one of that name. This node has it at once.
     *
     * @param untilMs when it is forgotten, in milliseconds of the epoch
     * @return completes when all nodes that can be reached have it, or after a moment; false if there is no place for it
     */
    CompletionStage<Boolean> put(String name, String text, long untilMs);

    /** Calls {@code changed} with the name of every note that is written, here or elsewhere. */
    void watch(Consumer<String> changed);
}
