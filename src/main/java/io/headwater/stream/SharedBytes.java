package io.headwater.stream;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One frame's bytes in one format, shared by all event loops until the frame leaves the ring.
 *
 * <p>Netty pools its buffer objects, so a reader that retains a buffer after the ring released it may hit the next
 * owner's. Readers therefore pin this object, which is never pooled, while they take their share.
 */
final class SharedBytes {
    /** Added to {@link #pins} once the ring has let go: no new shares, the last pin frees. */
    private static final int RETIRED = Integer.MIN_VALUE;

    /** The buffer is released; far enough from both ends that stray pins change nothing. */
    private static final int FREED = Integer.MIN_VALUE / 2;

    final WireFormat format;
    final @Nullable SharedBytes next;
    private final ByteBuf buffer;
    private final int length;
    private final EncodedMemory memory;
    private final AtomicInteger pins = new AtomicInteger();

    /** @param buffer owned by this object from now on */
    SharedBytes(WireFormat format, ByteBuf buffer, EncodedMemory memory, @Nullable SharedBytes next) {
        this.format = format;
        this.buffer = buffer;
        this.length = buffer.readableBytes();
        this.memory = memory;
        this.next = next;
        memory.added(length);
    }

    /** A share the caller must release, or null if the ring let go already. */
    @Nullable
    ByteBuf share() {
        boolean retired = pins.getAndIncrement() < 0;
        try {
            return retired ? null : buffer.retainedDuplicate();
        } finally {
            if (pins.decrementAndGet() == RETIRED) {
                free();
            }
        }
    }

    /** The ring lets go: nothing is shared any more, and the memory is free once all shares are. */
    void retire() {
        if (pins.addAndGet(RETIRED) == RETIRED) {
            free();
        }
    }

    private void free() {
        if (pins.compareAndSet(RETIRED, FREED)) {
            memory.freed(length);
            buffer.release();
        }
    }
}
