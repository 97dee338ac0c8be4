package io.headwater.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Feeds one target with inputs made of its seeds, the same ones for the same seed. Inputs that become of something new are
 * kept to make others of. What throws, takes a second, or takes far more memory than it is long is a finding.
 */
public final class Fuzzer {
    /** What one input may allocate beside what every input costs; twice the largest message is within it. */
    private static final long MOST_BYTES = 32L << 20;

    private static final long LONGEST_NANOS = 1_000_000_000L;
    private static final int LEAST_RUNS = 100;
    private static final int MOST_KEPT = 2_000;
    private static final int MOST_FINDINGS = 10;

    private final FuzzTarget target;
    private final List<byte[]> known;
    private final Mutation mutation;
    private final Set<String> ends = new HashSet<>();
    private final Set<String> reasons = new HashSet<>();
    private final List<String> findings = new ArrayList<>();
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long runs;

    /**
     * What came of it.
     *
     * @param ends ways inputs ended in
     * @param findings one line each, with the input in hex
     */
    public record Report(String target, long runs, int ends, List<String> findings) {}

    public Fuzzer(FuzzTarget target, long seed) {
        this.target = target;
        this.known = new ArrayList<>(target.seeds());
        this.mutation = new Mutation(new SplittableRandom(seed));
    }

    /** Goes on until so many inputs or so much time are used up. */
    public Report run(long mostRuns, long mostNanos) {
        target.seeds().forEach(this::feed);
        long end = System.nanoTime() + mostNanos;
        while (findings.size() < MOST_FINDINGS && (runs < LEAST_RUNS || (runs < mostRuns && System.nanoTime() < end))) {
            feed(mutation.of(known, target.words()));
        }
        return new Report(target.name(), runs, ends.size(), List.copyOf(findings));
    }

    private void feed(byte[] input) {
        runs++;
        long id = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(id);
        long start = threads.getCurrentThreadCpuTime();
        try {
            String end = target.reader().read(input.clone());
            if (ends.add(end.replaceAll("[0-9]+", "0")) && known.size() < MOST_KEPT) {
                known.add(input);
            }
        } catch (Exception | StackOverflowError | AssertionError | OutOfMemoryError thrown) {
            StackTraceElement[] trace = thrown.getStackTrace();
            found(
                    thrown.getClass().getSimpleName() + (trace.length == 0 ? "" : " at " + trace[0]),
                    thrown.toString(),
                    input);
            return;
        }
        if (threads.getThreadAllocatedBytes(id) - before > MOST_BYTES) {
            found("memory", ((threads.getThreadAllocatedBytes(id) - before) >> 20) + " MiB", input);
        }
        if (threads.getCurrentThreadCpuTime() - start > LONGEST_NANOS) { // of this thread: others may have the machine
            found("time", "longer than a second", input);
        }
    }

    private void found(String reason, String what, byte[] input) {
        if (reasons.add(reason)) {
            findings.add(target.name() + ": " + reason + ": " + what + " with "
                    + HexFormat.of().formatHex(input));
        }
    }
}
