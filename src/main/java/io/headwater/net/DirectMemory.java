package io.headwater.net;

import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/** Memory outside the heap that this process' buffers take: the JVM's own and Netty's. */
public final class DirectMemory {
    private DirectMemory() {}

    /** Bytes taken, whether they are in use now or kept for the next buffer. Any thread. */
    public static long used() {
        long used = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        // Netty either takes its memory past the JVM's pool and counts it itself, or it is in the pool's figure
        return used
                + (PlatformDependent.useDirectBufferNoCleaner()
                        ? Math.max(0, PlatformDependent.usedDirectMemory())
                        : 0);
    }
}
