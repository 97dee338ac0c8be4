package io.headwater.stream;

import org.jspecify.annotations.Nullable;

/** A subscriber's cursor in a stream. All methods are called on the subscription's executor only. */
public interface Subscription {
    /**
     * The next entry, or null if the subscriber has seen all there is (then {@link Subscriber#onReadable} follows).
     *
     * <p>The first entry of a subscription and the first after frames were left out are marked by {@link #restarted}.
     * A subscriber further behind than its limit in time or bytes loses whole groups
     * of pictures and goes on at the newest keyframe.
     */
    @Nullable
    Entry poll();

    /**
     * Whether the entry {@link #poll} returned last does not follow the one before it: it is the first one, frames were
     * left out, or a new epoch begins with it. Those of {@link Entry#tracks()} that the subscriber does not know yet come before it.
     */
    boolean restarted();

    /** Stands still: not woken, not counted as slow, whatever it misses. {@link #poll} gives nothing until {@link #resume}. */
    void pause();

    /** Goes on at the newest keyframe. */
    void resume();

    /** How many viewers it stands for from now on; a viewer's subscription stands for one. For packagers only. */
    default void viewers(int count) {}

    /** Ends the subscription; its subscriber hears nothing more. Idempotent. */
    void close();
}
