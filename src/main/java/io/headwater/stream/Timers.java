package io.headwater.stream;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The clock and the alarm of all hubs of a node. Tests have one of their own. */
interface Timers {
    /** Nanoseconds that only rise, from an arbitrary origin. */
    long nowNanos();

    /** The same in milliseconds. */
    default long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(nowNanos());
    }

    /** Runs {@code task} once, later, on a thread of the timer. */
    void schedule(long delayMs, Runnable task);

    /** No task runs after this. */
    void close();

    /** One thread that sleeps until something is due. */
    static Timers system() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "hub-timer");
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        // a task that comes after the end is no error: everything ends with the node
        executor.setRejectedExecutionHandler(new java.util.concurrent.ThreadPoolExecutor.DiscardPolicy());
        return new Timers() {
            @Override
            public long nowNanos() {
                return System.nanoTime();
            }

            @Override
            public void schedule(long delayMs, Runnable task) {
                executor.schedule(task, delayMs, TimeUnit.MILLISECONDS);
            }

            @Override
            public void close() {
                executor.shutdownNow();
            }
        };
    }
}
