package io.headwater.multijvm;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for a condition, never longer than a limit, never a fixed time. */
public final class Await {
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private Await() {}

    public static void until(String what, Duration limit, BooleanSupplier condition) {
        value(what, limit, condition::getAsBoolean, Boolean::booleanValue);
    }

    /** The first value that {@code good} accepts; the failure tells the last one seen. */
    public static <T> T value(String what, Duration limit, Supplier<T> source, Predicate<T> good) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            T value = source.get();
            if (good.test(value)) {
                return value;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + limit.toMillis() + " ms: " + what + "; last: " + value);
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
