package io.headwater.stream;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs benchmarks on threads like those of event loops, which Netty's pools of objects are made for. JMH makes it by name. */
public final class BenchmarkThreads extends ThreadPoolExecutor {
    /** The parameters that JMH gives. */
    public BenchmarkThreads(int threads, String prefix) {
        super(
                threads,
                threads,
                1,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory(prefix, true));
    }
}
