package io.headwater.gateway.httpflv;

import io.headwater.stream.BenchmarkEntry;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One frame of 12.5 kB as a chunk with an FLV tag in it: done once a frame, whatever the number of viewers. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class FlvFormatBenchmark {
    private final BenchmarkEntry entry = new BenchmarkEntry(12_500);

    @Benchmark
    public boolean writeFrame() {
        return FlvFormat.CHUNKED.frame(entry, PooledByteBufAllocator.DEFAULT).release();
    }
}
