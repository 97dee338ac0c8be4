package io.headwater.stream;

import java.util.PriorityQueue;

/** A clock that a test turns. */
final class ManualTimers implements Timers {
    private record Task(long at, long order, Runnable run) {}

    private final PriorityQueue<Task> tasks = new PriorityQueue<>(
            (one, other) -> one.at != other.at ? Long.compare(one.at, other.at) : Long.compare(one.order, other.order));
    private long now = 1_000_000;
    private long order;

    @Override
    public synchronized long nowNanos() {
        return now * 1_000_000;
    }

    /** Something takes so long; what falls due meanwhile runs afterwards. */
    synchronized void takes(long ms) {
        now += ms;
    }

    @Override
    public synchronized void schedule(long delayMs, Runnable task) {
        tasks.add(new Task(now + delayMs, order++, task));
    }

    @Override
    public synchronized void close() {
        tasks.clear();
    }

    /** Lets time pass, running what falls due at its own time. */
    void pass(long ms) {
        long until = nowMs() + ms;
        while (true) {
            Task due;
            synchronized (this) {
                Task first = tasks.peek();
                if (first == null || first.at > until) {
                    now = until;
                    return;
                }
                due = tasks.remove();
                now = Math.max(now, due.at);
            }
            due.run.run();
        }
    }
}
