package io.headwater.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The frames since a group's last pass in one format, as one buffer that belongs to the group's executor alone.
 *
 * <p>Copying them once for all players of the group saves each of them a list of pieces to write, and its share costs no
 * counter that another core counts on too.
 */
final class Run {
    /** Longer ones are written frame by frame: a channel should not be handed far more than it takes at once. */
    private static final int MOST_BYTES = 256 << 10;

    final WireFormat format;
    private final ByteBuf bytes;
    private final int frames;

    private Run(WireFormat format, ByteBuf bytes, int frames) {
        this.format = format;
        this.bytes = bytes;
        this.frames = frames;
    }

    /** The frames {@code from} to {@code to}, or null if a player may need something else between them, or they are too long. */
    static @Nullable Run of(Ring ring, long from, long to, WireFormat format) {
        int length = 0;
        for (long position = from; position < to; position++) {
            Slot slot = ring.get(position);
            if (slot == null || slot.restart || slot.trackChanged()) {
                return null;
            }
            length += slot.cost();
            if (length > MOST_BYTES) {
                return null;
            }
        }
        // of this allocator, since the shares of its buffers are pooled objects too: nothing is allocated for a player
        ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer(length);
        for (long position = from; position < to; position++) {
            Slot slot = ring.get(position);
            if (slot == null) {
                bytes.release();
                return null;
            }
            ByteBuf frame = slot.encoded(format);
            bytes.writeBytes(frame);
            frame.release();
        }
        return new Run(format, bytes, (int) (to - from));
    }

    /** A share of the bytes that the caller must release. */
    ByteBuf share() {
        return bytes.retainedDuplicate();
    }

    int frames() {
        return frames;
    }

    void release() {
        bytes.release();
    }
}
