package io.headwater.net;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class DirectMemoryTest {
    private static final int SIZE = 32 << 20;

    @Test
    void whatNettyTakesIsCountedOnce() {
        long before = DirectMemory.used();
        ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(SIZE, SIZE);
        try {
            long taken = DirectMemory.used() - before;
            assertTrue(taken >= SIZE && taken < SIZE + SIZE / 2, taken + " bytes for " + SIZE);
        } finally {
            buffer.release();
        }
    }

    @Test
    void whatTheJvmTakesIsCountedToo() {
        long before = DirectMemory.used();
        ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);
        long taken = DirectMemory.used() - before;
        assertTrue(taken >= buffer.capacity(), taken + " bytes for " + SIZE);
    }
}
