package io.headwater.net;

import io.netty.channel.SelectStrategy;
import io.netty.channel.SelectStrategyFactory;
import io.netty.util.IntSupplier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Lets an event loop sleep on for a moment that would be woken more than a thousand times a second: what arrives
 * meanwhile is taken in one pass. Where hundreds of publishers send small messages, each at its own moment, most of what a
 * message costs is to wake the loop for it. A loop with less to do is woken at once, as ever.
 *
 * <p>One for each loop, used by its thread alone.
 */
final class LoopRest implements SelectStrategy {
    /** Given to each loop of a group. */
    static final SelectStrategyFactory EACH = () -> new LoopRest(System::nanoTime, LockSupport::parkNanos);

    /** What a message may wait for others. */
    static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long BUSY_PER_SECOND = 1_000;

    private final LongSupplier clockNanos;
    private final LongConsumer sleep;
    private boolean rests;
    private long windowBegan;
    /** Since then: how often the loop was woken, or would have been if it had not rested. */
    private long wakes;

    LoopRest(LongSupplier clockNanos, LongConsumer sleep) {
        this.clockNanos = clockNanos;
        this.sleep = sleep;
        this.windowBegan = clockNanos.getAsLong();
    }

    @Override
    public int calculateStrategy(IntSupplier readyNow, boolean hasTasks) throws Exception {
        if (hasTasks) {
            int ready = readyNow.get();
            wakes += rests ? Math.max(1, ready) : 0;
            return ready;
        }
        decide(clockNanos.getAsLong());
        if (!rests) {
            wakes++;
            return SELECT;
        }
        sleep.accept(REST_NANOS);
        int ready = readyNow.get();
        wakes += ready;
        return ready > 0 ? ready : SELECT;
    }

    private void decide(long nowNanos) {
        long elapsed = nowNanos - windowBegan;
        if (elapsed >= WINDOW_NANOS) {
            rests = wakes * TimeUnit.SECONDS.toNanos(1) >= BUSY_PER_SECOND * elapsed;
            windowBegan = nowNanos;
            wakes = 0;
        }
    }
}
