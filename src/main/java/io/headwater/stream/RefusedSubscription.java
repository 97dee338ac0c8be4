package io.headwater.stream;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** A subscription that was over before it began: nothing to poll, and the subscriber is told why. */
final class RefusedSubscription implements Subscription {
    private boolean closed;

    RefusedSubscription(Executor executor, Subscriber subscriber, String reason) {
        try {
            executor.execute(() -> {
                if (!closed) {
                    subscriber.onEnd(new Subscriber.End.Refused(reason));
                }
            });
        } catch (RejectedExecutionException over) {
            // the executor is shut down; there is nobody to tell
        }
    }

    @Override
    public @Nullable Entry poll() {
        return null;
    }

    @Override
    public boolean restarted() {
        return false;
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public void close() {
        closed = true;
    }
}
