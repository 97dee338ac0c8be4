package io.headwater.relay;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.dispatch.Dispatcher;
import org.apache.pekko.dispatch.Dispatchers;
import org.apache.pekko.dispatch.MessageDispatcher;
import org.apache.pekko.dispatch.MessageDispatcherConfigurator;
import scala.concurrent.duration.Duration;
import scala.concurrent.duration.FiniteDuration;

/** A dispatcher of Pekko whose only thread is an event loop that belongs to somebody else. */
final class LoopDispatcher extends MessageDispatcherConfigurator {
    /** Messages of one link in a row, until the other links of the loop have their turn. */
    private static final int THROUGHPUT = 64;

    private final MessageDispatcher dispatcher;

    LoopDispatcher(Dispatchers dispatchers, String id, EventLoop loop) {
        super(dispatchers.defaultDispatcherConfig(), dispatchers.prerequisites());
        this.dispatcher = new Dispatcher(
                this,
                id,
                THROUGHPUT,
                Duration.Zero(),
                (name, threads) -> () -> new Borrowed(loop),
                FiniteDuration.create(1, TimeUnit.SECONDS));
    }

    @Override
    public MessageDispatcher dispatcher() {
        return dispatcher;
    }

    /** Whoever borrows it may say that he is done with it; the loop goes on. */
    private static final class Borrowed extends AbstractExecutorService {
        private final EventLoop loop;
        private volatile boolean done;

        Borrowed(EventLoop loop) {
            this.loop = loop;
        }

        @Override
        public void execute(Runnable task) {
            loop.execute(task);
        }

        @Override
        public void shutdown() {
            done = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            done = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return done;
        }

        @Override
        public boolean isTerminated() {
            return done;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return done;
        }
    }
}
