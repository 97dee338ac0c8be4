package io.headwater.observe;

import io.headwater.net.DirectMemory;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.lang.management.OperatingSystemMXBean;
import java.util.concurrent.TimeUnit;

/** What the machine is used for, as far as the JVM can tell. Any thread. */
public final class Machine {
    private static final long MIB = 1 << 20;
    /** The system's figure is the mean since it was asked last: asked more often than this it is noise. */
    private static final long SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private int cpuPercent = -1;
    private long sampledNanos;

    public Machine() {
        sample();
        cpuPercent = -1;
    }

    /** Of all cores, by everything on the machine, 0 to 100, over at least the last second; -1 if unknown. */
    public synchronized int cpuPercent() {
        if (System.nanoTime() - sampledNanos >= SAMPLE_NANOS) {
            sample();
        }
        return cpuPercent;
    }

    private void sample() {
        sampledNanos = System.nanoTime();
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        if (system instanceof com.sun.management.OperatingSystemMXBean hotspot) {
            double load = hotspot.getCpuLoad();
            cpuPercent = load >= 0 ? (int) Math.round(load * 100) : -1;
        }
    }

    /**
     * Of the memory that may be used: of the heap what was left after the last collections, or of direct memory what is
     * taken; the higher of the two. 0 to 100.
     */
    public int memoryPercent() {
        long left = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
                .mapToLong(pool -> pool.getCollectionUsage().getUsed())
                .sum();
        long most = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getMax();
        // the JVM allows as much direct memory as heap
        return most <= 0 ? -1 : (int) (100 * Math.max(left, DirectMemory.used()) / most);
    }

    /** Heap that is in use. */
    public long usedMemoryMb() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MIB;
    }

    /** Heap that may be used. */
    public long maxMemoryMb() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getMax() / MIB;
    }
}
