package io.headwater.net;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class DirectMemoryTest {
    private static final int SIZE = 32 << 20;

    /** Buffers that others forgot may be given back meanwhile. */
    private static final int TRIES = 20;

    @Test
    void whatNettyTakesIsCountedOnce() {
        long taken = 0;
        for (int i = 0; i < TRIES && (taken < SIZE || taken >= SIZE + SIZE / 2); i++) {
            long before = DirectMemory.used();
            ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(SIZE, SIZE);
            try {
                taken = DirectMemory.used() - before;
            } finally {
                buffer.release();
            }
        }
        assertTrue(taken >= SIZE && taken < SIZE + SIZE / 2, taken + " bytes for " + SIZE);
    }

    @Test
    void whatTheJvmTakesIsCountedToo() {
        long taken = 0;
        for (int i = 0; i < TRIES && taken < SIZE; i++) {
            long before = DirectMemory.used();
            ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);
            taken = DirectMemory.used() - before + buffer.position();
        }
        assertTrue(taken >= SIZE, taken + " bytes for " + SIZE);
    }
}
