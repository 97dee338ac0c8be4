package io.headwater.net;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks up host names as the JDK does, on threads of its own: a name server that does not answer holds up no event loop.
 * Addresses written as numbers need no thread. Lookups beyond a limit fail at once, and whoever asks is told after a
 * while that there is no answer, though the thread waits on.
 */
final class HostNames extends AddressResolverGroup<InetSocketAddress> {
    private static final int THREADS = 4;
    private static final int MOST_WAITING = 1024;
    private static final long IDLE_SECONDS = 10;
    private static final long ANSWER_WITHIN_MS = 5_000;

    private final Lookup lookup;
    private final long answerWithinMs;
    private final ThreadPoolExecutor threads;

    /** What takes its time. */
    @FunctionalInterface
    interface Lookup {
        /** At least one address, the preferred one first. */
        InetAddress[] of(String name) throws UnknownHostException;
    }

    HostNames() {
        this(InetAddress::getAllByName, MOST_WAITING, ANSWER_WITHIN_MS);
    }

    HostNames(Lookup lookup, int mostWaiting, long answerWithinMs) {
        this.lookup = lookup;
        this.answerWithinMs = answerWithinMs;
        this.threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(mostWaiting),
                new DefaultThreadFactory("host-names", true));
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new Names(executor).asAddressResolver();
    }

    @Override
    public void close() {
        super.close();
        threads.shutdownNow();
    }

    private final class Names extends InetNameResolver {
        Names(EventExecutor executor) {
            super(executor);
        }

        @Override
        protected void doResolve(String name, Promise<InetAddress> answer) {
            Promise<List<InetAddress>> all = executor().newPromise();
            doResolveAll(name, all);
            all.addListener(found -> {
                if (found.isSuccess()) {
                    answer.trySuccess(all.getNow().get(0));
                } else {
                    answer.tryFailure(found.cause());
                }
            });
        }

        @Override
        protected void doResolveAll(String name, Promise<List<InetAddress>> answer) {
            InetAddress number = NetUtil.createInetAddressFromIpAddressString(name);
            if (number != null) {
                answer.trySuccess(List.of(number));
                return;
            }
            try {
                threads.execute(() -> look(name, answer));
            } catch (RejectedExecutionException full) {
                answer.tryFailure(new UnknownHostException(name + ": too many names are being looked up"));
                return;
            }
            var limit = executor()
                    .schedule(
                            () -> answer.tryFailure(
                                    new UnknownHostException(name + ": no answer within " + answerWithinMs + " ms")),
                            answerWithinMs,
                            TimeUnit.MILLISECONDS);
            answer.addListener(done -> limit.cancel(false));
        }

        private void look(String name, Promise<List<InetAddress>> answer) {
            if (answer.isDone()) {
                return;
            }
            try {
                answer.trySuccess(List.of(lookup.of(name)));
            } catch (UnknownHostException | RuntimeException unknown) {
                answer.tryFailure(unknown);
            }
        }
    }
}
