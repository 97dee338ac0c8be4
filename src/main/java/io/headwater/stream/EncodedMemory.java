package io.headwater.stream;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts the encoded buffers that rings hold: one for each ring, and one for the node that they all add to. */
final class EncodedMemory {
    private final AtomicLong buffers = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final @Nullable EncodedMemory parent;

    EncodedMemory(@Nullable EncodedMemory parent) {
        this.parent = parent;
    }

    void added(int length) {
        add(1, length);
    }

    void freed(int length) {
        add(-1, -length);
    }

    long buffers() {
        return buffers.get();
    }

    long bytes() {
        return bytes.get();
    }

    private void add(int count, int length) {
        buffers.addAndGet(count);
        bytes.addAndGet(length);
        if (parent != null) {
            parent.add(count, length);
        }
    }
}
