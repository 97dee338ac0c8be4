package io.headwater;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for the parts of a node to listen; what does not is told with the key of its port. */
final class Starting {
    /** Long, since a start that is ended on a machine that does too much begins again there. */
    private static final Duration WITHIN = Duration.ofMinutes(1);

    private Starting() {}

    static <T> T part(String key, CompletionStage<T> starting) throws StartException {
        return part(key, starting, WITHIN);
    }

    static <T> T part(String key, CompletionStage<T> starting, Duration within) throws StartException {
        try {
            return starting.toCompletableFuture().get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw new StartException(rootOf(failed));
        } catch (TimeoutException late) {
            throw new StartException(new IOException("headwater." + key + " does not listen after " + within.toSeconds()
                    + " s; the machine may have too much to do"));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new StartException(stopped);
        }
    }

    private static Throwable rootOf(ExecutionException failed) {
        Throwable cause = failed.getCause() == null ? failed : failed.getCause();
        return cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
    }
}
