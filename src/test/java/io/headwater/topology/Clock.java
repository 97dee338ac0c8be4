package io.headwater.topology;

import java.util.PriorityQueue;

/** Time that passes only when somebody runs it: what is due is done in order, nothing else happens in between. */
final class Clock {
    private record Due(long atMs, long order, Runnable what) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return atMs == other.atMs ? Long.compare(order, other.order) : Long.compare(atMs, other.atMs);
        }
    }

    private final PriorityQueue<Due> queue = new PriorityQueue<>();
    private long nowMs;
    private long orders;

    long nowMs() {
        return nowMs;
    }

    void after(long delayMs, Runnable what) {
        queue.add(new Due(nowMs + Math.max(0, delayMs), ++orders, what));
    }

    void run(long forMs) {
        long end = nowMs + forMs;
        while (!queue.isEmpty() && queue.peek().atMs() <= end) {
            Due due = queue.remove();
            nowMs = due.atMs();
            due.what().run();
        }
        nowMs = end;
    }
}
