package io.headwater.multijvm.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Waits until the machine has time left. All nodes share it: one that was just started, and compiles, would be felt by all
 * others, as it is not where each has its own.
 */
final class Calm {
    /** So much of the processors has to be idle. */
    private static final double ENOUGH = 0.25;

    private static final Duration OVER = Duration.ofSeconds(3);
    private static final Path STAT = Path.of("/proc/stat");
    private static final int IDLE = 4;

    private record Ticks(long idle, long all) {}

    private Calm() {}

    /** Returns when a quarter of the machine was idle for three seconds, or after {@code limit}; says how much was at last. */
    static double await(Duration limit) throws InterruptedException {
        if (!Files.isReadable(STAT)) {
            return 1;
        }
        long end = System.nanoTime() + limit.toNanos();
        double idle = 0;
        while (idle < ENOUGH && System.nanoTime() < end) {
            Ticks before = ticks();
            TimeUnit.NANOSECONDS.sleep(OVER.toNanos());
            Ticks after = ticks();
            idle = (after.idle - before.idle) / (double) Math.max(1, after.all - before.all);
        }
        return idle;
    }

    private static Ticks ticks() {
        try (var lines = Files.lines(STAT)) {
            List<String> columns = List.of(lines.findFirst().orElseThrow().split(" +"));
            long all =
                    columns.stream().skip(1).limit(8).mapToLong(Long::parseLong).sum();
            return new Ticks(Long.parseLong(columns.get(IDLE)), all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
