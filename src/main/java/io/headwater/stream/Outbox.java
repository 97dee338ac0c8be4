package io.headwater.stream;

import java.util.ArrayDeque;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls to the world outside a hub: collected under the hub's lock, made without it, one after another and in order.
 *
 * <p>Whoever flushes first makes the calls of the others too, so nobody waits, and a call that leads back into the hub
 * finds no lock held and nothing half done.
 */
final class Outbox {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    private final Queue<Runnable> calls = new ArrayDeque<>();
    private volatile int waiting;
    private boolean flushing;

    synchronized void add(Runnable call) {
        calls.add(call);
        waiting++;
    }

    /** Makes the calls that wait, unless another thread is doing so already. Never called with the hub's lock held. */
    void flush() {
        if (waiting == 0) {
            return;
        }
        while (true) {
            Runnable call;
            synchronized (this) {
                if (flushing) {
                    return;
                }
                Runnable first = calls.poll();
                if (first == null) {
                    return;
                }
                call = first;
                waiting--;
                flushing = true;
            }
            try {
                call.run();
            } catch (RuntimeException bug) {
                // the calls after it belong to other subscribers and must still be made
                LOG.error("a call out of a hub failed", bug);
            } finally {
                synchronized (this) {
                    flushing = false;
                }
            }
        }
    }
}
